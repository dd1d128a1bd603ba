/** Where new rollouts go after each act on builds, on a real server; of the workers there are only their polls. */
import type { Connection } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { buildPollers } from '../../src/builds/pollers.ts';
import { makeChange, planChange } from '../../src/builds/change.ts';
import { seeBuilds } from '../../src/builds/see.ts';
import type { BuildsDeed } from '../../src/domain/builds/act.ts';
import { patientClient, patientConnection } from '../helpers/patient-client.ts';
import { untilHolds } from '../helpers/patience.ts';
import { testTemporal } from '../helpers/temporal.ts';

const DEPLOYMENT = 'engine';
const QUEUE = 'rollouts';
const POLL_MS = 60_000;
let client: Client;
let polling: Connection;
const end = new AbortController();
const polls: Promise<unknown>[] = [];

beforeAll(async () => {
  const { address, namespace } = await testTemporal();
  const connection = await patientConnection(address);
  client = patientClient({ connection, namespace });
  polling = await patientConnection(address);
});
afterAll(async () => {
  end.abort();
  await Promise.all(polls);
  await polling?.close();
  await (client?.connection as Connection | undefined)?.close();
});

/** As a worker does, until the end of the tests; null: it says no build. */
async function poll(buildId: string | null): Promise<void> {
  const deploymentOptions = {
    deploymentName: DEPLOYMENT,
    ...(buildId === null ? { workerVersioningMode: 1 } : { buildId, workerVersioningMode: 2 }),
  };
  const once = () =>
    polling.workflowService.pollWorkflowTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name: QUEUE },
      identity: `${buildId}@test`,
      deploymentOptions,
    });
  const ask = async (): Promise<void> => {
    while (!end.signal.aborted)
      await polling
        .withDeadline(Date.now() + POLL_MS, () => polling.withAbortSignal(end.signal, once))
        // Nothing came, or it is ended.
        .catch(() => undefined);
  };
  polls.push(ask());
  await untilHolds(`${buildId} is heard of`, async () =>
    (await buildPollers(client, QUEUE, Date.now())).some(({ build }) => (build?.buildId ?? null) === buildId),
  );
}

async function act(deed: BuildsDeed): Promise<unknown> {
  const asked = { ...deed, deployment: DEPLOYMENT, by: 'ana', reason: 'a release' };
  const plan = await planChange(client, asked);
  return plan.kind === 'refused'
    ? plan
    : makeChange(client, asked, plan, { taskQueue: QUEUE, now: Date.now, heardMs: 500 });
}

async function shares(): Promise<Record<string, string>> {
  const seen = await seeBuilds(client, { deployment: DEPLOYMENT, taskQueue: QUEUE, nowMs: Date.now() });
  const used = (seen?.builds ?? []).filter(({ state }) => state === 'current' || state === 'ramping');
  return Object.fromEntries(used.map(({ build, state, percent }) => [build, `${state} ${percent}`]));
}

test('a ramp to workers that say no build is one like any other: refused without them, shown, and ended by back', async () => {
  await poll('A');
  await untilHolds('A is current', async () => (await act({ do: 'promote', build: 'A' })) === null);
  expect(await act({ do: 'ramp', build: 'unversioned', percent: 50 })).toMatchObject({
    code: 'build-refused',
    why: expect.stringContaining('Nobody runs unversioned') as string,
  });
  expect(await shares()).toEqual({ A: 'current 100' });
  await poll(null);
  expect(await act({ do: 'ramp', build: 'unversioned', percent: 50 })).toBeNull();
  expect(await shares()).toEqual({ A: 'current 50', unversioned: 'ramping 50' });
  expect(await act({ do: 'back' })).toBeNull();
  expect(await shares()).toEqual({ A: 'current 100' });
});

test('a promotion gives all new rollouts to one build, whatever ramped', async () => {
  await poll('B');
  await untilHolds('B ramps', async () => (await act({ do: 'ramp', build: 'B', percent: 10 })) === null);
  expect(await shares()).toEqual({ A: 'current 90', B: 'ramping 10' });
  expect(await act({ do: 'promote', build: 'A' })).toBeNull();
  expect(await shares()).toEqual({ A: 'current 100' });

  await poll('C');
  expect(await act({ do: 'ramp', build: 'B', percent: 10 })).toBeNull();
  await untilHolds('C is current', async () => (await act({ do: 'promote', build: 'C' })) === null);
  expect(await shares()).toEqual({ C: 'current 100' });

  expect(await act({ do: 'ramp', build: 'B', percent: 10 })).toBeNull();
  expect(await act({ do: 'promote', build: 'B' })).toBeNull();
  expect(await shares()).toEqual({ B: 'current 100' });

  expect(await act({ do: 'ramp', build: 'unversioned', percent: 10 })).toBeNull();
  expect(await act({ do: 'promote', build: 'B' })).toBeNull();
  expect(await shares()).toEqual({ B: 'current 100' });

  expect(await act({ do: 'ramp', build: 'C', percent: 10 })).toBeNull();
  expect(await act({ do: 'promote', build: 'unversioned' })).toBeNull();
  expect(await shares()).toEqual({ unversioned: 'current 100' });
});
