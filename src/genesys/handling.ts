/** How a conversation was handled, out of its details: what the platform's own figures of handling are made of. */
import { z } from 'zod';
import type { ConversationDetail } from './wire.ts';

export interface Handling {
  readonly endedMs: number;
  /** Talk, hold and work after it, of all agents together. */
  readonly handleMs: number;
  readonly transfers: number;
}

/** `running`; `unfinished`: somebody works on it still, or its figures have not come; `unhandled`: nobody answered. */
export type HandlingTold = Handling | 'running' | 'unfinished' | 'unhandled';

const metricSchema = z.object({ name: z.string(), value: z.number() });
const participants = z.array(
  z.object({
    purpose: z.string().nullish(),
    sessions: z.array(z.object({ metrics: z.array(metricSchema).nullish() })).nullish(),
  }),
);

export function handlingOf(conversation: ConversationDetail): HandlingTold {
  const endedMs = Date.parse(conversation.conversationEnd ?? '');
  if (!Number.isFinite(endedMs)) return 'running';
  const sessions = participants
    .catch([])
    .parse(conversation.participants ?? [])
    .filter(({ purpose }) => purpose === 'agent')
    .flatMap((one) => one.sessions ?? [])
    .map(({ metrics }) => metrics ?? []);
  const talked = sessions.filter((metrics) => metrics.some(({ name }) => name === 'tTalk' || name === 'tHandle'));
  if (talked.length === 0) return 'unhandled';
  if (talked.some((metrics) => !metrics.some(({ name }) => name === 'tHandle'))) return 'unfinished';
  const sum = (wanted: string): number =>
    sessions
      .flat()
      .filter(({ name }) => name === wanted)
      .reduce((total, { value }) => total + value, 0);
  return { endedMs, handleMs: sum('tHandle'), transfers: sum('nTransferred') };
}
