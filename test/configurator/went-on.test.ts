/** A run that somebody follows, and that is reset meanwhile. */
import { createTemporalLink } from '../../src/configurator/connection.ts';
import type { TemporalLink } from '../../src/configurator/connection.ts';
import { isRunning, viewRollout } from '../../src/configurator/rollouts.ts';
import { viewWaves } from '../../src/configurator/waves.ts';
import { membersOf } from '../../src/domain/waves/state.ts';
import { rolloutWorkflowId, wavesWorkflowId } from '../../src/workflows/messages.ts';
import { resetBeforeSignal } from '../helpers/reset.ts';
import { ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';
import type { Harness } from '../helpers/rollout-harness.ts';
import { testTemporal } from '../helpers/temporal.ts';
import { beginWaves, wavesActivities, wavesOf, wavesStatusWhen } from '../helpers/waves.ts';

const organisation = new ScriptedOrganisation();
let harness: Harness;
let link: TemporalLink;

beforeAll(async () => {
  organisation.verdict = 'undecided';
  harness = await startHarness({ ...wavesActivities(() => organisation), recordWaves: () => Promise.resolve() });
  const { address, namespace } = await testTemporal();
  link = createTemporalLink({ connectionOptions: { address }, address, namespace, uiUrl: null });
});
afterAll(async () => {
  await link?.close();
  await harness?.close();
});

test('waves, and a rollout, that are reset are followed in the run that they go on as; one that is terminated is lost', async () => {
  const { given, nameOf } = wavesOf([['a']]);
  const action = nameOf('a');
  const { workflowId } = await beginWaves(harness, given);
  const waves = harness.client.workflow.getHandle(workflowId);
  await wavesStatusWhen(waves as never, (status) => membersOf(status)[0]?.runId != null);
  const rollout = harness.client.workflow.getHandle(rolloutWorkflowId(action));
  await harness.statusWhen(rollout as never, ({ phase }) => phase === 'baking' || phase === 'held');
  const [ofWaves, ofRollout] = [(await waves.describe()).runId, (await rollout.describe()).runId];
  for (let times = 0; times < 2; times += 1) {
    await resetBeforeSignal(harness.client, workflowId);
    await resetBeforeSignal(harness.client, rollout.workflowId);
  }
  const [wavesNow, rolloutNow] = [(await waves.describe()).runId, (await rollout.describe()).runId];
  expect([wavesNow === ofWaves, rolloutNow === ofRollout]).toEqual([false, false]);
  expect(await viewWaves(link, given.name, ofWaves)).toMatchObject({ runId: wavesNow, running: true, lost: null });
  expect(await viewRollout(link, action, ofRollout)).toMatchObject({ runId: rolloutNow, running: true, lost: null });
  expect(await isRunning(link, wavesWorkflowId(given.name), ofWaves)).toBe(true);
  await waves.terminate('test');
  await rollout.terminate('test');
  expect(await viewWaves(link, given.name, ofWaves)).toMatchObject({ runId: wavesNow, lost: 'terminated' });
  expect(await viewRollout(link, action, ofRollout)).toMatchObject({ running: false, lost: { phase: 'terminated' } });
  expect(await isRunning(link, wavesWorkflowId(given.name), ofWaves)).toBe(false);
});
