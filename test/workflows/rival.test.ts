/** Another version that serves when a promotion is about to end. */
import type { Drift } from '../../src/domain/rollout/drift.ts';
import { ACT_UPDATES } from '../../src/workflows/messages.ts';
import type { RolloutStatus } from '../../src/workflows/messages.ts';
import type { Harness, RolloutHandle } from '../helpers/rollout-harness.ts';
import { activitiesOf, quickPlan, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';

let org: ScriptedOrganisation;
let harness: Harness;
const who = { by: 'ana', reason: 'test' };
const pausedIn = (handle: RolloutHandle): Promise<RolloutStatus> => harness.statusWhen(handle, ({ paused }) => paused);

beforeAll(async () => {
  harness = await startHarness(activitiesOf(() => org));
});
afterAll(() => harness.close());
beforeEach(() => {
  org = new ScriptedOrganisation();
});

const rival: Drift = {
  kind: 'rival',
  key: 'rival x',
  message: 'Another version serves: v9',
  rivals: ['x candidate 30'],
};
const { policies: usual } = quickPlan();
const policies = { ...usual, onDrift: { ...usual.onDrift, rival: 'pause' as const } };
const end = (): Promise<RolloutHandle> => {
  org.rival = rival;
  org.verdict = 'safe';
  return harness.start(quickPlan({ policies }));
};

test('nothing is called promoted beside it until a person has said that it may stay', async () => {
  const handle = await end();
  expect(await pausedIn(handle)).toMatchObject({
    outcome: null,
    reason: expect.stringMatching(/^Another version serves: v9 Resume goes on beside it/) as string,
  });
  await handle.executeUpdate(ACT_UPDATES.resume, { args: [who] });
  expect(await handle.result()).toMatchObject({ outcome: 'promoted' });
});

test('an abort goes back from there', async () => {
  const handle = await end();
  await pausedIn(handle);
  await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
  expect(await handle.result()).toMatchObject({ outcome: 'rolledBack' });
  expect(org.baseline).toMatchObject({ enabled: true, splitPercent: 100 });
});
