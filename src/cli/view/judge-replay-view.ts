/** What `judge replay` found, for people. */
import { formatDuration } from '../../domain/shared/duration.ts';
import type { Share } from '../../domain/shared/share.ts';
import { rateText } from '../../domain/metrics/format.ts';
import { guardrailLabel } from '../../domain/plan/guardrail-label.ts';
import type { JudgeReport } from '../../domain/judge/types.ts';
import type { ReplayResult } from '../../domain/replay/aa.ts';
import type { Unit } from '../../domain/replay/past-cards.ts';
import type { Moment, WhatIf } from '../../domain/replay/what-if.ts';
import { table } from './table.ts';

export interface AaView extends ReplayResult {
  readonly action: string;
  readonly from: string;
  readonly to: string;
  readonly by: Unit;
  readonly effect: string | null;
  readonly seed: number;
  readonly repetitions: number;
  readonly versions: readonly { readonly version: string; readonly cards: number }[];
  readonly cards: number;
  readonly conversations: number;
  readonly agents: number;
  readonly leftOut: number;
  readonly cut: boolean;
  readonly sentences: readonly string[];
}

export function aaLines(view: AaView): string[] {
  const { versions, effect } = view;
  const kind = effect === null ? 'A/A' : `A/A with ${effect} injected`;
  return [
    `${view.action}, ${kind} by ${view.by}, ${view.repetitions} repetitions, seed ${view.seed}`,
    `${view.from} to ${view.to}`,
    `${view.cards} cards of ${versions.map(({ version }) => version).join(', ')}, ${view.conversations} ` +
      `conversations, ${view.agents} agents`,
    ...(view.leftOut > 0 ? [`${view.leftOut} cards of versions that were being rolled out are left out`] : []),
    ...(view.cut ? ['There are more cards in that time: only the first are taken.'] : []),
    '',
    ...table([{ title: '' }, { title: 'repetitions', right: true }, { title: '95 %', right: true }], endRows(view)),
    '',
    ...guardrailTable(view),
    '',
    ...timeLines(view),
    '',
    ...view.sentences,
    'The interval is for other random splits of these cards, not for other days.',
  ];
}

function endRows(view: AaView): string[][] {
  const rows: readonly (readonly [string, Share])[] = [
    ['harm: rolled back', view.harm],
    ['promoted', view.promoted],
    ['undecided at the end', view.undecided],
    ['stopped for silence', view.silent],
    ['stopped for distrust', view.untrusted],
    ['the cards ended first', view.unfinished],
  ];
  return rows.filter(([, { hits }], index) => index < 2 || hits > 0).map(([title, share]) => shareRow(title, share));
}

function shareRow(title: string, { hits, low, high }: Share): string[] {
  return [title, String(hits), `${rateText(low)} to ${rateText(high)}`];
}

function guardrailTable({ guardrails, slices }: AaView): string[] {
  const columns = [
    { title: 'guardrail' },
    { title: 'alpha', right: true },
    { title: 'harm', right: true },
    { title: 'proven safe', right: true },
    { title: 'after', right: true },
  ];
  const rows = guardrails.map((row) => [
    `${guardrailLabel(row)}${row.mode === 'enforce' ? '' : ` (${row.mode})`}`,
    String(row.alpha),
    String(row.harm.hits),
    String(row.provenSafe.hits),
    formatDuration(row.safeAfterMs),
  ]);
  return table(columns, [...rows, ...(slices === null ? [] : [['slices', '', String(slices.hits), '', '']])]);
}

function timeLines({ promoted, promotedAfterMs, harm, harmAfterMs, candidateCards, looks }: AaView): string[] {
  return [
    ...(promoted.hits === 0
      ? []
      : [
          `promoted after ${formatDuration(promotedAfterMs.median)} (median), ` +
            `${formatDuration(promotedAfterMs.nineOfTen)} (nine of ten)`,
        ]),
    ...(harm.hits === 0 ? [] : [`harm after ${formatDuration(harmAfterMs.median)} (median)`]),
    `${candidateCards.median} candidate cards in a repetition (median), ${looks} looks in all`,
  ];
}

export interface WhatIfView extends WhatIf {
  readonly action: string;
  readonly version: string;
  readonly rolloutId: string;
  readonly recorded: JudgeReport;
  readonly sentence: string;
}

export function whatIfLines(view: WhatIfView): string[] {
  const { action, version, rolloutId, recorded, was, would, notInRecord } = view;
  return [
    `${action} ${version}, rollout ${rolloutId}`,
    `${view.looks} looks, the last ${formatDuration(view.endsAtMs)} after the start`,
    `on record: ${recorded.reason}`,
    '',
    ...table(
      [{ title: '' }, { title: 'harm after' }, { title: 'cards', right: true }, { title: 'safe after' }],
      [
        ["by the record's guardrails", ...momentCells(was)],
        ['by these', ...momentCells(would)],
        ...would.report.guardrails.map((row, index) => [
          `  ${guardrailLabel(row)}`,
          ...momentCells(would.guardrails[index] ?? would),
        ]),
      ],
    ),
    '',
    view.sentence,
    ...(view.otherRules ? ["The record was made by other rules of the judge: both are by today's."] : []),
    ...(notInRecord.length === 0 ? [] : [`Not in this record, so not judged: ${notInRecord.join(', ')}.`]),
  ];
}

function momentCells({ harmAt, safeAt }: { readonly harmAt: Moment | null; readonly safeAt: Moment | null }) {
  return [
    harmAt === null ? 'not by then' : formatDuration(harmAt.atMs),
    harmAt === null ? '' : String(harmAt.n.candidate),
    safeAt === null ? 'not by then' : formatDuration(safeAt.atMs),
  ];
}
