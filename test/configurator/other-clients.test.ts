/** What other clients begin under ids that are ours, and how it is told. */
import { createConfigurator } from '../../src/configurator.ts';
import type { Configurator } from '../../src/configurator.ts';
import { ROLLOUT_WORKFLOW, ROLLOUTS_QUEUE, WAVES_WORKFLOW } from '../../src/workflows/messages.ts';
import { cli } from '../cli/fixtures.ts';
import { until } from '../guardian/by-hand.ts';
import { activitiesOf, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';
import type { Harness } from '../helpers/rollout-harness.ts';
import { testTemporal } from '../helpers/temporal.ts';

const organisation = new ScriptedOrganisation();
let harness: Harness;
let configurator: Configurator;

beforeAll(async () => {
  harness = await startHarness(activitiesOf(() => organisation));
  const { address, namespace } = await testTemporal();
  configurator = createConfigurator({ temporal: { connectionOptions: { address }, address, namespace, uiUrl: null } });
});
afterAll(async () => {
  await configurator?.close();
  await harness?.close();
});

test('what another client began under an id of ours is said to be none of ours, with the way out', async () => {
  const { workflow } = harness.client;
  const options = { taskQueue: 'nowhere', workflowId: 'rollout/Squat' };
  const squat = await workflow.start('nonsense', options);
  const run = (...args: string[]) => cli(args, { configurator });
  const seen =
    /^error rollout\/Squat is a workflow of type "nonsense" on the task queue "nowhere" .*no rollout of Squat: expected.*\n.*Terminate it/;
  for (const verb of [
    ['status', 'Squat'],
    ['abort', 'Squat', '--reason', 'x'],
  ])
    expect(await run(...verb)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(seen) });
  await squat.terminate();
  expect((await run('status', 'Squat')).stderr).toMatch(/was last a workflow of type "nonsense".*\nStart one with/);

  const junk = await workflow.start(WAVES_WORKFLOW, { taskQueue: ROLLOUTS_QUEUE, workflowId: 'waves/junk', args: [7] });
  await junk.result().catch(() => undefined);
  expect(await run('waves', 'status', 'junk')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(
      /^error waves\/junk is no waves: its run \(failed\) was refused.*\nWhy stands at its run/,
    ),
  });
});

test('a lost run that published nothing is listed by the action of its id, and no verb is advised that takes no such name', async () => {
  const { workflow } = harness.client;
  for (const workflowId of ['rollout/Bare', 'rollout/a\nb', 'else'])
    await (await workflow.start(ROLLOUT_WORKFLOW, { taskQueue: 'nowhere', workflowId })).terminate();
  const listed = async (): Promise<string> => (await cli(['list'], { configurator })).stdout;
  await until('the list to tell of them', async () => (await listed()).includes('else '));
  const text = await listed();
  expect(text).toMatch(/^Bare /m);
  expect(text).toContain('status "Bare"` says');
  expect(text).not.toMatch(/status "(rollout|a|else)/);
});

test('of a rollout that Temporal keeps no more it is said where it is still told of', async () => {
  const workflowExecution = { workflowId: 'rollout/Old Card' };
  const { client } = harness;
  await (
    await client.workflow.start(ROLLOUT_WORKFLOW, { taskQueue: ROLLOUTS_QUEUE, ...workflowExecution })
  ).terminate();
  await client.workflowService.deleteWorkflowExecution({ namespace: client.options.namespace, workflowExecution });
  const status = async (): Promise<string> => (await cli(['status', 'Old Card'], { configurator })).stderr;
  await until('Temporal to forget it', async () => (await status()).includes('has no rollout of'));
  expect(await status()).toMatch(
    /^error Temporal has no rollout of "Old Card": none began, or its end is longer ago than the namespace keeps runs\.\n.*history "Old Card"/,
  );
});
