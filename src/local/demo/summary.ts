/** What the demo showed, as plain values. */
import type { GuardrailReport, JudgeReport } from '../../domain/judge/types.ts';
import type { Outcome } from '../../workflows/messages.ts';

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

export function harmfulRows(report: JudgeReport | null): DemoRollout['harm'] {
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
