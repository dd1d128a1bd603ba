/** Before anything is written: the planned time of the start, and a calendar that lets it start. */
import { condition } from '@temporalio/workflow';
import type { CalendarLook } from '../domain/calendar/question.ts';
import { startTime } from './activity-proxies.ts';
import { showLimit, withLimit } from './deadline.ts';
import type { RolloutRun } from './run.ts';
import { isLetPass, neverOpened, tellClosed, untilNews } from './window.ts';

export function abortedBefore({ state: { request } }: RolloutRun): string | null {
  return request?.kind === 'abort' ? `Aborted before anything was written, by ${request.by}: ${request.reason}` : null;
}

/** A time that is over when it comes is now. A text: why it never starts. */
export async function untilStart(run: RolloutRun): Promise<{ readonly waited: boolean } | string> {
  const { startAt } = run.input.plan;
  if (startAt === undefined) return { waited: false };
  const { atMs, text } = await startTime.executeWithOptions({ summary: 'when it starts' }, [{ startAt }]);
  const leftMs = atMs - Date.now();
  if (leftMs <= 0) return { waited: false };
  run.dispatch({ kind: 'entered', phase: 'scheduled', waitingFor: `its start, ${text}` });
  const wait = { ms: leftMs, what: 'the planned start', action: 'start', stopsInPause: false };
  await showLimit(run, wait, () =>
    condition(() => abortedBefore(run) !== null, leftMs, { summary: 'the planned start' }),
  );
  return abortedBefore(run) ?? { waited: true };
}

/** Null once it may start, or is to be asked for again. */
export async function untilOpen(run: RolloutRun, first: CalendarLook): Promise<string | null> {
  const limit = { ms: run.input.plan.policies.limits.windowMs, what: 'a change window to open', action: 'reject' };
  return withLimit(run, limit, async (over) => {
    run.dispatch({ kind: 'entered', phase: 'scheduled', waitingFor: 'deployment, at split 0' });
    for (let seen = first; ;) {
      tellClosed(run, seen);
      const { news } = await untilNews(run, seen, (heard) =>
        condition(() => heard() !== null || over() || abortedBefore(run) !== null || isLetPass(run)),
      );
      const aborted = abortedBefore(run);
      if (aborted !== null) return aborted;
      if (isLetPass(run)) return null;
      seen = news ?? seen;
      if (seen.open) {
        run.dispatch({ kind: 'windowOpened', why: seen.why });
        return null;
      }
      if (over()) return neverOpened(seen);
    }
  });
}
