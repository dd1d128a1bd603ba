/** `watch`: follows a rollout to its end; the exit code is its outcome. */
import type { Deps, JsonOption } from '../deps.ts';
import { EXIT, exitCodeOfEnd, needsPerson } from '../exit-codes.ts';
import { createScreen } from '../view/screen.ts';

export interface WatchArgs extends JsonOption {
  readonly action: string;
  readonly runId?: string;
  /** How long a rollout may be held, or need attention, before watching ends with exit code 6. */
  readonly patience: number;
}

export async function watch(deps: Deps, args: WatchArgs): Promise<number> {
  const { out, signal, now } = deps;
  const screen = createScreen(deps, args.json ?? false);
  const views = deps.configurator().followRollout(args.action, {
    signal,
    onTrouble: (error) => out.stderr(`${error.message}\n`),
    ...(args.runId === undefined ? {} : { runId: args.runId }),
  });
  let stuckSince: number | null = null;
  for await (const view of views) {
    screen.show(view);
    if (!view.running) {
      screen.end(view);
      return exitCodeOfEnd(view);
    }
    stuckSince = needsPerson(view.status.phase) ? (stuckSince ?? now()) : null;
    if (stuckSince !== null && now() - stuckSince >= args.patience * 1_000) {
      screen.end(view);
      return EXIT.needsAttention;
    }
  }
  return EXIT.interrupted;
}
