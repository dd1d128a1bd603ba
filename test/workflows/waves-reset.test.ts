/** Waves that are taken back to an earlier task, by the guardian or in the Web UI, while their rollouts run. */
import type { Plan } from '../../src/domain/plan/plan.ts';
import { membersOf } from '../../src/domain/waves/state.ts';
import type { WavesStatus } from '../../src/domain/waves/state.ts';
import type { WavesRecord } from '../../src/waves/activities.ts';
import { rolloutWorkflowId, wavesStatusQuery } from '../../src/workflows/messages.ts';
import type { Harness } from '../helpers/rollout-harness.ts';
import { quickPlan, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';
import { resetBeforeSignal } from '../helpers/reset.ts';
import { beginWaves, wavesActivities, wavesOf, wavesStatusWhen } from '../helpers/waves.ts';

/** Each action has an organisation of its own, as far as the rollouts can tell. */
const organisations = new Map<string, ScriptedOrganisation>();
let harness: Harness;

/** Of a rollout by its action; of waves by what is left of their id. */
function organisationOf(action: string): ScriptedOrganisation {
  const workflowId = rolloutWorkflowId(action);
  const known = organisations.get(workflowId) ?? new ScriptedOrganisation();
  organisations.set(workflowId, known);
  return known;
}

beforeAll(async () => {
  harness = await startHarness({
    ...wavesActivities(organisationOf),
    recordWaves: async (_entry: WavesRecord) => undefined,
  });
});
afterAll(() => harness.close());
async function baking(action: string): Promise<void> {
  const rollout = harness.client.workflow.getHandle(rolloutWorkflowId(action));
  await harness.statusWhen(rollout as never, ({ phase }) => phase === 'baking' || phase === 'held');
}

const { policies } = quickPlan();

test.each<[string, Partial<Plan>]>([
  [
    'that is watched on after its promotion',
    { policies: { ...policies, longWatch: { forMs: 3_600_000, alpha: 0.01 } } },
  ],
  ['that ends with its promotion', {}],
])('waves that are taken back while a rollout runs %s hear of it, and go on', async (_name, plan) => {
  const { given, nameOf } = wavesOf([['a'], ['b']], {}, plan);
  const [a, b] = [nameOf('a'), nameOf('b')];
  organisationOf(a).verdict = 'undecided';
  const { workflowId } = await beginWaves(harness, given);
  const waves = harness.client.workflow.getHandle<() => Promise<WavesStatus>>(workflowId);
  await wavesStatusWhen(waves, (status) => membersOf(status)[0]?.runId != null);
  await baking(a);
  const runId = membersOf(await waves.query(wavesStatusQuery))[0]?.runId;
  const before = (await waves.describe()).runId;
  await resetBeforeSignal(harness.client, workflowId);
  expect((await waves.describe()).runId).not.toBe(before);
  organisationOf(a).verdict = 'safe';
  const status = await wavesStatusWhen(waves, (now) => membersOf(now)[1]?.state === 'promoted');
  expect(membersOf(status)).toMatchObject([{ action: a, state: 'promoted', runId }, { action: b }]);
});
