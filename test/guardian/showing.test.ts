/** What people are told about a rollout that cannot speak for itself, on real parts. */
import { SEEDED_BASELINE } from '../../src/sandbox/seeded-organisation.ts';
import { createConfigurator } from '../../src/configurator.ts';
import type { Configurator } from '../../src/configurator.ts';
import { listAudit } from '../../src/store/audit.ts';
import { ROLLOUTS_QUEUE, rolloutWorkflowId } from '../../src/workflows/messages.ts';
import { cli, jsonLines } from '../cli/fixtures.ts';
import type { Ran } from '../cli/fixtures.ts';
import type { Stack } from '../helpers/stack.ts';
import { actionsOf, startStack } from '../helpers/stack.ts';
import { testTemporal } from '../helpers/temporal.ts';
import type { Hands } from './by-hand.ts';
import { bakingPlan, handsOn, startBaking, until } from './by-hand.ts';

jest.setTimeout(240_000);

const ACTION = 'RefundAssist';
let stack: Stack;
let hands: Hands;
let configurator: Configurator;

const run = (...args: string[]): Promise<Ran> => cli(args, { configurator });

/** On a busy machine it may be under way for longer than the verb waits for it: followed until it has ended. */
async function recover(...args: string[]): Promise<Ran> {
  for (;;) {
    const ran = await run('recover', ...args);
    if (!ran.stdout.startsWith('under way: ')) return ran;
  }
}

beforeAll(async () => {
  stack = await startStack();
  hands = await handsOn(stack.sandbox.url);
  const { address, namespace } = await testTemporal();
  configurator = createConfigurator({ temporal: { connectionOptions: { address }, address, namespace, uiUrl: null } });
});
afterAll(async () => {
  await configurator?.close();
  await stack?.close();
});

test('a terminated rollout is terminated wherever it is shown, with the way out; recover takes it, proves it, and is on record', async () => {
  const plan = await bakingPlan();
  const { runId } = await configurator.startRollout(plan, { by: 'ana' });
  // A busy worker leaves a question unanswered.
  await until('the bake', async () => {
    const view = await configurator.status(ACTION).catch(() => null);
    return view !== null && view.status.report !== null;
  });
  let refused = await run('recover', ACTION);
  // Between two watches there is none.
  await until('a watch', async () => {
    if (refused.stderr.includes('no watch is pending')) refused = await run('recover', ACTION);
    return !refused.stderr.includes('no watch is pending');
  });
  expect(refused).toMatchObject({
    code: 5,
    stderr: expect.stringMatching(
      /Refused: The rollout of RefundAssist v1\.5\.0 runs .* watches[\s\S]*assist-rollouts abort "RefundAssist"/,
    ),
  });

  const watching = run('watch', ACTION);
  await until('the watch to see it', async () => (await configurator.status(ACTION)).status.phase === 'baking');
  await stack.client.workflow.getHandle(rolloutWorkflowId(ACTION)).terminate('a click in the Web UI');

  const watched = await watching;
  expect(watched.code).toBe(6);
  expect(watched.stdout).toMatch(
    /terminated: Its run was terminated by hand at .*; it was baking then\.\nwaiting for: .*assist-rollouts recover "RefundAssist"/,
  );

  const status = await run('status', ACTION);
  expect(status.code).toBe(6);
  expect(status.stdout).toMatch(/^RefundAssist 1\.4\.0 → 1\.5\.0 {2}on agentAssistActions {2}terminated/);
  expect(status.stdout).toMatch(/you can: recover\n/);
  expect(status.stdout).not.toContain('time left');
  expect(status.stdout).not.toMatch(/you can: .*(abort|pause)/);
  expect(jsonLines((await run('status', ACTION, '--json')).stdout)[0]).toMatchObject({
    running: false,
    lost: { phase: 'terminated', recovery: null },
    status: { phase: 'terminated', canDo: ['recover'], splitPercent: 20 },
  });

  // Lists of the server are a moment late.
  await until('the list to tell of it', async () =>
    /RefundAssist {2}1\.5\.0 {4}terminated/.test((await run('list', '--waiting')).stdout),
  );
  const list = await run('list');
  expect(list.stdout).toMatch(/RefundAssist {2}1\.5\.0 {4}terminated/);
  expect(list.stdout).not.toMatch(/1\.5\.0 +baking/);
  expect(list.stdout).toMatch(/terminated by hand at .*it was baking then/);
  expect(list.stdout).toMatch(/assist-rollouts status "RefundAssist"/);

  const abort = await run('abort', ACTION, '--reason', 'seen enough');
  expect(abort).toMatchObject({
    code: 5,
    stderr: expect.stringMatching(
      /over without having rolled back or promoted.*[\s\S]*assist-rollouts recover "RefundAssist"/,
    ),
  });

  const recovered = await recover(ACTION, '--by', 'maria', '--reason', 'night shift');
  expect(recovered.code).toBe(0);
  expect(recovered.stdout).toMatch(
    /^restored: Its run was terminated by hand at .*\. The baseline v1\.4\.0 of RefundAssist was brought back to 100 %, v1\.5\.0 is off; the organisation shows it \(read back at/,
  );
  expect(await actionsOf(stack)).toMatchObject({
    '1.4.0': { enabled: true, metadata: { traffic_split: 100 } },
    '1.5.0': { enabled: false, metadata: { traffic_split: 0 } },
  });
  expect((await listAudit(stack.db, { rolloutId: runId })).filter(({ act }) => act === 'restored')).toMatchObject([
    { actor: 'maria', reason: expect.stringMatching(/^night shift: /) },
  ]);

  expect((await run('list', '--waiting')).stdout).toBe('No rollout waits for a person.\n');
  const after = await run('status', ACTION);
  expect(after.code).toBe(0);
  expect(after.stdout).toMatch(/terminated[\s\S]*since then: .*was brought back to 100 %/);
  expect(after.stdout).not.toMatch(/you can/);
  expect(jsonLines((await run('status', ACTION, '--json')).stdout)[0]).toMatchObject({
    status: { splitPercent: 0, steps: [{ state: 'done' }, { state: 'stopped' }] },
  });
  expect((await run('list')).stdout).toMatch(/RefundAssist {2}1\.5\.0 {4}terminated +0 %/);

  expect(await run('recover', ACTION)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^nothing to do: /) });
});

test('without an enabled baseline recover writes nothing and calls for a person', async () => {
  const handle = await startBaking(stack);
  await handle.terminate();
  const baseline = (await hands.list()).find(({ version }) => version === '1.4.0')!;
  await hands.change(baseline.id, (document) => ({ ...document, enabled: false }));
  const { code, stdout } = await recover(ACTION);
  expect(code).toBe(6);
  expect(stdout).toMatch(
    /^needs a person: Its run was terminated.*no version of it is enabled in group control.*Nothing was written\./,
  );
  expect((await actionsOf(stack))['1.5.0']).toMatchObject({ enabled: true, metadata: { traffic_split: 20 } });
  await hands.change(baseline.id, (document) => ({ ...document, enabled: true }));
  expect(await recover(ACTION)).toMatchObject({ code: 0 });
});

test('a frozen rollout is told apart from a missing worker; brakes say that they have no effect; recover does not need it', async () => {
  const action = 'Frozen Card';
  // No worker knows this type, so each of its tasks fails: as a release with a fault in it would.
  const handle = await stack.client.workflow.start('rolloutOfABrokenRelease', {
    workflowId: rolloutWorkflowId(action),
    taskQueue: ROLLOUTS_QUEUE,
    args: [],
  });
  const { runId } = await handle.describe();
  const body = (version: string, group: string, split: number) => ({
    ...SEEDED_BASELINE,
    name: `${action} v${version}`,
    version,
    metadata: { traffic_split: split, ab_test_group: group, version, rollout_id: runId },
  });
  await hands.create(body('1.0.0', 'control', 70));
  await hands.create(body('1.1.0', 'candidate', 30));
  await until(
    'its task to fail',
    async () => (await configurator.status(action).catch(() => null))?.status.phase === 'frozen',
  );

  const status = await run('status', action);
  expect(status).toMatchObject({
    code: 6,
    stdout: expect.stringMatching(
      /frozen[\s\S]*why: Its workflow task fails: .*rolloutOfABrokenRelease[\s\S]*recover "Frozen Card"/,
    ),
  });
  expect(await run('watch', action, '--patience', '0')).toMatchObject({
    code: 6,
    stdout: expect.stringMatching(/frozen: Its workflow task fails/),
  });
  expect(await run('abort', action, '--reason', 'x')).toMatchObject({
    code: 6,
    stderr: expect.stringMatching(
      /does nothing: Its workflow task fails.*Your abort is stored, and has no effect[\s\S]*recover "Frozen Card"/,
    ),
  });
  expect(await run('approve', action, '--reason', 'x')).toMatchObject({
    code: 6,
    stderr: expect.stringMatching(/Your approve was NOT taken/),
  });

  expect(await recover(action)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^restored: Its workflow task fails/),
  });
  const versions = Object.fromEntries(
    (await hands.list()).filter(({ name }) => name.startsWith(action)).map(({ version, ...rest }) => [version, rest]),
  );
  expect(versions).toMatchObject({
    '1.0.0': { enabled: true, metadata: { traffic_split: 100 } },
    '1.1.0': { enabled: false, metadata: { traffic_split: 0 } },
  });
  await handle.terminate();
});

test('of a rollout that begins tomorrow recover says that it has put nothing before agents', async () => {
  const startAt = new Date(Date.now() + 86_400_000).toISOString().replace(/\.\d+/, '');
  await configurator.startRollout({ ...(await bakingPlan()), startAt }, { by: 'ana', force: true });
  await until('its planned start', async () => (await configurator.status(ACTION)).status.phase === 'scheduled');
  expect(await run('recover', ACTION)).toMatchObject({
    code: 5,
    stderr: expect.stringMatching(
      /Refused: The rollout of RefundAssist v1\.5\.0 runs .* and has put nothing before agents\./,
    ),
  });
  await stack.client.workflow.getHandle(rolloutWorkflowId(ACTION)).terminate();
});
