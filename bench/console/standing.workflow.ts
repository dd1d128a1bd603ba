/** A rollout that stands where it is told to: it publishes and answers as one of ours does, and does nothing. */
import { condition, defineSignal, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import type { RolloutStatus } from '../../src/workflows/messages.ts';
import { statusQuery } from '../../src/workflows/messages.ts';
import { attributesOf } from '../../src/workflows/search-attributes.ts';

/** What the console asks of a worker, who knows of nothing. */
export async function registry(): Promise<object> {
  return { kind: 'unknown', versions: [] };
}

export const saySignal = defineSignal<[string]>('say');

/** Under the name by which rollouts are found. */
export async function rollout(status: RolloutStatus): Promise<void> {
  let waitingFor = status.waitingFor;
  setHandler(statusQuery, () => ({ ...status, waitingFor }));
  setHandler(saySignal, (said) => {
    waitingFor = said;
  });
  upsertSearchAttributes(attributesOf({ ...status, phase: status.phase, outcome: null }));
  await condition(() => waitingFor === 'the end');
}
