/** The figures as Markdown tables, the judges side by side. */
import { percent, ratio } from './goals.ts';
import type { Goal } from './goals.ts';
import type { Scenario } from './scenario.ts';
import { summaryOf } from './summary.ts';
import type { Cell, JudgeSummary } from './summary.ts';

export function report(
  scenarios: readonly Scenario[],
  judges: readonly string[],
  cells: readonly Cell[],
  goals: readonly Goal[],
): string {
  const byKind = (kind: Scenario['kind']): readonly Scenario[] =>
    scenarios.filter((scenario) => scenario.kind === kind);
  return [
    ...section('Harmless: rolled back (95 % interval) / left undecided', byKind('null'), judges, cells, nullCell),
    ...section(
      'Worse within the tolerance, or better: rolled back (95 % interval) / left undecided',
      byKind('tolerable'),
      judges,
      cells,
      nullCell,
    ),
    ...section(
      'Harmful: median / p90 delay in candidate exposures = median over bound (found)',
      byKind('harm'),
      judges,
      cells,
      harmCell,
      boundOfRow,
    ),
    ...section('Harmful: promoted though worse / left undecided', byKind('harm'), judges, cells, shippedCell),
    ...section(
      'Exactly at the margin: median / p90 candidate exposures until rolled back (share) / promoted (95 % interval)',
      byKind('edge'),
      judges,
      cells,
      edgeCell,
    ),
    ...section(
      'Other: seen (median / p90 minutes) / rolled back / promoted',
      byKind('other'),
      judges,
      cells,
      otherCell,
    ),
    '## Judges',
    '',
    ...summaryTable(judges, cells),
    '',
    ...(goals.length === 0 ? [] : ['## Goals', '', ...goalTable(goals), '']),
  ].join('\n');
}

function section(
  title: string,
  scenarios: readonly Scenario[],
  judges: readonly string[],
  cells: readonly Cell[],
  show: (cell: Cell) => string,
  extra?: (cell: Cell) => string,
): readonly string[] {
  if (scenarios.length === 0) return [];
  const rows = scenarios.map(({ name, title: about }) => {
    const row = judges.map((judge) => cells.find((cell) => cell.scenario === name && cell.judge === judge));
    const first = row.find((cell) => cell !== undefined);
    const added = extra === undefined || first === undefined ? [] : [extra(first)];
    return [
      `${name}: ${about}`,
      ...added,
      ...row.map((cell) => (cell === undefined || cell.streams === 0 ? '' : show(cell))),
    ];
  });
  return [`## ${title}`, '', ...table(['scenario', ...(extra === undefined ? [] : ['bound']), ...judges], rows), ''];
}

function nullCell({ rolledBack, undecided }: Cell): string {
  return (
    `${percent(rolledBack.share)} (${points(rolledBack.low)}-${points(rolledBack.high)}) / ` + percent(undecided.share)
  );
}

function harmCell({ delay, delayOverBound, rolledBack }: Cell): string {
  return (
    `${delay.median ?? 'never'} / ${delay.p90 ?? 'never'} = ${ratio(delayOverBound)} ` +
    `(${percent(rolledBack.share)})`
  );
}

function boundOfRow({ bound }: Cell): string {
  if (bound === null) return '';
  return bound.reachable > bound.wald
    ? `${bound.reachable.toFixed(0)} (Wald ${bound.wald.toFixed(0)})`
    : bound.wald.toFixed(0);
}

function shippedCell({ promoted, undecided }: Cell): string {
  return `${percent(promoted.share)} / ${percent(undecided.share)}`;
}

function edgeCell({ delay, rolledBack, promoted }: Cell): string {
  return (
    `${delay.median ?? 'never'} / ${delay.p90 ?? 'never'} (${percent(rolledBack.share)}) / ` +
    `${percent(promoted.share)} (${points(promoted.low)}-${points(promoted.high)})`
  );
}

function otherCell({ seen, minutes, rolledBack, promoted }: Cell): string {
  return (
    `${percent(seen.share)} (${minutes.median ?? 'never'} / ${minutes.p90 ?? 'never'}) / ` +
    `${percent(rolledBack.share)} / ${percent(promoted.share)}`
  );
}

function summaryTable(judges: readonly string[], cells: readonly Cell[]): readonly string[] {
  const head = [
    'judge',
    'null scenarios beyond alpha',
    'tolerable scenarios beyond alpha',
    'worst false rollback: null, tolerable',
    'left undecided (mean): null, tolerable',
    'found (mean)',
    'median delay / bound: median (worst)',
    'shipped though worse (mean)',
  ];
  return table(
    head,
    judges.map((judge) => summaryRow(summaryOf(judge, cells))),
  );
}

function summaryRow(summary: JudgeSummary): readonly string[] {
  const { nulls, tolerables } = summary;
  return [
    summary.judge,
    `${nulls.beyondAlpha.length} of ${nulls.scenarios}`,
    `${tolerables.beyondAlpha.length} of ${tolerables.scenarios}`,
    `${percent(nulls.worst)}, ${percent(tolerables.worst)}`,
    `${percent(nulls.undecided)}, ${percent(tolerables.undecided)}`,
    percent(summary.detected),
    `${ratio(summary.medianRatio)} (${ratio(summary.worstRatio)})`,
    percent(summary.shippedThoughWorse),
  ];
}

function goalTable(goals: readonly Goal[]): readonly string[] {
  const unmet = goals.filter(({ met }) => !met).length;
  const rows = goals.map(({ goal, measured, met }) => [met ? 'met' : 'NOT MET', goal, measured]);
  return [...table(['', 'goal', 'measured'], rows), '', `${goals.length - unmet} of ${goals.length} goals met.`];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((title, i) => Math.max(title.length, 3, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)];
}

function points(share: number): string {
  return (share * 100).toFixed(0);
}
