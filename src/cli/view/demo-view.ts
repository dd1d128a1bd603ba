/** What the demo showed, as people read it. */
import type { DemoRollout, DemoSummary } from '../../local/demo/summary.ts';
import { createPaint } from './paint.ts';
import { formatDuration } from '../../domain/shared/duration.ts';

export function startedLines({
  action,
  version,
  expected,
  url,
}: Pick<DemoRollout, 'version' | 'expected' | 'url'> & { readonly action: string }): string[] {
  return ['', `Rollout of ${action} ${version}, expected: ${expected}`, ...(url === null ? [] : [url])];
}

export function summaryLines(summary: DemoSummary, color: boolean): string[] {
  const paint = createPaint(color);
  return [
    '',
    paint('bold', 'Summary'),
    ...summary.rollouts.flatMap((rollout) => {
      const fine = rollout.outcome === rollout.expected && rollout.provenByReadBack;
      return [
        `${paint(fine ? 'good' : 'bad', fine ? '✔' : '✘')} ${rollout.version}: ${rollout.outcome ?? 'no outcome'} after ${formatDuration(rollout.seconds * 1_000)}, ${rollout.provenByReadBack ? 'proven by reading the organisation back' : `NOT proven (expected ${rollout.expected})`}`,
        `    ${rollout.reason}`,
        ...(rollout.timeToSafetyMs === null
          ? []
          : [
              `    ${formatDuration(rollout.timeToSafetyMs)} from the first harmful card to the proven restored split, ` +
                `${formatDuration(rollout.reactionMs)} from the decision`,
            ]),
        ...(rollout.url === null ? [] : [`    ${paint('dim', rollout.url)}`]),
      ];
    }),
    `${summary.coverageHoles === 0 ? paint('good', '✔') : paint('bad', '✘')} coverage: ${summary.coverageHoles} ` +
      'instants in which a conversation was served by no version',
    `${summary.ok ? paint('good', 'ok') : paint('bad', 'not as expected')}, ${formatDuration(summary.seconds * 1_000)} in all`,
  ];
}
