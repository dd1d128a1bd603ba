/** `list`: rollouts, newest first. */
import { excerpt, oneLine } from '../../domain/text/printable.ts';
import { Option } from 'commander';
import type { Command } from 'commander';
import type { ListFilter, RolloutSummary } from '../../configurator/list-rows.ts';
import { isLostPhase, OUTCOMES } from '../../domain/rollout/status.ts';
import { actionProblem } from '../../domain/plan/identity.ts';
import { rolloutWorkflowId } from '../../domain/rollout/workflow-id.ts';
import { formatDuration } from '../../domain/shared/duration.ts';
import { printJson, printLines } from '../deps.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { instantOf } from '../instant.ts';
import { actionName, JSON_OBJECT, nonEmpty, wholeNumber } from '../options.ts';
import { EXIT } from '../exit-codes.ts';
import { clipLine } from '../view/clip.ts';
import { minuteText } from '../view/local-time.ts';
import { table } from '../view/table.ts';
import { percent } from '../view/units.ts';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';

export function list(run: Run): Command {
  const help = {
    description: 'rollouts, newest first',
    examples: ['list --limit 5', 'list --waiting', 'list --action RefundAssist --outcome rolledBack --since 7d'],
  };
  return createVerb('list', help)
    .option('--limit <number>', 'at most so many', wholeNumber(1, 1_000), 20)
    .option('--waiting', 'only those that wait for a person')
    .option('--action <name>', 'of one action', actionName)
    .addOption(new Option('--outcome <outcome>', 'that ended so, or run').choices(ENDS))
    .option('--since <when>', 'started since an instant, or how long ago: 2026-03-01T09:00:00Z, 7d', nonEmpty)
    .option('--who <name>', 'of who started it', nonEmpty)
    .option(...JSON_OBJECT)
    .action((options: ListArgs) => run((deps) => listRollouts(deps, options)));
}

interface ListArgs extends JsonOption {
  readonly limit: number;
  readonly waiting?: true;
  readonly action?: string;
  readonly outcome?: (typeof ENDS)[number];
  readonly since?: string;
  readonly who?: string;
}

const ENDS = ['running', ...OUTCOMES] as const;

async function listRollouts(deps: Deps, args: ListArgs): Promise<number> {
  const filter = { ...filterOf(args, deps.now()), why: true };
  const { rollouts, unseen } = await (await deps.configurator()).list(args.limit, filter);
  if (args.json) printJson(deps.out, { kind: 'rollouts', rollouts, unseen });
  else
    printLines(deps.out, [
      ...(rollouts.length > 0
        ? listLines(rollouts, { nowMs: deps.now(), zone: deps.zone, columns: deps.out.columns?.() ?? null })
        : [noneText(args, unseen)]),
      ...(unseen === null ? [] : [`${unseen} --action or --since looks among fewer.`]),
    ]);
  return EXIT.ok;
}

/** What was not looked at may be there. */
function noneText(args: ListArgs, unseen: string | null): string {
  if (unseen !== null) return 'None was found.';
  if (args.waiting === true) return 'No rollout waits for a person.';
  return isFiltered(args) ? 'No rollout fits.' : 'No rollouts yet. Start one with `assist-rollouts start <plan.yaml>`.';
}

function filterOf({ waiting, action, outcome, since, who }: ListArgs, nowMs: number): ListFilter {
  return {
    waiting: waiting === true,
    action,
    outcome,
    who,
    since: since === undefined ? undefined : new Date(instantOf(since, '--since', nowMs)),
  };
}

function isFiltered({ action, outcome, since, who }: ListArgs): boolean {
  return [action, outcome, since, who].some((given) => given !== undefined);
}

/** A narrower terminal gets no links; `status` has them. */
const LINK_WIDTH = 160;

interface Reader {
  readonly nowMs: number;
  readonly zone: string;
  /** Of the terminal; null: there is none, and nothing is cut. */
  readonly columns: number | null;
}

function listLines(rollouts: readonly RolloutSummary[], reader: Reader): string[] {
  const { zone, columns } = reader;
  const asked = rollouts.filter((row) => isLost(row) && isAskable(row));
  const lost = [...new Set(asked.map(nameOf))];
  const rows = tableLines(rollouts, reader);
  return [
    ...(columns === null ? rows : rows.map((line) => clipLine(line, columns))),
    `Times are those of ${zone}.`,
    ...lost.map(
      (action) =>
        `The rollout of ${action} does nothing any more: \`assist-rollouts status "${action}"\` says what ` +
        'became of it.',
    ),
  ];
}

function tableLines(rollouts: readonly RolloutSummary[], { nowMs, zone, columns }: Reader): string[] {
  const hasLinks = columns === null || columns >= LINK_WIDTH;
  const hasWhy = rollouts.some(({ why }) => why !== undefined);
  return table(
    [
      { title: 'action' },
      { title: 'version' },
      { title: 'phase' },
      { title: 'split', right: true },
      { title: 'started' },
      ...(hasLinks ? [{ title: 'link' }] : []),
      ...(hasWhy ? [{ title: 'why' }] : []),
    ],
    rollouts.map((row) => [
      clipLine(oneLine(nameOf(row)), columns === null ? Infinity : MAX_NAME),
      oneLine(row.version ?? '–'),
      `${row.outcome ?? phaseText(row, nowMs) ?? row.state.toLowerCase()}${row.override === null ? '' : ' (override)'}`,
      `${percent(row.splitPercent, 2)}${row.audience === null ? '' : ` of ${clipLine(oneLine(row.audience), MAX_AUDIENCE)}`}`,
      startedText(row.startedAt, nowMs, { zone, isNarrow: columns !== null }),
      ...(hasLinks ? [row.url ?? row.runId] : []),
      ...(hasWhy ? [excerpt(oneLine(row.why ?? '–'), MAX_WHY)] : []),
    ]),
  );
}

/** A run that another client started may not have published its action; its id has it. */
function nameOf({ action, workflowId }: RolloutSummary): string {
  return action ?? workflowId.replace(/^rollout\//, '');
}

/** What stands under an id that no action has can be asked by no verb. */
function isAskable(row: RolloutSummary): boolean {
  const name = nameOf(row);
  return actionProblem(name) === null && row.workflowId === rolloutWorkflowId(name);
}

const MAX_NAME = 24;
const MAX_WHY = 200;

/** On a terminal `11-29 04:10`, and of another year the day alone: room for why. */
function startedText(
  startedAt: string,
  nowMs: number,
  { zone, isNarrow }: { readonly zone: string; readonly isNarrow: boolean },
): string {
  const whole = minuteText(startedAt, zone);
  if (!isNarrow) return whole;
  const isThisYear = whole.slice(0, 4) === minuteText(new Date(nowMs).toISOString(), zone).slice(0, 4);
  return isThisYear ? whole.slice(5) : whole.slice(0, 10);
}

/** So that a list of pilots is no wider than a terminal, but for the link. */
const MAX_AUDIENCE = 24;

/** With the time that is left to a planned start. */
function phaseText({ phase, startsAt }: RolloutSummary, nowMs: number): string | null {
  const leftMs = startsAt === undefined ? 0 : Date.parse(startsAt) - nowMs;
  return phase === 'scheduled' && leftMs > 0 ? `scheduled, ${formatDuration(leftMs)} left` : phase;
}

function isLost({ phase, outcome }: RolloutSummary): boolean {
  return outcome === null && isLostPhase(phase);
}
