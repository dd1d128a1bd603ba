/** Says that it promoted, whatever the organisation shows. */
import { condition } from '@temporalio/workflow';

export async function rollout(says: object | null): Promise<object> {
  if (says === null) await condition(() => false);
  return says ?? {};
}
