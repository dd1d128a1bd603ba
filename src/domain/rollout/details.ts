/** The story of a rollout as markdown, for the Temporal Web UI. */
import { rowText } from '../metrics/format.ts';
import { armName, countsText } from '../judge/report/arm-names.ts';
import type { GuardrailReport, JudgeReport } from '../judge/types.ts';
import { aboutLines } from '../plan/about.ts';
import { guardrailLabel } from '../plan/guardrail-label.ts';
import { markdownText } from '../text/markdown.ts';
import { splitText } from '../split/audience.ts';
import { excerpt } from '../text/printable.ts';
import type { StepStatus } from './status.ts';
import type { RolloutStatus } from './view.ts';

type DetailsFacts = { readonly title: string } & Pick<
  RolloutStatus,
  | 'phase'
  | 'paused'
  | 'splitPercent'
  | 'splitOf'
  | 'achievedPercent'
  | 'steps'
  | 'report'
  | 'reason'
  | 'waitingFor'
  | 'canDo'
  | 'deadline'
  | 'overrides'
  | 'byHand'
  | 'description'
  | 'links'
>;

const MARKS: Record<StepStatus['state'], string> = {
  done: '✅ done',
  running: '▶ running',
  pending: '· pending',
  stopped: '✖ stopped here',
  skipped: '– skipped',
};

export function detailsMarkdown(facts: DetailsFacts): string {
  return [
    `### ${cell(facts.title)}`,
    `**${facts.phase}${facts.paused ? ' (paused)' : ''}**, candidate split ${splitText(facts.splitPercent, facts.splitOf)}${achievedText(facts)}`,
    '',
    ...aboutLines(facts).map((line) => `- ${cell(line)}`),
    ...(facts.reason === '' ? [] : [`- Why: ${cell(facts.reason)}`]),
    ...(facts.overrides ?? []).map((text) => `- **${cell(text)}**`),
    `- Waiting for: ${cell(facts.waitingFor)}`,
    ...(facts.deadline == null ? [] : [`- At most until ${facts.deadline.at}, then: ${facts.deadline.action}`]),
    `- A person can: ${facts.canDo.length === 0 ? 'only watch' : facts.canDo.map((act) => `\`${act}\``).join(', ')}`,
    '',
    ...handWork(facts),
    '| # | step | state |',
    '| --- | --- | --- |',
    ...facts.steps.map((step) => `| ${step.index + 1} | ${cell(step.label)} | ${MARKS[step.state]} |`),
    '',
    ...verdictTable(facts.report),
  ].join('\n');
}

/** Whoever is called at night shall not have to look anything up. */
function handWork({ byHand }: DetailsFacts): string[] {
  if (byHand === undefined) return [];
  return [
    `**${cell(byHand.agentsSee)}** The engine goes on trying. If it is not let, set in the organisation` +
      `${byHand.writes.length > 1 ? ', in this order' : ''}:`,
    '',
    ...byHand.writes.map((write, index) => `${index + 1}. ${cell(write)}`),
    '',
  ];
}

function achievedText({ achievedPercent }: DetailsFacts): string {
  return achievedPercent === undefined ? '' : ` asked, ${achievedPercent} % achieved`;
}

function verdictTable(report: JudgeReport | null): string[] {
  if (report === null) return ['No verdict yet. Live figures are in the heartbeat of the pending `watch` activity.'];
  const [candidate, baseline] = [armName('candidate', report.noCard), armName('baseline', report.noCard)];
  return [
    `Judge: **${report.verdict}** on ${countsText(report)} ` +
      `(live figures: heartbeat of the pending \`watch\` activity)`,
    '',
    `| guardrail | verdict | ${candidate} | ${baseline} | tolerated | limit | n ${candidate} / ${baseline} |`,
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...report.guardrails.map(verdictRow),
  ];
}

/** `safe, better, goal proven` */
function verdictText({ verdict, better, goal }: GuardrailReport): string {
  const isBetter = better === undefined ? '' : ', better';
  return `${verdict}${isBetter}${goal === undefined ? '' : goal.proven ? ', goal proven' : ', goal open'}`;
}

function verdictRow(row: GuardrailReport): string {
  const show = (value: number | null): string => rowText(row, value);
  return (
    `| ${cell(guardrailLabel(row))}${row.mode === 'enforce' ? '' : ` (${row.mode})`} | ${verdictText(row)} | ` +
    `${show(row.candidateValue)} | ${show(row.baselineValue)} | ${show(row.tolerated ?? null)} | ` +
    `${show(row.limit)} | ${row.n.candidate} / ` +
    `${row.n.baseline} |`
  );
}

/** Temporal keeps details of some kilobytes only, and nobody reads more. */
const MAX_CELL_LENGTH = 500;

function cell(text: string): string {
  return markdownText(excerpt(text, MAX_CELL_LENGTH));
}
