/** Waits until the calendar lets a split rise, or a rollout start. */
import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { CalendarLook, CalendarQuestion } from '../domain/calendar/question.ts';
import { queuesOf } from '../domain/identity/queues.ts';
import { letsPassWindows } from '../domain/rollout/overrides.ts';
import { awaitCalendar } from './activity-proxies.ts';
import { withLimit } from './deadline.ts';
import type { DeployedRun, RolloutRun } from './run.ts';
import type { Watched } from './supervise.ts';
import { supervise } from './supervise.ts';

export function questionOf({ input: { plan }, state }: RolloutRun): CalendarQuestion {
  const letPass = letsPassWindows(state.overrides);
  return {
    action: plan.action.name,
    queues: queuesOf(plan),
    windows: plan.policies.windows,
    ...(letPass.length > 0 && { letPass }),
  };
}

export interface Closed {
  readonly closed: CalendarLook;
}

/** The answer, or why the calendar did not let it. */
export async function closedOr<T>(call: () => Promise<T>): Promise<T | Closed> {
  try {
    return await call();
  } catch (error) {
    const closed = closedIn(error);
    if (closed === null) throw error;
    return { closed };
  }
}

function closedIn(error: unknown): CalendarLook | null {
  const { type, details } = ((error as { readonly cause?: unknown } | null)?.cause ?? {}) as {
    readonly type?: unknown;
    readonly details?: unknown;
  };
  return type === 'WindowClosed' && Array.isArray(details) ? (details[0] as CalendarLook) : null;
}

interface Stop {
  readonly kind: string;
}

/**
 * Holds before a rise, guardrails live. `settle`: what the end of a watch means, and a pause. Ends with what stops the
 * wait, or as settled once the window is open, or a person let it pass.
 */
export async function whileClosed<D extends Stop>(
  run: DeployedRun,
  first: CalendarLook,
  settle: (end: Watched) => Promise<D>,
): Promise<D | { readonly kind: 'rollBack'; readonly reason: string }> {
  const limit = { ms: run.input.plan.policies.limits.windowMs, what: 'a change window to open', action: 'roll back' };
  return withLimit(run, limit, async (over) => {
    for (let seen = first; ;) {
      tellClosed(run, seen);
      const waited = await untilNews(run, seen, (news) =>
        supervise(
          run,
          { kind: 'hold' },
          () => news() !== null || over() || run.state.request !== null || run.state.paused || isLetPass(run),
          { tolerant: true },
        ),
      );
      const settled = await settle(waited.result);
      if (settled.kind !== 'goOn' || isLetPass(run)) return settled;
      seen = waited.news ?? seen;
      if (seen.open) {
        run.dispatch({ kind: 'windowOpened', why: seen.why });
        return settled;
      }
      if (over()) return { kind: 'rollBack', reason: neverOpened(seen) };
    }
  });
}

export function neverOpened({ why }: CalendarLook): string {
  return `No change window opened within the limit of that wait: ${why}`;
}

export function tellClosed(run: RolloutRun, { why, closing }: CalendarLook): void {
  if (run.state.closedWindow?.why !== why) run.dispatch({ kind: 'windowClosed', why, closing });
}

/** By whoever overrode it; the calendar is asked again beside the write. */
export function isLetPass({ state }: RolloutRun): boolean {
  return state.closedWindow === null;
}

/** Waits beside one activity that ends when the calendar says something else; `news`: that. */
export async function untilNews<T>(
  run: RolloutRun,
  { why }: CalendarLook,
  wait: (news: () => CalendarLook | null) => Promise<T>,
): Promise<{ readonly result: T; readonly news: CalendarLook | null }> {
  let news: CalendarLook | null = null;
  const asking = new CancellationScope();
  const asked = asking
    .run(() =>
      awaitCalendar.executeWithOptions({ summary: 'the change window' }, [{ ...questionOf(run), knownWhy: why }]),
    )
    .then(
      (seen) => {
        news = seen;
      },
      (error: unknown) => {
        if (!isCancellation(error)) throw error;
      },
    );
  try {
    const result = await Promise.race([wait(() => news), asked.then(() => new Promise<never>(() => undefined))]);
    return { result, news };
  } finally {
    asking.cancel();
  }
}
