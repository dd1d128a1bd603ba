/** The plans of a campaign: minutes of a real one become seconds. */
import { ACCEPTANCE } from '../lib/guardrail.ts';
import { join } from 'node:path';
import { packageRoot } from '../../src/compose/package-root.ts';
import type { WindowRule } from '../../src/domain/calendar/form.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import type { Step } from '../../src/domain/plan/steps/steps.ts';
import { loadPlan } from '../../src/lint/lint.ts';
import type { Kind } from './draw.ts';

export const BASELINE = '1.4.0';
export const CANDIDATE = '1.5.0';

const DEMO = join(packageRoot(), 'examples', 'demo', `${CANDIDATE}.yaml`);

const split = (percent: number): Step => ({ kind: 'setSplit', percent });
const bake = (forMs: number, hours?: WindowRule): Step => ({
  kind: 'bake',
  forMs,
  atMostMs: forMs * 4,
  minCards: 0,
  require: 'noHarm',
  ...(hours !== undefined && { hours }),
});
/** Whether its time counts is asked of this calendar. */
const ALWAYS: WindowRule = { rule: 'FREQ=DAILY', from: '00:00', to: '24:00', timeZone: 'UTC' };
const approve: Step = { kind: 'approve', reason: 'team leads agree', timeoutMs: 604_800_000, onTimeout: 'hold' };

/** The organisation that a member of waves is in. */
export const ELSEWHERE = 'elsewhere';
/** The name of its secret. */
export const GATE = 'gate';
/** From now to when it may begin. */
const START_MS = 2_000;
const LONG_WATCH = { forMs: 3_000, alpha: 0.001 };
const WATCHED_ON: readonly Kind[] = ['watchedOn', 'inWaves'];

/** Whoever is harmful is not promoted before it is found. */
const STEPS: Readonly<Record<Kind, readonly Step[]>> = {
  good: [split(20), bake(2_000), split(50), bake(3_000)],
  harmful: [split(20), bake(1_500), split(50), bake(900_000)],
  aborted: [split(20), bake(4_000), split(50), bake(900_000)],
  approved: [split(20), bake(1_500), approve, split(50), bake(2_000)],
  paused: [split(20), bake(4_000), split(50), bake(4_000)],
  undone: [split(50), bake(1_500)],
  hooked: [split(20), bake(2_000)],
  watchedOn: [split(20), bake(2_000, ALWAYS), split(50), bake(1_500, ALWAYS)],
  frozen: [split(20), bake(6_000), split(50), bake(2_000)],
  inWaves: [split(50), bake(2_000)],
  calledOff: [split(50), bake(2_000)],
};

/** `hookUrl`: who is asked whether it may go on. */
export async function campaignPlan(kind: Kind, action: string, hookUrl: string): Promise<Plan> {
  const demo = await loadPlan(DEMO);
  return {
    ...demo,
    action: { ...demo.action, name: action },
    ...(kind === 'watchedOn' && { startAt: startAt() }),
    steps: kind === 'hooked' ? STEPS[kind].flatMap((step) => [step, hook(hookUrl)]) : STEPS[kind],
    guardrails: [ACCEPTANCE],
    policies: {
      ...demo.policies,
      onUndecided: 'promote',
      onNoData: { afterMs: 1_800_000, do: 'pause' },
      settleMs: 500,
      afterPromotionMs: 1_000,
      longWatch: WATCHED_ON.includes(kind) ? LONG_WATCH : null,
    },
  };
}

function hook(url: string): Step {
  return { kind: 'hook', url, secret: GATE, timeoutMs: 604_800_000, onTimeout: 'hold', onRefuse: 'rollback' };
}

/** To the second, as people write it. */
function startAt(): string {
  return new Date(Date.now() + START_MS).toISOString().replace(/\.\d+/, '');
}
