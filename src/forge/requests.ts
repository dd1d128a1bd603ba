/** JSON of a code host over HTTP, and what its refusals are in our words. */
import type { z } from 'zod';
import type { BoundedFetch } from '../http/bounded-fetch.ts';
import { ForgeError } from './forge.ts';

export interface Wire {
  /** Of the API, without a slash at its end. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: BoundedFetch;
}

interface Asked<T> {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'PUT';
  readonly path: string;
  readonly body?: object;
  readonly answer: z.ZodType<T>;
}

export async function ask<T>({ url, headers, fetch }: Wire, asked: Asked<T>): Promise<T> {
  const { method = 'GET', path, body, answer } = asked;
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch((cause: unknown) => {
    const { code, message } = cause as { readonly code?: string; readonly message: string };
    throw new ForgeError('unavailable', `${url} does not answer (${code ?? message}).`, { cause });
  });
  const read: unknown = await response.json().catch(() => null);
  if (!response.ok) throw refusalOf(`${method} ${path}`, response.status, read);
  const parsed = answer.safeParse(read);
  if (parsed.success) return parsed.data;
  throw new ForgeError('unavailable', `What ${url} answers to ${method} ${path} is not what its API says.`);
}

const REFUSALS = [401, 403, 404, 422];

function refusalOf(what: string, status: number, answer: unknown): ForgeError {
  const { message } = (answer ?? {}) as { readonly message?: unknown };
  const said = typeof message === 'string' ? `: ${message.slice(0, 200)}` : '';
  const kind = REFUSALS.includes(status) ? 'refused' : 'unavailable';
  return new ForgeError(kind, `${what} is answered with status ${status}${said}`);
}

const PER_PAGE = 100;
/** Nobody reads further either. */
const MAX_PAGES = 50;

/** `page`: asks for the page of that number, of so many entries. */
export async function allPages<T>(page: (query: string) => Promise<readonly T[]>): Promise<readonly T[]> {
  const found: T[] = [];
  for (let number = 1; number <= MAX_PAGES; number += 1) {
    const entries = await page(`per_page=${PER_PAGE}&page=${number}`);
    found.push(...entries);
    if (entries.length < PER_PAGE) break;
  }
  return found;
}
