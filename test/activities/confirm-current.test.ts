/** Against a real server: tasks of one activity are taken by hand, as a process takes them that then falls asleep. */
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createConfirmCurrent } from '../../src/activities/confirm-current.ts';
import { leaveDetails } from '../../src/activities/heartbeat.ts';
import { Context } from '@temporalio/activity';
import { confirmingBy } from '../../src/compose/workers.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import { testTemporal } from '../helpers/temporal.ts';

let client: Client;
beforeAll(async () => {
  const { address, namespace } = await testTemporal();
  client = new Client({ connection: await Connection.connect({ address }), namespace });
});
afterAll(() => client.connection.close());

/** `confirm`, asked by the attempt that this token is of, so many times. */
async function asking(taskToken: Uint8Array, urgency: 'normal' | 'safety' = 'normal'): Promise<string> {
  const confirm = confirmingBy(client);
  const asked = new MockActivityEnvironment({ taskToken }).run<[], void, () => Promise<void>>(() => confirm(urgency));
  return asked.then(
    () => 'current',
    (error: Error) => error.message,
  );
}

test('of two attempts of an activity only the last is current, and none where the workflow has ended', async () => {
  const { activity, fail, workflow } = await startActivity();
  const first = await activity();
  expect(await asking(first)).toBe('current');
  await fail(first);
  const second = await activity();
  expect(await asking(first)).toContain('is not waited for any more');
  expect(await asking(first, 'safety')).toContain('is not waited for any more');
  expect(await asking(second)).toBe('current');
  await workflow.terminate();
  expect(await asking(second, 'safety')).toContain('is not waited for any more');
});

const patiently = <T>(poll: () => Promise<T>): Promise<T> => client.withDeadline(Date.now() + PATIENCE_MS, poll);

async function startActivity() {
  const [taskQueue, workflowId] = [randomUUID(), randomUUID()];
  const { workflowService: service } = client;
  const { namespace } = client.options;
  const common = { namespace, taskQueue: { name: taskQueue }, identity: 'by hand' };
  const workflow = await client.workflow.start('byHand', { taskQueue, workflowId });
  const { taskToken } = await patiently(() => service.pollWorkflowTaskQueue(common));
  await service.respondWorkflowTaskCompleted({
    namespace,
    taskToken,
    commands: [
      {
        commandType: temporal.api.enums.v1.CommandType.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
        scheduleActivityTaskCommandAttributes: {
          activityId: '1',
          activityType: { name: 'applySplit' },
          taskQueue: { name: taskQueue },
          startToCloseTimeout: msToTs('1h'),
          retryPolicy: { initialInterval: msToTs(1) },
        },
      },
    ],
  });
  const activity = async (): Promise<Uint8Array> =>
    (await patiently(() => service.pollActivityTaskQueue(common))).taskToken;
  /** As the server does itself when the attempt is over. */
  const fail = (taskToken: Uint8Array): Promise<unknown> =>
    service.respondActivityTaskFailed({
      namespace,
      taskToken,
      failure: { message: 'over', applicationFailureInfo: {} },
    });
  return { activity, fail, workflow };
}

describe('where Temporal does not answer', () => {
  const away = (): Promise<void> => Promise.reject(new Error('unavailable'));
  const ask = (urgency: 'normal' | 'safety'): Promise<void> =>
    new MockActivityEnvironment().run<[], void, () => Promise<void>>(() =>
      createConfirmCurrent({ heartbeat: away, clock: () => 0 })(urgency),
    );

  test('nothing is written but by the way to safety', async () => {
    await expect(ask('normal')).rejects.toThrow('unavailable');
    await expect(ask('safety')).resolves.toBeUndefined();
  });
});

test('it is asked again when a second has passed, and not before; outside of an activity not at all', async () => {
  const asked: unknown[] = [];
  let nowMs = 0;
  const confirm = createConfirmCurrent({
    heartbeat: async (_, details) => void asked.push(details),
    clock: () => nowMs,
  });
  await confirm('normal');
  expect(asked).toEqual([]);
  const env = new MockActivityEnvironment({ heartbeatDetails: { kept: 1 } });
  await env.run<[], void, () => Promise<void>>(async () => {
    for (const at of [0, 999, 1_000]) {
      nowMs = at;
      await confirm('normal');
    }
  });
  expect(asked).toEqual([{ kept: 1 }, { kept: 1 }]);
});

test('what the attempt has left for the next is not taken back by asking', async () => {
  const asked: unknown[] = [];
  const confirm = createConfirmCurrent({ heartbeat: async (_, details) => void asked.push(details), clock: () => 0 });
  const env = new MockActivityEnvironment({ heartbeatDetails: { kept: 1 } });
  await env.run<[], void, () => Promise<void>>(async () => {
    leaveDetails(Context.current(), { kept: 2 });
    await confirm('safety');
  });
  expect(asked).toEqual([{ kept: 2 }]);
});
