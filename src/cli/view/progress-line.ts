/** One line per look, for pipes, logs and the demo. */
import { rowText } from '../../domain/metrics/format.ts';
import { troubleText } from '../../configurator/progress.ts';
import type { RolloutView } from '../../configurator/rollouts.ts';
import { guardrailName } from './guardrail-view.ts';
import { ofWhom, percent, shownText } from './units.ts';

/** What changed little stays short: step, split, cards per arm, each guardrail with both arms' values. */
export function progressLine(view: RolloutView): string {
  const { status, progress } = view;
  const report = progress?.report ?? status.report;
  const running = status.steps.find((step) => step.state === 'running');
  const where = running === undefined ? '' : ` · step ${running.index + 1}/${status.steps.length} ${running.label}`;
  const observed = progress === null ? '' : ` (observed ${percent(progress.observedSplitPercent)})`;
  const split = `split ${percent(status.achievedPercent ?? status.splitPercent, 2)}${ofWhom(status)}${observed}`;
  const troubles = view.troubles.map(
    (trouble) => `${troubleText(trouble, '')}${trouble.failure === '' ? '' : `: ${shownText(trouble.failure)}`}`,
  );
  const cards = report === null ? [] : [`cards ${report.n.candidate}/${report.n.baseline}`];
  const guardrails =
    report?.guardrails.map(
      (row) =>
        `${guardrailName(row)} ${rowText(row, row.candidateValue)} vs ${rowText(row, row.baselineValue)} ` +
        row.verdict,
    ) ?? [];
  return [
    `${status.action} ${status.version} ${status.phase}${status.paused ? ' (paused)' : ''}${where}`,
    split,
    ...cards,
    ...guardrails,
    ...troubles,
  ].join(' · ');
}
