/** `watch`: follows a rollout to its end; the exit code is its outcome. */
import type { Command } from 'commander';
import type { Deps, JsonOption } from '../deps.ts';
import { ACTION, HELD_FOR, JSON_LINES, heldFor, oldHeldFor } from '../options.ts';
import type { HeldForOptions } from '../options.ts';
import { EXIT, exitCodeOfEnd, needsPerson } from '../exit-codes.ts';
import { createScreen } from '../screen.ts';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';

export function watch(run: Run): Command {
  const help = {
    description: 'follow a rollout to its end',
    examples: ['watch RefundAssist', 'watch RefundAssist --held-for 3600'],
  };
  return createVerb('watch', help)
    .argument(...ACTION)
    .option(...HELD_FOR)
    .addOption(oldHeldFor())
    .option(...JSON_LINES)
    .action((action: string, options: HeldForOptions & JsonOption) =>
      run((deps) => watchRollout(deps, { action, ...options, heldFor: heldFor(deps, options) })),
    );
}

interface WatchArgs extends JsonOption {
  readonly action: string;
  readonly runId?: string;
  /** Seconds that a rollout may be held, or need attention, before watching ends with exit code 6. */
  readonly heldFor: number;
}

export async function watchRollout(deps: Deps, args: WatchArgs): Promise<number> {
  const { out, signal, now } = deps;
  const screen = createScreen(deps, args.json ?? false);
  const configurator = await deps.configurator();
  const views = configurator.followRollout(args.action, {
    signal,
    onTrouble: (error) => out.stderr(`${error.message}\n`),
    ...(args.runId === undefined ? {} : { runId: args.runId }),
  });
  let heldSince: number | null = null;
  for await (const view of views) {
    screen.show(view);
    if (!view.running) {
      screen.end(view);
      return exitCodeOfEnd(view);
    }
    heldSince = needsPerson(view.status.phase) ? (heldSince ?? now()) : null;
    if (heldSince !== null && now() - heldSince >= args.heldFor * 1_000) {
      screen.end(view);
      return EXIT.needsAttention;
    }
  }
  return EXIT.interrupted;
}
