/** `explain <action>`: takes the verdict of its last rollout again, offline, from the decision record. */
import type { Command } from 'commander';
import type { RolloutRecord } from '../../configurator/decision-record.ts';
import type { DecisionRecord, Retaken } from '../../domain/judge/retake.ts';
import { foreignRules, retake, rulesOf } from '../../domain/judge/retake.ts';
import { countsText } from '../../domain/judge/report/arm-names.ts';
import { learnedText } from '../../domain/judge/report/learned-report.ts';
import { onTimeText } from '../../domain/judge/report/circumstances.ts';
import { recentText } from '../../domain/judge/report/effect-text.ts';
import { sliceLines } from '../../domain/judge/report/slice-report.ts';
import { retakeLongWatch } from '../../domain/long-watch/retake.ts';
import { formatDuration } from '../../domain/shared/duration.ts';
import { printJson, printLines } from '../deps.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { ACTION, JSON_OBJECT, nonEmpty } from '../options.ts';
import { EXIT, exitCodeOfError } from '../exit-codes.ts';
import { writePrivateFile } from '../files.ts';
import { readRecord } from '../sources/decision-record.ts';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';

export function explain(run: Run): Command {
  const help = {
    description: "take the verdict of an action's last rollout again from its decision record, offline",
    examples: ['explain RefundAssist', 'explain RefundAssist --out record.json'],
  };
  return createVerb('explain', help)
    .argument(...ACTION)
    .option('--rollout <id>', 'another rollout of it', nonEmpty)
    .option('--record <file>', 'a record written with --out: needs no database', nonEmpty)
    .option('--out <file>', 'write the record', nonEmpty)
    .option(...JSON_OBJECT)
    .action((action: string, options: Omit<ExplainArgs, 'action'>) =>
      run((deps) => explainVerdict(deps, { action, ...options })),
    );
}

interface ExplainArgs extends JsonOption {
  readonly action: string;
  /** Rollout id; default: the action's newest. */
  readonly rollout?: string;
  /** A record written earlier with `out`: needs no database. */
  readonly record?: string;
  readonly out?: string;
}

/** As it was said then where it cannot be taken again: `agrees` is null. */
type Said<Taken extends { readonly agrees: boolean }> = Omit<Taken, 'agrees'> & { readonly agrees: boolean | null };
type SaidWatch = Said<ReturnType<typeof retakeLongWatch>>;

/** Exit code 1 when the verdict taken again differs from the one on record, 2 when it cannot be taken again here. */
async function explainVerdict(deps: Deps, args: ExplainArgs): Promise<number> {
  const record =
    args.record === undefined
      ? await (await deps.configurator()).decisionRecord(args.action, args.rollout)
      : await readRecord(args.record);
  if (args.out !== undefined) await writePrivateFile(args.out, `${JSON.stringify(record)}\n`);
  const foreign = foreignRules(record);
  const { judged, longWatch } = foreign === null ? takenAgain(record) : asSaid(record);
  const { action, version, rolloutId } = record;
  if (args.json)
    printJson(deps.out, {
      kind: 'explanation',
      action,
      version,
      rolloutId,
      rules: rulesOf(record.rules),
      ...judged,
      ...(longWatch !== null && { longWatch }),
      ...(foreign !== null && {
        error: { code: foreign.code, message: foreign.message, remedy: foreign.remedy },
      }),
    });
  else
    printLines(deps.out, [
      ...verdictLines(record, judged),
      ...longWatchLines(longWatch),
      ...(foreign === null ? [] : [foreign.message, foreign.remedy]),
    ]);
  if (foreign !== null) return exitCodeOfError(foreign.code);
  return judged.agrees === true && longWatch?.agrees !== false ? EXIT.ok : EXIT.unexpected;
}

interface Explained {
  readonly judged: Said<Retaken>;
  readonly longWatch: SaidWatch | null;
}

function takenAgain(record: RolloutRecord): Explained {
  return {
    judged: retake(record),
    longWatch: record.longWatch === undefined ? null : retakeLongWatch(record.longWatch),
  };
}

function asSaid({ report, looks, longWatch }: RolloutRecord): Explained {
  return {
    judged: { report, agrees: null, looks: looks.length, since: null },
    longWatch: longWatch === undefined ? null : { report: longWatch.report, agrees: null },
  };
}

function verdictLines(
  { action, version, rolloutId }: DecisionRecord,
  { report, agrees, looks, since }: Said<Retaken>,
): string[] {
  return [
    `${action} ${version}, rollout ${rolloutId}: ${report.verdict}, from ${looks} looks at ` + countsText(report),
    ...(since === null
      ? []
      : [`${report.verdict} since look ${since.look}, ${formatDuration(since.atMs)} after the start`]),
    ...report.guardrails
      .flatMap((row) => [row.sentence, recentText(row), onTimeText(row), learnedText(row)])
      .flatMap((line) => (line === null ? [] : [`  ${line}`])),
    ...sliceLines(report.slices).map((line) => `  ${line}`),
    ...agreementLines(agrees),
  ];
}

function longWatchLines(said: SaidWatch | null): string[] {
  if (said === null) return [];
  const { report, agrees } = said;
  return [
    `After the promotion: ${report.reason}`,
    ...report.rows.map(({ sentence }) => `  ${sentence}`),
    ...agreementLines(agrees),
  ];
}

function agreementLines(agrees: boolean | null): string[] {
  if (agrees === null) return [];
  return [
    agrees
      ? 'Taken again, the verdict is the one on record, to the last bit.'
      : 'Taken again, the verdict DIFFERS from the one on record: the record was changed.',
  ];
}
