/** The time of a bake: all of it but for pauses, or only what passes while a calendar is open. */
import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { CalendarRef } from '../domain/calendar/form.ts';
import type { HoursCount } from '../domain/calendar/question.ts';
import { queuesOf } from '../domain/identity/queues.ts';
import type { Bake } from '../domain/plan/steps/definition.ts';
import { plannedEndOf } from '../domain/rollout/planned-ends.ts';
import type { WatchGoal } from '../domain/rollout/watch-decision.ts';
import { awaitHours, countHours } from './activity-proxies.ts';
import type { DeployedRun } from './run.ts';
import { watchedMeanwhile } from './supervise.ts';
import type { Watched } from './supervise.ts';

type BakeGoal = Extract<WatchGoal, { kind: 'bake' }>;

export interface BakeClock {
  /**
   * What has to be reached, as it is known now; or how the watch ended that was kept while nobody could say, `until` at
   * the latest. `isLimited`: and by when at the latest.
   */
  goal(isLimited: boolean, until: () => boolean): Promise<BakeGoal | Watched>;
  /** Runs the watch for that goal; `moved`: the goal is another than it was. */
  watching<T>(watch: (moved: () => boolean) => Promise<T>): Promise<T>;
}

export function clockOf(run: DeployedRun, step: Bake): BakeClock {
  const startedAtMs = Date.now();
  const fixed = {
    kind: 'bake' as const,
    minCards: step.minCards,
    cardsBefore: run.state.report?.n.candidate ?? 0,
    require: step.require,
  };
  return step.hours === undefined
    ? wallClock(run, step, { ...fixed, startedAtMs })
    : hoursClock(run, { ...step, hours: step.hours }, { ...fixed, startedAtMs });
}

type Fixed = Omit<BakeGoal, 'forMs' | 'atMostMs'>;

function wallClock(run: DeployedRun, step: Bake, fixed: Fixed): BakeClock {
  const stoodBeforeMs = run.state.stoodMs;
  return {
    goal: (isLimited) =>
      Promise.resolve({
        ...fixed,
        // What was spent in a pause is no part of the bake.
        startedAtMs: fixed.startedAtMs + run.state.stoodMs - stoodBeforeMs,
        forMs: step.forMs,
        atMostMs: isLimited ? step.atMostMs : null,
      }),
    watching: (watch) => watch(() => false),
  };
}

function hoursClock(run: DeployedRun, step: Bake & { readonly hours: CalendarRef }, fixed: Fixed): BakeClock {
  const { plan } = run.input;
  let sinceMs = fixed.startedAtMs;
  let countedMs = 0;
  let stoodMs = run.state.stoodMs;
  let hasStood = false;
  let watchedUntilMs = sinceMs;
  let known: HoursCount | null = null;
  const question = () => ({
    reach: { action: plan.action.name, queues: queuesOf(plan) },
    hours: step.hours,
    sinceMs,
    countedMs,
    forMs: step.forMs,
    atMostMs: step.atMostMs,
  });
  /** A calendar that cannot be read keeps nobody from aborting, and no harm from being seen. */
  const count = (until: () => boolean, more: { readonly untilMs?: number } = {}): Promise<HoursCount | Watched> =>
    watchedMeanwhile(
      run,
      () => countHours.executeWithOptions({ summary: 'open hours of the bake' }, [{ ...question(), ...more }]),
      until,
      { summary: 'nobody tells the open hours: watch meanwhile' },
    );
  return {
    async goal(isLimited, until) {
      if (run.state.stoodMs !== stoodMs) {
        // A pause lay between: what was counted until then stays, and it goes on from now.
        const before = await count(until, { untilMs: watchedUntilMs });
        if ('kind' in before) return before;
        ({ countedMs } = before);
        hasStood = true;
        sinceMs = Date.now();
        stoodMs = run.state.stoodMs;
      }
      const now = await count(until);
      if ('kind' in now) return now;
      known = now;
      const { startedAtMs } = fixed;
      const forMs = Math.max(0, known.endsAtMs - startedAtMs);
      const atMostMs = Math.max(forMs, known.atMostAtMs - startedAtMs);
      const begun = { step: run.state.step, startedAtMs };
      const plannedEnd = plannedEndOf(plan.steps, { ...step, atMostMs }, begun);
      run.dispatch({ kind: 'hoursCounted', hours: { ...known, ofMs: step.forMs }, plannedEnd, stood: hasStood });
      return { ...fixed, forMs, atMostMs: isLimited ? atMostMs : null };
    },
    async watching(watch) {
      if (known === null) return watch(() => false);
      let moved = false;
      const asking = new CancellationScope();
      const input = { ...question(), knownEndsAtMs: known.endsAtMs, knownOpen: known.open };
      const asked = asking
        .run(() => awaitHours.executeWithOptions({ summary: 'open hours of the bake' }, [input]))
        .then(
          () => {
            moved = true;
          },
          (error: unknown) => {
            if (!isCancellation(error)) throw error;
          },
        );
      try {
        return await Promise.race([watch(() => moved), asked.then(() => new Promise<never>(() => undefined))]);
      } finally {
        watchedUntilMs = Date.now();
        asking.cancel();
      }
    },
  };
}
