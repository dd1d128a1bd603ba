/** What the demo showed, for people and for machines. */
import type { GuardrailReport, JudgeReport } from '../../domain/judge/types.ts';
import type { Outcome } from '../../workflows/messages.ts';
import { createPaint } from '../view/paint.ts';
import { elapsed } from '../view/units.ts';

export interface DemoRollout {
  readonly version: string;
  readonly expected: Outcome;
  readonly outcome: Outcome | null;
  /** By the demo's own reading, not the engine's. */
  readonly provenByReadBack: boolean;
  /** From the first candidate card to the proof; null unless rolled back. */
  readonly timeToSafetyMs: number | null;
  /** From the decision to the proof. */
  readonly reactionMs: number | null;
  readonly reason: string;
  /** The guardrails that stopped the rollout. */
  readonly harm: readonly Pick<GuardrailReport, 'metric' | 'candidateValue' | 'baselineValue' | 'limit' | 'n'>[];
  readonly workflowId: string;
  readonly runId: string;
  readonly url: string | null;
  readonly seconds: number;
}

export interface DemoSummary {
  readonly kind: 'summary';
  readonly ok: boolean;
  readonly rollouts: readonly DemoRollout[];
  readonly seconds: number;
  /** Instants in which a bucket was served by no enabled version; must be 0. */
  readonly coverageHoles: number;
}

export function summarise(rollouts: readonly DemoRollout[], seconds: number, coverageHoles: number): DemoSummary {
  const asExpected = rollouts.every((rollout) => rollout.outcome === rollout.expected && rollout.provenByReadBack);
  return { kind: 'summary', ok: asExpected && coverageHoles === 0, rollouts, seconds, coverageHoles };
}

export function harmOf(report: JudgeReport | null): DemoRollout['harm'] {
  const harmful = report?.guardrails.filter((row) => row.verdict === 'harm') ?? [];
  return harmful.map(({ metric, statistic, candidateValue, baselineValue, limit, n }) => ({
    metric,
    ...(statistic === undefined ? {} : { statistic }),
    candidateValue,
    baselineValue,
    limit,
    n,
  }));
}

export function summaryLines(summary: DemoSummary, color: boolean): string[] {
  const paint = createPaint(color);
  return [
    '',
    paint('bold', 'Summary'),
    ...summary.rollouts.flatMap((rollout) => {
      const fine = rollout.outcome === rollout.expected && rollout.provenByReadBack;
      return [
        `${paint(fine ? 'good' : 'bad', fine ? '✔' : '✘')} ${rollout.version}: ${rollout.outcome ?? 'no outcome'} after ${elapsed(rollout.seconds * 1_000)}, ${rollout.provenByReadBack ? 'proven by reading the organisation back' : `NOT proven (expected ${rollout.expected})`}`,
        `    ${rollout.reason}`,
        ...(rollout.timeToSafetyMs === null
          ? []
          : [
              `    ${elapsed(rollout.timeToSafetyMs)} from the first harmful card to the proven restored split, ` +
                `${elapsed(rollout.reactionMs)} from the decision`,
            ]),
        ...(rollout.url === null ? [] : [`    ${paint('dim', rollout.url)}`]),
      ];
    }),
    `${summary.coverageHoles === 0 ? paint('good', '✔') : paint('bad', '✘')} coverage: ${summary.coverageHoles} ` +
      'instants in which a conversation was served by no version',
    `${summary.ok ? paint('good', 'ok') : paint('bad', 'not as expected')}, ${elapsed(summary.seconds * 1_000)} in all`,
  ];
}
