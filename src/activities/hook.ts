/** Asks a hook until it decides: one long activity, so that a day of waiting costs as much history as a second. */
import { Context } from '@temporalio/activity';
import type { HookDecision, HookProgress } from '../domain/hook/answer.ts';
import { backOffMs } from '../domain/shared/back-off.ts';
import type { HookQuestion, HookReply, Hooks } from '../hooks/hooks.ts';
import type { Jitter } from './failures.ts';
import { startHeartbeat } from './heartbeat.ts';
import { sleepUnlessCancelled } from './unless-cancelled.ts';

export interface HookDeps {
  /** Absent: this worker calls none. */
  readonly hooks?: Hooks;
}

const RETRY = { firstMs: 1000, maxMs: 30_000 };
/** Whoever answers cannot stop us from asking for longer at a time, nor have us ask without a pause. */
const MIN_PAUSE_MS = 500;
const MAX_PAUSE_MS = 5 * 60_000;

/** When to stop asking is the workflow's to say: it cancels. */
export async function askHook({ hooks }: HookDeps, question: HookQuestion, jitter: Jitter): Promise<HookDecision> {
  if (hooks === undefined) throw new Error('This worker calls no hooks.');
  const context = Context.current();
  const heartbeat = startHeartbeat(context);
  try {
    for (let tries = triesBefore(context) + 1; ; tries += 1) {
      const reply = await hooks.ask(question, context.cancellationSignal);
      if (!('again' in reply) && reply.decision !== 'wait') return reply;
      heartbeat.send({ tries, lastReply: textOf(reply) } satisfies HookProgress);
      await sleepUnlessCancelled(pauseMs(reply.retryAfterMs, tries, jitter));
    }
  } finally {
    heartbeat.stop();
  }
}

function pauseMs(askedMs: number | null, tries: number, jitter: Jitter): number {
  const usual = backOffMs(Math.min(tries - 1, 10), RETRY, jitter());
  return Math.min(MAX_PAUSE_MS, Math.max(MIN_PAUSE_MS, askedMs ?? usual));
}

/** Of an attempt that died. */
function triesBefore({ info }: Context): number {
  const details = info.heartbeatDetails as Partial<HookProgress> | undefined;
  return typeof details?.tries === 'number' ? details.tries : 0;
}

function textOf(reply: HookReply): string {
  if ('again' in reply) return reply.again;
  return reply.reason === '' ? 'wait' : `wait: ${reply.reason}`;
}
