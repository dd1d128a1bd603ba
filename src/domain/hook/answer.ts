/** What a hook answers, read as what it is: text of somebody else. */
import { z } from 'zod';
import { excerpt, oneLine } from '../text/printable.ts';

/** `wait`: ask again. */
export type HookAnswer =
  | { readonly decision: 'confirm' | 'refuse'; readonly reason: string }
  | { readonly decision: 'wait'; readonly reason: string; readonly retryAfterMs: number | null };

export type HookDecision = Extract<HookAnswer, { decision: 'confirm' | 'refuse' }>;

/** Heartbeat details [0] of a running `askHook`: how it stands. */
export interface HookProgress {
  readonly tries: number;
  /** What it last said, or why it said nothing. */
  readonly lastReply: string;
}

const MAX_REASON = 500;
/** In characters of the answer; nobody reads more of a reason, and printing it may make it longer. */
const MAX_READ = 2_000;

const schema = z.object({
  decision: z.enum(['confirm', 'refuse', 'wait']),
  reason: z.string().optional(),
  /** Seconds. */
  retryAfter: z.number().min(0).optional(),
});

/** Null: it is no answer. Never throws. */
export function parseHookAnswer(text: string): HookAnswer | null {
  const parsed = schema.safeParse(jsonOf(text));
  if (!parsed.success) return null;
  const { decision, retryAfter } = parsed.data;
  const reason = readableReason(parsed.data.reason ?? '');
  if (decision !== 'wait') return { decision, reason };
  return { decision, reason, retryAfterMs: retryAfter === undefined ? null : retryAfter * 1000 };
}

/** On one line that steers no terminal, and no longer than anybody reads. */
function readableReason(text: string): string {
  return excerpt(oneLine(text.slice(0, MAX_READ).trim()), MAX_REASON);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
