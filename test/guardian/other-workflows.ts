/** Waves and rollouts as code of another kind began them: their histories do not replay. */
import { sleep } from '@temporalio/workflow';

export async function waves(): Promise<void> {
  await sleep('1 day');
}

export async function rollout(): Promise<void> {
  await sleep('1 day');
}
