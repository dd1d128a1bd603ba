/** Of an events service that runs on this machine: the embedded database belongs to its process alone. */
import { z } from 'zod';
import type { EventsAdmin } from './events-admin.ts';

export interface RemoteAdminOptions {
  /** Of the listener for /admin of the events service. */
  readonly url: string;
  readonly token: string;
}

export class EventsUnreachable extends Error {
  readonly code = 'events-unreachable';
  readonly remedy =
    'Start `assist-rollouts dev` or `assist-rollouts events`, or set DATABASE_URL to look at the database itself.';
  override readonly name = 'EventsUnreachable';
}

/** What the service refused, in its words. */
export class EventsRefusal extends Error {
  override readonly name = 'EventsRefusal';
  constructor(
    readonly code: string,
    title: string,
    readonly remedy: string,
  ) {
    super(title);
  }
}

const problemSchema = z.object({ code: z.string(), title: z.string(), detail: z.string() });
const ANSWER_MS = 30_000;

export function openRemoteAdmin(options: RemoteAdminOptions): EventsAdmin {
  return {
    stats: (cards) => ask(options, 'GET', `stats${cards === undefined ? '' : `?cards=${cards}`}`),
    async list(query) {
      const given = Object.entries(query)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => [name, String(value)] as [string, string]);
      const { deadLetters } = await ask<{ deadLetters: Awaited<ReturnType<EventsAdmin['list']>> }>(
        options,
        'GET',
        `dead-letters?${new URLSearchParams(given).toString()}`,
      );
      return deadLetters;
    },
    show: (id) => ask(options, 'GET', `dead-letters/${id}`),
    replay: (id) => ask(options, 'POST', `dead-letters/${id}/replay`),
  };
}

/** Both ends are of one version, or of versions that only add fields. */
async function ask<T>({ url, token }: RemoteAdminOptions, method: string, path: string): Promise<T> {
  const response = await fetch(`${url}/admin/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    redirect: 'error',
    signal: AbortSignal.timeout(ANSWER_MS),
  }).catch((cause: unknown) => {
    throw new EventsUnreachable(`No events service answers at ${url}.`, { cause });
  });
  const text = await response.text();
  if (response.ok) return JSON.parse(text, reviveInstants) as T;
  const problem = problemSchema.safeParse(jsonOf(text)).data;
  throw new EventsRefusal(
    problem?.code ?? 'events-refused',
    problem?.title ?? `The events service answered ${response.status}.`,
    problem?.detail ?? 'Is it an events service of this version?',
  );
}

/** The intake tells of itself in text. */
function reviveInstants(key: string, value: unknown): unknown {
  return key.endsWith('At') && key !== 'turnedAwayAt' && typeof value === 'string' ? new Date(value) : value;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
