/** What stands on the queues of a plan now. */
import type { ActionVersion } from '../../domain/plan/plan.ts';
import type { TargetOf } from '../../domain/plan/target-schema.ts';
import { copilotRows } from '../../store/copilot.ts';
import { TargetError } from '../target-error.ts';
import type { Standing, TargetDeps } from '../target.ts';
import { armId, readAssistants } from './assistants.ts';
import { mediaTypesOnBaseline, wholePair } from './deploy.ts';
import { refuseTaken } from './taken.ts';

export async function describeStanding(
  { client, db }: Pick<TargetDeps, 'client' | 'db'>,
  target: TargetOf<'copilotQueues'>,
  { name }: ActionVersion,
): Promise<Standing> {
  const candidates = target.pairs.map(({ candidate }) => candidate);
  const exists = (await readAssistants(client.assistants, candidates, 'normal')) !== null;
  try {
    refuseTaken(db === null ? [] : await copilotRows(db), { actionName: name, target });
    if (target.unit === 'agent') return { baseline: null, note: 'The other agents have no assistant.', exists };
    const whole = target.pairs.map(wholePair);
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
