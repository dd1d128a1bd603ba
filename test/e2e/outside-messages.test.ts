/**
 * What anybody who reaches Temporal, the webhook or the organisation's permissions can do to a rollout, with an
 * observer beside it.
 */
import type { Deployment } from '../../src/domain/rollout/deployment.ts';
import type { RolloutStatus } from '../../src/workflows/messages.ts';
import { ROLLOUT_WORKFLOW, ROLLOUTS_QUEUE } from '../../src/workflows/messages.ts';
import { pushCards } from '../helpers/cards.ts';
import type { Cards } from '../helpers/cards.ts';
import type { Outside } from '../helpers/outside.ts';
import { baking, BASELINE, HALF, outsidePlan, rest, startOutside, statusWhen, untilHolds } from '../helpers/outside.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import type { RolloutHandle } from '../helpers/rollout-harness.ts';
import { fault } from '../helpers/stack.ts';

jest.setTimeout(300_000);

let outside: Outside;
beforeAll(async () => {
  outside = await startOutside();
});
afterAll(() => outside.close());
afterEach(async () => {
  await forgetFaults();
  expect(await outside.observer.caughtUp()).toEqual([]);
});

async function forgetFaults(): Promise<void> {
  await fetch(`${outside.stack.sandbox.url}/sandbox/faults`, { method: 'DELETE' });
}

const SAFE = { outcome: 'rolledBack', safety: { provenByReadBack: true } };

/** Cards of the first two seconds of a split belong to neither. */
const GRACE_MS = 2_500;

/** Even cards, then those that leave no doubt. */
async function turnHarmful(deployment: Deployment, more: Partial<Cards> = {}): Promise<void> {
  await rest(GRACE_MS);
  for (const cards of [
    { perArm: 10, candidate: 'accepted' },
    { perArm: 150, candidate: 'dismissed' },
  ] as const) {
    expect((await pushCards(outside.stack.events, deployment, { ...cards, ...more })).status).toBeLessThan(300);
  }
}

function deploymentOf({ deployment }: RolloutStatus): Deployment {
  if (!deployment) throw new Error('Nothing is deployed.');
  return deployment;
}

/** As any client may, whatever the types say. */
async function sendJunk(handle: RolloutHandle): Promise<void> {
  const junk = [undefined, null, 5, 'x', [], {}, { name: { abort: true }, by: 7, reason: ['x'] }];
  for (const payload of [...junk, { name: 'promote', by: 'eve', reason: 'now' }])
    await handle.signal('act', ...((payload === undefined ? [] : [payload]) as never[]));
  for (const payload of junk) {
    const args = (payload === undefined ? [] : [payload]) as never[];
    for (const update of ['promote', 'resume', 'advance', 'approve'])
      await expect(handle.executeUpdate(update, { args } as never)).rejects.toThrow('Workflow Update failed');
  }
  await handle.signal('no-such-signal', 'x' as never);
}

test('empty and junk signals and updates in a harmful bake: rolled back as if they had not come', async () => {
  const handle = await outside.start('Junk');
  const status = await baking(handle);
  await sendJunk(handle);
  await turnHarmful(deploymentOf(status));
  expect(await handle.result()).toMatchObject({ ...SAFE, report: { verdict: 'harm' } });
});

test('a watch that is paused through Temporal blinds nobody for long: the guardian tells the rollout, and harm is found', async () => {
  const { client, events } = outside.stack;
  const handle = await outside.start('WatchPaused', { policies: { onBlind: { afterMs: 5_000, do: 'rollback' } } });
  const deployment = deploymentOf(await baking(handle));
  const execution = { workflowId: handle.workflowId, runId: handle.firstExecutionRunId };
  // After its first news a watch ends and another begins: between the two there is none to be paused.
  await untilHolds('a watch to be there, and paused', () =>
    client.workflowService
      .pauseActivity({
        namespace: client.options.namespace,
        execution,
        type: 'watch',
        identity: 'eve',
        reason: 'a click in the Web UI',
      })
      .then(
        () => true,
        () => false,
      ),
  );
  await rest(GRACE_MS);
  await pushCards(events, deployment, { perArm: 150, candidate: 'dismissed' });
  const isRunning = async () => (await handle.describe()).status.name === 'RUNNING';
  const deadline = Date.now() + PATIENCE_MS;
  for (let look = 1; (await isRunning()) && Date.now() < deadline; look++) {
    await client.workflow.execute('guardian', {
      workflowId: `guardian/by hand ${look}`,
      taskQueue: ROLLOUTS_QUEUE,
      args: [{ gapMs: 500, rules: { freshMs: 2_000, silentMs: 2_000 } }],
    });
    await rest(1_000);
  }
  expect((await handle.describe()).status.name).toBe('COMPLETED');
  expect(await handle.result()).toMatchObject(SAFE);
});

describe('started by another client', () => {
  const ask = async (workflowId: string, args: readonly unknown[]): Promise<void> => {
    const before = JSON.stringify(await outside.stack.sandboxActions());
    const result = await outside.stack.client.workflow.execute(ROLLOUT_WORKFLOW, {
      workflowId,
      taskQueue: ROLLOUTS_QUEUE,
      args: args as [],
    });
    expect(result).toMatchObject({ outcome: 'rejected' });
    expect(JSON.stringify(await outside.stack.sandboxActions())).toBe(before);
  };

  test.each<[string, readonly unknown[]]>([
    ['nothing', []],
    ['null', [null]],
    ['a word', ['x']],
    ['a plan of nothing', [{ plan: {}, startedBy: 'eve' }]],
  ])('with %s: rejected, and nothing is written', (name, args) => ask(`rollout/junk ${name}`, args));

  test('with a plan without guardrails, or with an unknown step, or under another id: rejected, and nothing is written', async () => {
    await outside.hands.create('Foreign', BASELINE);
    const plan = await outsidePlan('Foreign');
    await ask('rollout/Foreign', [{ plan: { ...plan, guardrails: [] }, startedBy: 'eve' }]);
    await ask('rollout/Foreign', [
      { plan: { ...plan, steps: [{ kind: 'setSplit', percent: 100 }, { kind: 'skip' }] }, startedBy: 'eve' },
    ]);
    await ask('rollout/Other', [{ plan, startedBy: 'eve' }]);
  });
});

test('403 on every write while rolling back: loud, no growth of history, and rolled back once it may', async () => {
  const handle = await outside.start('Forbidden');
  const status = await baking(handle);
  await fault(outside.stack, {
    match: { method: 'PUT', pathPrefix: '/api/v2/agentassist/actions' },
    times: 100_000,
    status: 403,
  });
  await turnHarmful(deploymentOf(status));
  await statusWhen(handle, ({ phase }) => phase === 'needsAttention');
  const length = async () => (await handle.describe()).historyLength;
  await untilHolds('the task in which it said so is closed', async () => {
    const before = await length();
    await rest(3_000);
    return (await length()) === before;
  });
  // A day in small, longer than several tries.
  const before = await length();
  await rest(15_000);
  expect(await length()).toBe(before);
  await forgetFaults();
  expect(await handle.result()).toMatchObject(SAFE);
});

describe('desktops whose clock is an hour off', () => {
  const HOUR_MS = 3_600_000;

  test.each([
    ['ahead', HOUR_MS],
    ['behind', -HOUR_MS],
  ])('one of ten %s: harm is found all the same', async (name, offMs) => {
    const handle = await outside.start(`Clock${name}`);
    await turnHarmful(deploymentOf(await baking(handle)), { clockOffMs: (nth) => (nth % 10 === 0 ? offMs : 0) });
    expect(await handle.result()).toMatchObject({ ...SAFE, report: { verdict: 'harm' } });
  });

  test('a card from the future is no sign of life: the silence after it ends the rollout', async () => {
    const handle = await outside.start('ClockAlone', {
      steps: [HALF, { kind: 'bake', forMs: HOUR_MS, atMostMs: HOUR_MS, minCards: 0, require: 'noHarm' }],
      policies: { onNoData: { afterMs: 6_000, do: 'rollback' } },
    });
    const deployment = deploymentOf(await baking(handle));
    await rest(GRACE_MS);
    await pushCards(outside.stack.events, deployment, { perArm: 3, candidate: 'accepted', clockOffMs: () => HOUR_MS });
    expect(await handle.result()).toMatchObject(SAFE);
  });
});
