import type { Client } from '@temporalio/client';
import { withWhy } from '../../src/configurator/list-why.ts';

const waitingFor = 'the organisation to confirm the roll back: no confirmation yet; still trying.';
const failure = 'A third assistant was given a queue of this rollout: queue q1 to a3.';

function clientOf(phase: string): Client {
  const handle = {
    query: () => Promise.resolve({ phase, paused: false, reason: 'abort by ana: wrong', waitingFor }),
    describe: () =>
      Promise.resolve({
        raw: { pendingActivities: [{ activityType: { name: 'rollBack' }, lastFailure: { message: failure } }] },
      }),
  };
  const client = {
    workflow: { getHandle: () => handle },
    options: { loadedDataConverter: {} },
    withDeadline: (_atMs: number, work: () => Promise<unknown>) => work(),
  };
  return client as unknown as Client;
}

const row = { workflowId: 'rollout/Card', runId: 'r1', state: 'RUNNING' };

test('of one that needs a person a list says first what is not let, and where', async () => {
  expect(await withWhy(clientOf('needsAttention'), [row])).toEqual([{ ...row, why: `${failure} ${waitingFor}` }]);
});

test('of one that is being rolled back it says why', async () => {
  expect(await withWhy(clientOf('rollingBack'), [row])).toEqual([{ ...row, why: 'abort by ana: wrong' }]);
});
