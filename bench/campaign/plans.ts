/** The plans of a campaign: minutes of a real one become seconds. */
import { ACCEPTANCE } from '../lib/guardrail.ts';
import { join } from 'node:path';
import type { Plan } from '../../src/domain/plan/plan.ts';
import type { Step } from '../../src/domain/plan/steps/steps.ts';
import { loadPlan } from '../../src/lint/lint.ts';
import type { Kind } from './draw.ts';

export const BASELINE = '1.4.0';
export const CANDIDATE = '1.5.0';

const DEMO = join(__dirname, '..', '..', '..', 'examples', 'demo', `${CANDIDATE}.yaml`);

const split = (percent: number): Step => ({ kind: 'setSplit', percent });
const bake = (forMs: number): Step => ({
  kind: 'bake',
  forMs,
  atMostMs: forMs * 4,
  minCards: 0,
  require: 'noHarm',
});
const approve: Step = { kind: 'approve', reason: 'team leads agree', timeoutMs: 604_800_000, onTimeout: 'hold' };

/** Whoever is harmful is not promoted before it is found. */
const STEPS: Readonly<Record<Kind, readonly Step[]>> = {
  good: [split(20), bake(2_000), split(50), bake(3_000)],
  harmful: [split(20), bake(1_500), split(50), bake(900_000)],
  aborted: [split(20), bake(4_000), split(50), bake(900_000)],
  approved: [split(20), bake(1_500), approve, split(50), bake(2_000)],
  paused: [split(20), bake(4_000), split(50), bake(4_000)],
};

export async function campaignPlan(kind: Kind, action: string): Promise<Plan> {
  const demo = await loadPlan(DEMO);
  return {
    ...demo,
    action: { ...demo.action, name: action },
    steps: STEPS[kind],
    guardrails: [ACCEPTANCE],
    policies: {
      ...demo.policies,
      onUndecided: 'promote',
      onNoData: { afterMs: 1_800_000, do: 'pause' },
      settleMs: 500,
      afterPromotionMs: 1_000,
    },
  };
}
