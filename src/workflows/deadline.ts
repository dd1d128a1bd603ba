/** Every wait ends: a limit, a named action, and a time left that is shown. */
import { CancellationScope, condition } from '@temporalio/workflow';
import type { RolloutRun } from './run.ts';

export interface Limit {
  readonly ms: number;
  /** What is waited for: `approval`. */
  readonly what: string;
  /** What happens then: `roll back`. */
  readonly action: string;
  /** False: it runs on while a pause is waited out. */
  readonly stopsInPause?: boolean;
}

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
    .run(() => tick(run, limit))
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

async function tick(run: RolloutRun, { ms, what, action, stopsInPause = true }: Limit): Promise<void> {
  const stands = (): boolean => stopsInPause && run.waitsOutPause;
  for (let leftMs = ms; leftMs > 0;) {
    await condition(() => !stands());
    const startedMs = Date.now();
    const hide = run.showDeadline({ at: new Date(startedMs + leftMs).toISOString(), what, action });
    try {
      if (!(await condition(stands, leftMs, { summary: `${what}: at most ${ms} ms` }))) return;
    } finally {
      hide();
    }
    leftMs -= Date.now() - startedMs;
  }
}
