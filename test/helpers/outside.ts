/** Rollouts on real parts, with a hand in the organisation and an observer beside them. */
import { ACCEPTANCE } from '../../bench/lib/guardrail.ts';
import type { Plan, Policies } from '../../src/domain/plan/plan.ts';
import type { Step } from '../../src/domain/plan/steps/steps.ts';
import type { RolloutStatus } from '../../src/workflows/messages.ts';
import { statusQuery } from '../../src/workflows/messages.ts';
import type { Observer } from '../../bench/observer/observer.ts';
import { startObserver } from '../../bench/observer/observer.ts';
import type { Hands } from './hands.ts';
import { connectHands } from './hands.ts';
import type { RolloutHandle } from './rollout-harness.ts';
import type { Stack } from './stack.ts';
import { demoPlan, startStack } from './stack.ts';
import { testTemporal } from './temporal.ts';
import { PATIENCE_MS } from './patience.ts';

export { untilHolds } from './patience.ts';

export const BASELINE = '1.4.0';
export const CANDIDATE = '1.5.0';
export const HALF: Step = { kind: 'setSplit', percent: 50 };
export const LONG_BAKE: Step = { kind: 'bake', forMs: 3_600_000, atMostMs: 7_200_000, minCards: 0, require: 'noHarm' };

export interface Outside {
  readonly stack: Stack;
  readonly hands: Hands;
  readonly observer: Observer;
  /** A rollout of an action of its own, whose baseline serves everybody. */
  start(action: string, more?: OutsidePlan): Promise<RolloutHandle>;
  close(): Promise<void>;
}

export interface OutsidePlan {
  readonly steps?: readonly Step[];
  readonly policies?: Partial<Policies>;
}

/** Without traffic of its own: cards come from the test. */
export async function startOutside(): Promise<Outside> {
  const stack = await startStack({ traffic: { running: false } });
  const hands = await connectHands(stack.sandbox.url);
  const observer = await startObserver({ ...(await testTemporal()), organisationUrl: stack.sandbox.url });
  return {
    stack,
    hands,
    observer,
    async start(action, more) {
      await hands.create(action, BASELINE);
      return stack.start(await outsidePlan(action, more));
    },
    async close() {
      await observer.close();
      await stack.close();
    },
  };
}

export async function outsidePlan(
  action: string,
  { steps = [HALF, LONG_BAKE], policies }: OutsidePlan = {},
): Promise<Plan> {
  const demo = await demoPlan(CANDIDATE);
  return {
    ...demo,
    steps,
    action: { ...demo.action, name: action },
    guardrails: [ACCEPTANCE],
    policies: {
      ...demo.policies,
      onNoData: { afterMs: 1_800_000, do: 'pause' },
      settleMs: 500,
      afterPromotionMs: 1_000,
      ...policies,
    },
  };
}

export async function statusWhen(
  handle: RolloutHandle,
  holds: (status: RolloutStatus) => boolean,
): Promise<RolloutStatus> {
  let last: unknown;
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await rest(100)) {
    last = await handle.query(statusQuery).catch((error: unknown) => error);
    if (!(last instanceof Error) && holds(last as RolloutStatus)) return last as RolloutStatus;
  }
  throw new Error(
    `The status of ${handle.workflowId} did not come: ${last instanceof Error ? last.message : JSON.stringify(last)}`,
  );
}

export async function baking(handle: RolloutHandle): Promise<RolloutStatus> {
  return statusWhen(handle, ({ phase, splitPercent }) => phase === 'baking' && splitPercent === 50);
}

export function rest(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
