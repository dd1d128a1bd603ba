/** Every wait ends: a limit, a named action, and a time left that is shown. */
import { CancellationScope, condition } from '@temporalio/workflow';
import type { Wait } from '../domain/rollout/state.ts';
import type { RolloutRun } from './run.ts';

export type Limit = Pick<Wait, 'ms' | 'what' | 'action'> & {
  readonly stopsInPause?: boolean;
  /** A person is reminded when so much is left of it, ms; the most first. */
  readonly remindAtMs?: readonly number[];
};

/**
 * Runs `body` with a limit beside it, which stands still while a pause is waited out (that has a limit of its own) and
 * ends with the body.
 */
export async function withLimit<T>(
  run: RolloutRun,
  limit: Limit,
  body: (over: () => boolean) => Promise<T>,
): Promise<T> {
  let over = false;
  const clock = new CancellationScope();
  const ticking = clock
    .run(() => showLimit(run, limit, () => tick(run, limit)))
    .then(
      () => {
        over = true;
      },
      () => undefined,
    );
  try {
    return await body(() => over);
  } finally {
    clock.cancel();
    await ticking;
  }
}

/** Shows how long the body may last; whoever does it keeps to that. */
export async function showLimit<T>(
  run: RolloutRun,
  { ms, what, action, stopsInPause = true }: Limit,
  body: () => Promise<T>,
): Promise<T> {
  run.dispatch({ kind: 'waitBegun', wait: { ms, what, action, stopsInPause } });
  try {
    return await body();
  } finally {
    run.dispatch({ kind: 'waitOver', what });
  }
}

async function tick(run: RolloutRun, { ms, what, stopsInPause = true, remindAtMs = [] }: Limit): Promise<void> {
  const stands = (): boolean => stopsInPause && run.state.standsSinceMs !== null;
  const marks = remindAtMs.filter((mark) => mark > 0 && mark < ms);
  for (let leftMs = ms; leftMs > 0;) {
    await condition(() => !stands());
    const startedMs = Date.now();
    const markMs = marks[0] ?? 0;
    const stood = await condition(stands, Math.max(1, leftMs - markMs), { summary: `${what}: at most ${ms} ms` });
    if (!stood && markMs === 0) return;
    if (!stood) {
      run.dispatch({ kind: 'reminded', leftMs: markMs });
      marks.shift();
      leftMs = markMs;
    } else leftMs -= Date.now() - startedMs;
  }
}
