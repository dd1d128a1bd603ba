/** `watch`: follows a rollout to its end; the exit code is its outcome. */
import type { Command } from 'commander';
import type { Deps, JsonOption } from '../deps.ts';
import { ACTION, HELD_FOR, JSON_LINES, heldFor, oldHeldFor } from '../options.ts';
import type { HeldForOptions } from '../options.ts';
import { EXIT, exitCodeOfEnd, needsPerson } from '../exit-codes.ts';
import { createFigures } from '../newest-figures.ts';
import { listenToKeys } from '../keys.ts';
import type { Keys } from '../keys.ts';
import { createScreen } from '../screen.ts';
import type { Screen } from '../screen.ts';
import { AssistError } from '../../configurator/errors.ts';
import { AWAY } from '../../configurator/follow.ts';
import type { Configurator } from '../../configurator.ts';
import type { RolloutView } from '../../configurator/rollouts.ts';
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
  const screen = createScreen(deps, args.json ?? false);
  const configurator = await deps.configurator();
  const left = new AbortController();
  const shown: Shown = { view: null, trouble: null };
  const keys = listenToKeys(args.json ? { ...deps, keys: null } : deps, configurator, {
    action: args.action,
    screen,
    current: () => shown.view,
    leave: () => left.abort(),
  });
  const draw = (): void => {
    if (shown.view === null || keys.asks()) return;
    screen.show(shown.view, [...(shown.trouble === null ? [] : [shown.trouble]), ...keys.under(shown.view)]);
  };
  try {
    return (await followed(deps, configurator, args, { shown, keys, screen, draw, left })) ?? EXIT.interrupted;
  } catch (error) {
    throw shown.view === null && args.runId === undefined ? error : withWayBack(error, args.action);
  } finally {
    keys.close();
  }
}

/** Whoever watched has seen it run, or begun it. */
function withWayBack(error: unknown, action: string): unknown {
  if (!(error instanceof AssistError) || !AWAY.has(error.code)) return error;
  const again = `The rollout goes on when it is back; watch it again with \`assist-rollouts watch ${action}\`.`;
  return new AssistError(error.code, error.message, `${again}\n${error.remedy}`, { cause: error });
}

interface Shown {
  view: RolloutView | null;
  /** Of the last look, where it failed. */
  trouble: string | null;
}

interface Desk {
  readonly shown: Shown;
  readonly keys: Keys;
  readonly screen: Screen;
  readonly draw: () => void;
  readonly left: AbortController;
}

/** Null: whoever watched has left. */
async function followed(
  { out, signal, now }: Deps,
  configurator: Configurator,
  { action, runId, heldFor: patience }: WatchArgs,
  { shown, keys, screen, draw, left }: Desk,
): Promise<number | null> {
  const figures = createFigures();
  let heldSince: number | null = null;
  const views = configurator.followRollout(action, {
    signal: AbortSignal.any([signal, left.signal]),
    onTrouble({ message }) {
      shown.trouble = message;
      // A line of its own would be left behind in a view that is redrawn in place.
      if (out.isTTY && shown.view !== null) draw();
      else out.stderr(`${message}\n`);
    },
    // Whoever names the run has begun it just now.
    ...(runId !== undefined && { runId, isBegun: true }),
  });
  for await (const seen of views) {
    const view = figures(seen);
    Object.assign(shown, { view, trouble: null });
    draw();
    heldSince = needsPerson(view.status.phase) ? (heldSince ?? now()) : null;
    const isOver = !view.running || (heldSince !== null && now() - heldSince >= patience * 1_000);
    if (!isOver) continue;
    await keys.answered();
    screen.end(view);
    return view.running ? EXIT.needsAttention : exitCodeOfEnd(view);
  }
  if (shown.view !== null && left.signal.aborted) screen.end(shown.view);
  return null;
}
