/** `waves status`: the tree of rollouts, once or to the end. */
import type { Command } from 'commander';
import type { RolloutView } from '../../../configurator/rollouts.ts';
import type { WavesView } from '../../../configurator/waves.ts';
import { AssistError } from '../../../configurator/errors.ts';
import { AWAY } from '../../../configurator/follow.ts';
import { oneLine } from '../../../domain/text/printable.ts';
import { wavesLines, wavesReasons } from '../../../domain/waves/lines.ts';
import type { WavesOutcome } from '../../../domain/waves/state.ts';
import { printJson, printLines } from '../../deps.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { EXIT } from '../../exit-codes.ts';
import { JSON_LINES, wavesName } from '../../options.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';
import { ofWhom, percent } from '../../view/units.ts';

export function wavesStatus(run: Run): Command {
  const help = {
    description: 'where the waves stand, as a tree of their rollouts',
    examples: ['waves status refund-1.5.0', 'waves status refund-1.5.0 --watch'],
  };
  return createVerb('status', help)
    .argument('<name>', 'name of the waves', wavesName)
    .option('--watch', 'follow them to their end')
    .option(...JSON_LINES)
    .action((name: string, options: Omit<StatusArgs, 'name'>) =>
      run((deps) => (options.watch ? watchWaves(deps, { name, ...options }) : showWaves(deps, { name, ...options }))),
    );
}

interface StatusArgs extends JsonOption {
  readonly name: string;
  readonly watch?: boolean;
}

async function showWaves(deps: Deps, { name, json }: StatusArgs): Promise<number> {
  const view = await (await deps.configurator()).waves(name);
  show(deps, view, json);
  return view.running ? EXIT.ok : exitCodeOf(view);
}

interface WatchArgs extends StatusArgs {
  /** Those that were begun just now; absent: the newest of that name. */
  readonly begun?: string;
}

/** Prints the tree, then each line of it that is another one, and the tree once more at the end. */
export async function watchWaves(deps: Deps, { name, begun, json }: WatchArgs): Promise<number> {
  const configurator = await deps.configurator();
  let shown: readonly string[] = [];
  try {
    for await (const view of configurator.followWaves(name, {
      ...(begun !== undefined && { runId: begun, isBegun: true }),
      signal: deps.signal,
      onTrouble: ({ message }) => deps.out.stderr(`${message}\n`),
    })) {
      shown = showNews(deps, view, shown, json);
      if (!view.running) return exitCodeOf(view);
    }
  } catch (error) {
    throw shown.length === 0 && begun === undefined ? error : withWayBack(error, name);
  }
  return EXIT.interrupted;
}

/** They run, whatever becomes of looking at them. */
function withWayBack(error: unknown, name: string): unknown {
  if (!(error instanceof AssistError) || !AWAY.has(error.code)) return error;
  const again = `The waves go on when it is back; follow them again with \`assist-rollouts waves status "${name}" --watch\`.`;
  return new AssistError(error.code, error.message, `${again}\n${error.remedy}`, { cause: error });
}

function showNews(deps: Deps, view: WavesView, shown: readonly string[], json: boolean | undefined): string[] {
  const lines = linesOf(view);
  const news = lines.filter((line) => !shown.includes(line));
  if (news.length > 0 && (json || shown.length === 0 || !view.running)) show(deps, view, json);
  else if (news.length > 0) printLines(deps.out, news.map(withoutBranch));
  return lines;
}

function withoutBranch(line: string): string {
  return line.replace(/^[│├└─ ]+/u, '  ');
}

function show({ out }: Deps, view: WavesView, json: boolean | undefined): void {
  if (json) printJson(out, { kind: 'waves', ...view });
  else printLines(out, linesOf(view));
}

function linesOf({ waves, members, unread, elsewhere, lost }: WavesView): string[] {
  const tree = wavesLines(
    waves,
    new Map([
      ...Object.entries(members).map(([action, view]) => [action, placeOf(view)] as const),
      ...Object.keys(unread).map((action) => [action, 'cannot be read now'] as const),
      ...Object.entries(elsewhere).map(([id, seen]) => [id, placeElsewhere(seen)] as const),
    ]),
    lost,
  );
  const why = Object.values(unread).map(oneLine);
  return [...tree, ...why, ...wavesReasons(waves)];
}

function placeElsewhere({ phase, splitPercent }: WavesView['elsewhere'][string]): string {
  return `${phase ?? 'running'}${splitPercent === null ? '' : `, ${percent(splitPercent, 2)}`}`;
}

/** `baking, 25 %`. */
function placeOf({ status }: RolloutView): string {
  return `${status.phase}${status.paused ? ' (paused)' : ''}, ${percent(status.splitPercent, 2)}${ofWhom(status)}`;
}

const BY_OUTCOME: Readonly<Record<WavesOutcome, number>> = {
  promoted: EXIT.ok,
  stopped: EXIT.rolledBack,
  aborted: EXIT.rolledBack,
  rejected: EXIT.badInput,
};

/** Of waves that were ended from outside a person has to see to the rest. */
function exitCodeOf({ waves: { phase } }: WavesView): number {
  return (BY_OUTCOME as Readonly<Record<string, number>>)[phase] ?? EXIT.needsAttention;
}
