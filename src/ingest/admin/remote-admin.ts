/** Of an events service that runs on this machine: the embedded database belongs to its process alone. */
import type { z } from 'zod';
import { deadLettersSchema, problemSchema, replayedSchema, shownDeadLetterSchema, statsSchema } from '../answers.ts';
import type { EventsAdmin } from './events-admin.ts';

export interface RemoteAdminOptions {
  /** Of the listener for /admin of the events service. */
  readonly url: string;
  readonly token: string;
}

class EventsUnreachable extends Error {
  readonly code = 'events-unreachable';
  readonly remedy =
    'Start `assist-rollouts dev` or `assist-rollouts events`; name its port in EVENTS_ADMIN_PORT; or set DATABASE_URL to look ' +
    'at the database itself.';
  override readonly name = 'EventsUnreachable';
}

/** What the service refused, in its words. */
class EventsRefusal extends Error {
  override readonly name = 'EventsRefusal';
  constructor(
    readonly code: string,
    title: string,
    readonly remedy: string,
  ) {
    super(title);
  }
}

const ANSWER_MS = 30_000;

export function openRemoteAdmin(options: RemoteAdminOptions): EventsAdmin {
  return {
    stats: (cards) => ask(options, 'GET', `stats${cards === undefined ? '' : `?cards=${cards}`}`, statsSchema),
    async list(query) {
      const given = Object.entries(query)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => [name, String(value)] as [string, string]);
      const path = `dead-letters?${new URLSearchParams(given).toString()}`;
      return (await ask(options, 'GET', path, deadLettersSchema)).deadLetters;
    },
    show: (id) => ask(options, 'GET', `dead-letters/${id}`, shownDeadLetterSchema),
    replay: (id) => ask(options, 'POST', `dead-letters/${id}/replay`, replayedSchema),
  };
}

async function ask<T>(
  { url, token }: RemoteAdminOptions,
  method: string,
  path: string,
  answer: z.ZodType<T>,
): Promise<T> {
  const response = await fetch(`${url}/admin/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    redirect: 'error',
    signal: AbortSignal.timeout(ANSWER_MS),
  }).catch((cause: unknown) => {
    throw new EventsUnreachable(`No events service answers at ${url}.`, { cause });
  });
  const body = jsonOf(await response.text());
  const read = answer.safeParse(body);
  if (response.ok && read.success) return read.data;
  const problem = problemSchema.safeParse(body).data;
  if (problem === undefined)
    throw new EventsUnreachable(`What answers at ${url} is no events service of this version (${response.status}).`);
  throw new EventsRefusal(problem.code, problem.title, problem.detail);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
