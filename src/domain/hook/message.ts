/** What a hook is told: where the rollout stands, and where it would go. */
import { guardrailLabel } from '../plan/guardrail-label.ts';
import type { Step } from '../plan/steps/steps.ts';
import { splitAfter, splitOfAfter, stepLabel } from '../plan/steps/steps.ts';
import type { Audience } from '../split/audience.ts';
import type { JudgeReport, Verdict } from '../judge/types.ts';

/** The body of the call; docs/plan.md promises its fields. */
export interface HookMessage {
  readonly type: 'assist-rollouts.hook';
  readonly rollout: string;
  readonly workflowId: string;
  readonly action: string;
  readonly version: string;
  /** The version that serves; null: there is none. */
  readonly baselineVersion: string | null;
  /** 0..100, of the conversations that see the new version now, and once the hook has confirmed. */
  readonly splitPercent: number;
  readonly nextSplitPercent: number;
  /** Of whose conversations, where not of everybody's: now, and then. */
  readonly splitOf?: Audience;
  readonly nextSplitOf?: Audience;
  /** Counted from 1. */
  readonly step: { readonly number: number; readonly of: number; readonly label: string };
  /** Null before the judge has seen anything. */
  readonly verdict: Verdict | null;
  readonly reason: string | null;
  readonly cards: { readonly baseline: number; readonly candidate: number };
  readonly guardrails: readonly HookFigure[];
}

interface HookFigure {
  readonly guardrail: string;
  readonly verdict: Verdict;
  /** In the metric's own unit: a share 0..1, ms, or what its source counts in. */
  readonly baseline: number | null;
  readonly candidate: number | null;
  readonly limit: number | null;
}

interface Standing {
  readonly rolloutId: string;
  readonly workflowId: string;
  readonly action: { readonly name: string; readonly version: string };
  readonly baselineVersion: string | null;
  readonly splitPercent: number;
  readonly splitOf: Audience | null;
  readonly steps: readonly Step[];
  /** Whatever is left of them is passed over. */
  readonly promoting: boolean;
  /** Index of the hook. */
  readonly step: number;
  readonly report: JudgeReport | null;
}

export function hookMessage({
  rolloutId,
  workflowId,
  action,
  steps,
  step,
  report,
  promoting,
  ...standing
}: Standing): HookMessage {
  const at = steps[step];
  const next = (promoting ? [] : steps.slice(step + 1)).find((one) => splitAfter(one) !== null);
  const nextOf = next === undefined ? null : splitOfAfter(next);
  return {
    type: 'assist-rollouts.hook',
    rollout: rolloutId,
    workflowId,
    action: action.name,
    version: action.version,
    baselineVersion: standing.baselineVersion,
    splitPercent: standing.splitPercent,
    ...(standing.splitOf !== null && { splitOf: standing.splitOf }),
    // After the last step comes the promotion.
    nextSplitPercent: (next && splitAfter(next)) ?? 100,
    ...(nextOf !== null && { nextSplitOf: nextOf }),
    step: { number: step + 1, of: steps.length, label: at === undefined ? '' : stepLabel(at) },
    verdict: report?.verdict ?? null,
    reason: report?.reason ?? null,
    cards: { baseline: report?.n.baseline ?? 0, candidate: report?.n.candidate ?? 0 },
    guardrails: (report?.guardrails ?? []).map((one) => ({
      guardrail: guardrailLabel(one),
      verdict: one.verdict,
      baseline: one.baselineValue,
      candidate: one.candidateValue,
      limit: one.limit,
    })),
  };
}

/** The same in every try, so that whoever answers can tell one call that came twice from two. */
export function hookCallId(rolloutId: string, step: number, promoting = false): string {
  return `hook_${rolloutId}_${step}${promoting ? '_promote' : ''}`;
}
