/** What stands on the queues of a plan now. */
import type { ActionVersion } from '../../domain/plan/plan.ts';
import type { TargetOf } from '../../domain/plan/target-schema.ts';
import { TargetError } from '../target-error.ts';
import type { Standing } from '../target.ts';
import { armId, readAssistants } from './assistants.ts';
import { mediaTypesOnBaseline, wholePair } from './deploy.ts';
import type { QueuesClient } from './queues.ts';

export async function describeStanding(
  client: QueuesClient,
  { unit, pairs }: TargetOf<'copilotQueues'>,
  { name }: ActionVersion,
): Promise<Standing> {
  const exists =
    (await readAssistants(
      client.assistants,
      pairs.map(({ candidate }) => candidate),
    )) !== null;
  if (unit === 'agent') return { baseline: null, note: 'The other agents have no assistant.', exists };
  try {
    const whole = pairs.map(wholePair);
    await mediaTypesOnBaseline(client, name, whole);
    const id = armId(
      name,
      whole.map(({ baseline }) => baseline),
    );
    return { baseline: { id, action: { name, version: '0.0.0' }, splitPercent: 100 }, note: null, exists };
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    return { baseline: null, note: error.message, refused: true, exists };
  }
}
