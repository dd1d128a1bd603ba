/** The input of a rollout is parsed in the sandbox of workflows, where it says the same as outside. */
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { parseRolloutInput } from '../../src/domain/rollout/input.ts';
import { planWith } from '../domain/preflight/card.ts';
import { testTemporal } from '../helpers/temporal.ts';

test('a workflow parses what it is given: plans, and rubbish of every kind', async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const { address, namespace } = await testTemporal();
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });
  const native = await NativeConnection.connect({ address });
  const taskQueue = `parse-${randomUUID()}`;
  const worker = await Worker.create({
    connection: native,
    namespace,
    taskQueue,
    workflowsPath: join(__dirname, 'parse-input.workflow.ts'),
  });
  const plan = planWith('<p>card</p>');
  const given = [
    { plan, startedBy: 'ana' },
    { plan, startedBy: 'guardian', extra: 1 },
    null,
    'rubbish',
    { plan: { ...plan, steps: Array.from({ length: 100_000 }, () => 0) }, startedBy: 'ana' },
    {
      plan: { ...plan, guardrails: [{ metric: 'acceptanceRate' }], steps: [{ kind: 'jump' }], verison: 1 },
      startedBy: 'ana',
    },
  ];
  const answers = await worker.runUntil(
    Promise.all(
      given.map((value) =>
        client.workflow.execute('parseInput', { workflowId: randomUUID(), taskQueue, args: [value] }),
      ),
    ),
  );
  expect(answers).toEqual(given.map((value) => parseRolloutInput(value)));
  await connection.close();
  await native.close();
});
