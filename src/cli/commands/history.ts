/** `history <action>`: every rollout of an action, newest first: what came of it, and what it proved. */
import type { Command } from 'commander';
import { CLAIMED } from '../../domain/identity/actor.ts';
import { oneLine } from '../../domain/text/printable.ts';
import { MAX_HISTORY } from '../../domain/registry/question.ts';
import type { HistoryRow } from '../../domain/registry/question.ts';
import { printJson, printLines } from '../deps.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { EXIT } from '../exit-codes.ts';
import { ACTION, JSON_OBJECT, wholeNumber } from '../options.ts';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';
import { clipLine } from '../view/clip.ts';
import { table } from '../view/table.ts';

export function history(run: Run): Command {
  const help = {
    description: 'every rollout of an action, newest first: who, what came of it and why, and what was proven',
    examples: ['history RefundAssist'],
  };
  return createVerb('history', help)
    .argument(...ACTION)
    .option('--limit <number>', 'at most so many', wholeNumber(1, MAX_HISTORY), 20)
    .option(...JSON_OBJECT)
    .action((action: string, options: Omit<HistoryArgs, 'action'>) =>
      run((deps) => showHistory(deps, { action, ...options })),
    );
}

interface HistoryArgs extends JsonOption {
  readonly action: string;
  readonly limit: number;
}

async function showHistory(deps: Deps, { action, limit, json }: HistoryArgs): Promise<number> {
  const rows = await (await deps.configurator()).history(action, limit);
  if (json) printJson(deps.out, { kind: 'history', action, rollouts: rows });
  else printLines(deps.out, historyLines(rows));
  return EXIT.ok;
}

const WIDTH = 80;
const MAX_NAME_WIDTH = 12;

function historyLines(rows: readonly HistoryRow[]): string[] {
  const cell = (text: string): string => clipLine(oneLine(text), MAX_NAME_WIDTH);
  const lines = table(
    [
      { title: 'version' },
      { title: 'when (UTC)' },
      { title: 'who' },
      { title: 'outcome' },
      { title: 'proven' },
      { title: 'why' },
    ],
    rows.map((row) => [
      oneLine(row.version),
      row.startedAt.slice(0, 16).replace('T', ' '),
      `${cell(row.startedBy)}${row.verifiedBy === null ? '*' : ''}`,
      row.outcome ?? row.phase,
      provenCell(row),
      oneLine(row.reason),
    ]),
  );
  return [
    ...lines.flatMap((line, at) => [clipLine(line, WIDTH), ...descriptionOf(rows[at - 1])]),
    ...(rows.some(({ verifiedBy }) => verifiedBy === null) ? [`* ${CLAIMED}`] : []),
  ];
}

/** Of the version, not of how it ended: what never served alone had nothing to prove, also where its way back is proven. */
function provenCell({ undo, proof, outcome }: HistoryRow): string {
  if (undo !== null) return '–';
  return proof?.at.slice(0, 10) ?? (outcome === 'promoted' || outcome === 'retired' ? 'no' : '–');
}

/** What was to be found out, below what came of it. */
function descriptionOf(row: HistoryRow | undefined): string[] {
  return row?.description == null ? [] : [clipLine(`  ${oneLine(row.description)}`, WIDTH)];
}
