/** What the demo showed, as people read it. */
import type { DemoRollout, DemoSummary } from '../../local/demo/summary.ts';
import type { Proof } from '../../local/production/proofs.ts';
import { createPaint } from './paint.ts';
import { formatDuration } from '../../domain/shared/duration.ts';

export function startedLines({
  action,
  version,
  expected,
  url,
}: Pick<DemoRollout, 'version' | 'expected'> & { readonly action: string; readonly url: string | null }): string[] {
  return ['', `Rollout of ${action} ${version}, expected: ${expected}`, ...(url === null ? [] : [url])];
}

export interface SummaryStyle {
  readonly color: boolean;
  /** Everything stays up: its links lead somewhere. */
  readonly kept: boolean;
  /** What to try next. */
  readonly next: string;
}

export function summaryLines(summary: DemoSummary, { color, kept, next }: SummaryStyle): string[] {
  const paint = createPaint(color);
  const mark = (fine: boolean): string => paint(fine ? 'good' : 'bad', fine ? '✔' : '✘');
  const { rollouts, coverageHoles, ok, seconds } = summary;
  return [
    '',
    paint('bold', 'Summary'),
    ...rollouts.flatMap((rollout) => [
      `${mark(rollout.outcome === rollout.expected && rollout.provenByReadBack)} ${outcomeText(rollout)}`,
      `    ${rollout.reason}`,
      ...safetyLines(rollout),
      ...(rollout.url === null || !kept ? [] : [`    ${paint('dim', rollout.url)}`]),
    ]),
    `${mark(coverageHoles === 0)} coverage: ${coverageHoles} instants in which a conversation was served by no version`,
    `${paint(ok ? 'good' : 'bad', ok ? 'ok' : 'not as expected')}, ${formatDuration(seconds * 1_000)} in all`,
    `next: \`${next}\``,
  ];
}

function outcomeText({ version, outcome, expected, seconds, provenByReadBack }: DemoRollout): string {
  const proof = provenByReadBack ? 'proven by reading the organisation back' : `NOT proven (expected ${expected})`;
  return `${version}: ${outcome ?? 'no outcome'} after ${formatDuration(seconds * 1_000)}, ${proof}`;
}

function safetyLines({ timeToSafetyMs, reactionMs }: DemoRollout): string[] {
  if (timeToSafetyMs === null) return [];
  const toSafety = `${formatDuration(timeToSafetyMs)} from the first harmful card to the proven restored split`;
  return [`    ${toSafety}, ${formatDuration(reactionMs)} from the decision`];
}

/** What was tried from outside, and what was answered. */
export function proofLines(proofs: readonly Proof[], color: boolean): string[] {
  const paint = createPaint(color);
  return [
    '',
    paint('bold', 'Tried from outside'),
    ...proofs.map(({ what, held, seen }) => `${paint(held ? 'good' : 'bad', held ? '✔' : '✘')} ${what} (${seen})`),
  ];
}
