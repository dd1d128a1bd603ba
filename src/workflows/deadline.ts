/** Every wait ends: a limit, a named action, and a time left that is shown. */
import { CancellationScope, condition } from '@temporalio/workflow';
import type { Wait } from '../domain/rollout/state.ts';
import type { RolloutRun } from './run.ts';

export type Limit = Pick<Wait, 'ms' | 'what' | 'action'> & { readonly stopsInPause?: boolean };

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

async function tick(run: RolloutRun, { ms, what, stopsInPause = true }: Limit): Promise<void> {
  const stands = (): boolean => stopsInPause && run.state.standsSinceMs !== null;
  for (let leftMs = ms; leftMs > 0;) {
    await condition(() => !stands());
    const startedMs = Date.now();
    if (!(await condition(stands, leftMs, { summary: `${what}: at most ${ms} ms` }))) return;
    leftMs -= Date.now() - startedMs;
  }
}
