/** Rollouts that judge real cards, on a stack that imitates agents: nobody attends to them. */
import type { Plan } from '../../src/domain/plan/plan.ts';
import type { Phase } from '../../src/workflows/messages.ts';
import { statusQuery } from '../../src/workflows/messages.ts';
import { PATIENCE_MS } from './patience.ts';
import type { RolloutHandle } from './rollout-harness.ts';
import type { Stack } from './stack.ts';
import { demoPlan, unhurried } from './stack.ts';

/**
 * On a machine that is busy with other tests an event may come later than the demo's two seconds: a card that seems
 * lost, and many of them at once make the data untrusted, rightly. Within that it comes.
 */
export const SETTLE_MS = 10_000;

export const BAD = { acceptMultiplier: 0.02, dismissMultiplier: 3, latencyMultiplier: 20, undeliveredMultiplier: 40 };

/** How agents take each version from now on. */
export async function models({ sandbox }: Stack, body: object): Promise<void> {
  const answer = await fetch(`${sandbox.url}/sandbox/models`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

/** What stops for a person says why instead of waiting for one. */
export function unattendedPlan(plan: Plan, policies: Partial<Plan['policies']> = {}): Plan {
  return {
    ...plan,
    steps: unhurried(plan.steps),
    policies: {
      ...plan.policies,
      settleMs: SETTLE_MS,
      onNoData: { afterMs: 2 * PATIENCE_MS, do: 'pause' },
      onUntrusted: 'rollback',
      onUndecided: 'rollback',
      ...policies,
    },
  };
}

/** The demo's healthy card as another version, from the half onwards, and watched for a moment after its promotion. */
export async function planOf(version: string, policies: Partial<Plan['policies']>): Promise<Plan> {
  const demo = await demoPlan('1.5.0');
  const half = demo.steps.findIndex((step) => step.kind === 'setSplit' && step.percent === 50);
  const plan = unattendedPlan({ ...demo, steps: demo.steps.slice(half) }, { afterPromotionMs: 1000, ...policies });
  return { ...plan, action: { ...plan.action, version } };
}

/** The result of a rollout that nobody attends to: one that waits for a person fails the test at once and says why. */
export async function unattended(handle: RolloutHandle): ReturnType<RolloutHandle['result']> {
  const result = handle.result();
  for (let ended = false; !ended;) {
    ended = await Promise.race([
      result.then(() => true),
      new Promise<false>((resolve) =>
        setTimeout(() => {
          resolve(false);
        }, 1000),
      ),
    ]);
    const status = ended ? undefined : await handle.query(statusQuery);
    if (status?.paused || status?.phase === 'held' || status?.phase === 'needsAttention')
      throw new Error(`${status.version} waits for a person: ${status.reason}`);
  }
  return result;
}

/** Fails where it ends or stops before. */
export async function reach(handle: RolloutHandle, phase: Phase, splitPercent: number): Promise<void> {
  for (
    let status = await handle.query(statusQuery);
    status.phase !== phase || status.splitPercent !== splitPercent;
    status = await handle.query(statusQuery)
  ) {
    if (status.outcome !== null || status.paused)
      throw new Error(`${status.version} did not reach ${phase}: ${status.reason}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
