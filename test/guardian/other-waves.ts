/** Waves as code of another kind began them: their history does not replay. */
import { sleep } from '@temporalio/workflow';

export async function waves(): Promise<void> {
  await sleep('1 day');
}
