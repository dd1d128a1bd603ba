/**
 * What the command line says of a Temporal server that does not know the namespace, and of a rollout that no worker
 * serves.
 */
import { Client, ServiceError } from '@temporalio/client';
import { isQueryUnanswered, noWorker } from '../../src/configurator/refusals.ts';
import { ROLLOUT_WORKFLOW, ROLLOUTS_QUEUE, rolloutWorkflowId } from '../../src/workflows/messages.ts';
import { cli, jsonLines } from '../cli/fixtures.ts';
import { quickPlan } from '../helpers/rollout-harness.ts';
import { testTemporal } from '../helpers/temporal.ts';
import { patientConnection } from '../helpers/patient-client.ts';

test.each([
  ['list'],
  ['status', 'A'],
  ['watch', 'A'],
  ['pause', 'A', '--reason', 'x'],
  ['abort', 'A', '--reason', 'x'],
  ['start', 'examples/demo/1.5.0.yaml'],
])('an unknown namespace is temporal-refused: %s', async (...args) => {
  const { address } = await testTemporal();
  const { code, stdout } = await cli([...args, '--json'], {
    env: { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: 'nope' },
  });
  expect([code, jsonLines(stdout)[0]?.['code']]).toEqual([4, 'temporal-refused']);
});

test('however often one asks for a rollout whose worker has gone in the middle of a task, the answer is the same', async () => {
  const { address, namespace } = await testTemporal();
  const connection = await patientConnection(address);
  const plan = quickPlan();
  const { name } = plan.action;
  const handle = await new Client({ connection, namespace }).workflow.start(ROLLOUT_WORKFLOW, {
    workflowId: rolloutWorkflowId(name),
    taskQueue: ROLLOUTS_QUEUE,
    args: [{ plan, startedBy: 'ana' }],
  });
  const env = { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
  try {
    // Taken and never answered, as by a worker that was killed: questions are then kept for it, until no more are.
    const task = await connection.withDeadline(Date.now() + 60_000, () =>
      connection.workflowService.pollWorkflowTaskQueue({
        namespace,
        taskQueue: { name: ROLLOUTS_QUEUE },
        identity: 'killed',
      }),
    );
    expect(task.workflowExecution?.workflowId).toBe(rolloutWorkflowId(name));
    const all = await Promise.all(Array.from({ length: 4 }, () => cli(['status', name, '--json'], { env })));
    expect(all.map(({ code, stdout }) => [code, jsonLines(stdout)[0]?.['code']])).toEqual(
      all.map(() => [6, 'no-worker']),
    );
  } finally {
    await handle.terminate();
    await connection.close();
  }
});

test.each([1, 2, 4, 8, 9, 10, 13])('a question that a server drops with gRPC status %d was not answered', (code) => {
  const dropped = Object.assign(new Error('dropped'), { code, details: 'dropped', metadata: {} });
  expect(isQueryUnanswered(new ServiceError('Failed to query Workflow', { cause: dropped }))).toBe(true);
});

test.each([['list'], ['list', '--waiting']])(
  'a namespace in which no worker has begun is told as that: %j',
  async (...args) => {
    const { address } = await testTemporal();
    const env = { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: 'default' };
    const { code, stdout } = await cli([...args, '--json'], { env });
    expect([code, jsonLines(stdout)[0]]).toEqual([
      4,
      expect.objectContaining({ code: 'temporal-refused', message: expect.stringContaining('search attributes') }),
    ]);
  },
);

test('of a rollout on a build that nobody runs it is said whose workers it waits for, and how it goes on by others', () => {
  const { message, remedy } = noWorker('Card', 8_000, null, { build: 'old' });
  expect(message).toContain('no worker of its build old answered within 8 s');
  expect(remedy).toContain('start one of old, or let the rollout go on by another build: `assist-rollouts builds move');
});
