/**
 * A rollout of waves that stopped is told why by them before they cancel it. Anybody can send a signal, so the waves
 * themselves are asked once it is cancelled; where they do not answer, what was told is believed.
 */
import { ActivityFailure, CancellationScope, setHandler, workflowInfo } from '@temporalio/workflow';
import { MAX_REASON_LENGTH } from '../domain/rollout/actor.ts';
import { CANCELLED, CANCELLED_BEFORE, calledOffBefore } from '../domain/rollout/audit-reason.ts';
import { whyCalledOff } from './activity-proxies.ts';
import { parentWaves } from './member.ts';
import { calledOffSignal } from './messages.ts';
import type { RolloutRun } from './run.ts';

/** Why it was cancelled, as it stands on record. */
export interface Cancelled {
  whileServing(): Promise<string>;
  beforeAnything(): Promise<string>;
}

export function hearWaves(run: RolloutRun): Cancelled {
  let told: string | null = null;
  setHandler(
    calledOffSignal,
    (given: unknown) => {
      told = reasonIn(given) ?? told;
    },
    { description: 'From the waves of this rollout: they stopped, and cancel it; { "reason": "why" }' },
  );
  const why = async (): Promise<string | null> => (told === null ? null : confirmed(run, told));
  return {
    whileServing: async () => (await why()) ?? CANCELLED,
    async beforeAnything() {
      const known = await why();
      return known === null ? CANCELLED_BEFORE : calledOffBefore(known);
    },
  };
}

/** Null: its waves did not call it off. */
async function confirmed({ input }: RolloutRun, told: string): Promise<string | null> {
  const waves = parentWaves(workflowInfo());
  if (waves === null) return null;
  const asked = { workflowId: waves.workflowId, member: input.plan.action.name };
  try {
    return await CancellationScope.nonCancellable(() =>
      whyCalledOff.executeWithOptions({ summary: 'did its waves call it off?' }, [asked]),
    );
  } catch (error) {
    if (error instanceof ActivityFailure) return told;
    throw error;
  }
}

function reasonIn(given: unknown): string | null {
  const reason = (given as { readonly reason?: unknown } | null)?.reason;
  return typeof reason === 'string' && reason.trim() !== '' ? reason.slice(0, MAX_REASON_LENGTH) : null;
}
