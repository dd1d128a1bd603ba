/** Waves whose history does not replay: the guardian finds them on a real server, and takes them back to where they go on. */
import { Connection } from '@temporalio/client';
import type { WorkerOptions } from '@temporalio/worker';
import { NativeConnection, Worker } from '@temporalio/worker';
import { findingsIn } from '../../src/domain/guardian/findings.ts';
import { GUARDIAN_RULES } from '../../src/domain/guardian/seen.ts';
import { lookAround } from '../../src/guardian/look.ts';
import { actOn } from '../../src/guardian/say.ts';
import { listAudit } from '../../src/store/audit.ts';
import type { Database } from '../../src/store/database.ts';
import { createWorker } from '../../src/worker/create-worker.ts';
import { ROLLOUTS_QUEUE, WAVES_WORKFLOW, wavesStatusQuery, wavesWorkflowId } from '../../src/workflows/messages.ts';
import { noSurveyor } from '../helpers/arms.ts';
import { openInMemory } from '../helpers/in-memory.ts';
import { untilHolds } from '../helpers/outside.ts';
import { patientClient } from '../helpers/patient-client.ts';
import { testTemporal } from '../helpers/temporal.ts';
import { wavesOf } from '../helpers/waves.ts';
import { workflowCode } from '../helpers/workflow-code.ts';

jest.setTimeout(240_000);

const closers: (() => Promise<unknown>)[] = [];
let place: { readonly connection: NativeConnection; readonly namespace: string; readonly codecKeys: [] };
let client: ReturnType<typeof patientClient>;
let db: Database;

beforeAll(async () => {
  const { address, namespace } = await testTemporal();
  const native = await NativeConnection.connect({ address });
  closers.push(() => native.close());
  const connection = await Connection.connect({ address });
  closers.push(() => connection.close());
  place = { connection: native, namespace, codecKeys: [] };
  client = patientClient({ connection, namespace });
  db = await openInMemory();
  closers.push(() => db.close());
});
afterAll(async () => {
  for (const close of closers.toReversed()) await close();
});

/** Ends it. */
function run(worker: Worker): () => Promise<void> {
  const running = worker.run();
  return () => {
    worker.shutdown();
    return running;
  };
}

/** What they did is what other code does. */
async function beginByOtherCode(given: ReturnType<typeof wavesOf>['given']) {
  const other: WorkerOptions = {
    ...place,
    taskQueue: ROLLOUTS_QUEUE,
    workflowsPath: require.resolve('./other-waves.ts'),
  };
  const stop = run(await Worker.create(other));
  const handle = await client.workflow.start(WAVES_WORKFLOW, {
    workflowId: wavesWorkflowId(given.name),
    taskQueue: ROLLOUTS_QUEUE,
    args: [{ waves: given, startedBy: 'ana' }],
  });
  await untilHolds('the first task is done', async () => {
    const { events } = await handle.fetchHistory();
    return events?.some((event) => event.timerStartedEventAttributes) === true;
  });
  await stop();
  return handle;
}

test('waves that do not replay go on from the last task that was done, and that is on record', async () => {
  const { given } = wavesOf([['a']]);
  const handle = await beginByOtherCode(given);
  closers.push(
    run(await createWorker(place, { taskQueue: ROLLOUTS_QUEUE, workflowBundle: await workflowCode(place) })),
  );
  await handle.signal('anything');
  const deps = {
    db,
    now: Date.now,
    mode: 'restore' as const,
    targets: { all: () => [] },
    surveyor: noSurveyor,
    webhook: { publicUrl: '', signingSecret: '' },
    logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
    onStoreAway: (error: unknown) => {
      throw error;
    },
  };
  const look = async () => findingsIn(await lookAround(deps, client, Date.now()), { ...GUARDIAN_RULES, frozenMs: 0 });
  await untilHolds('they are found', async () => (await look()).length > 0);
  const [finding, ...others] = await look();
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    kind: 'frozen',
    remedy: 'reset',
    key: `frozen/waves/${given.name}/${handle.firstExecutionRunId}/4`,
    sentence: expect.stringMatching(/do nothing: their workflow task fails: .*TMPRL1100/) as string,
  });
  for (const told of [finding, finding]) if (told !== undefined) await actOn(deps, client, told);
  const again = client.workflow.getHandle(wavesWorkflowId(given.name));
  expect(await again.query(wavesStatusQuery)).toMatchObject({ phase: 'running' });
  expect((await again.describe()).runId).not.toBe(handle.firstExecutionRunId);
  expect((await listAudit(db)).map(({ act, actor, details }) => [act, actor, details])).toMatchObject([
    ['frozen', 'guardian', { remedy: 'reset' }],
  ]);
  expect(await look()).toEqual([]);
});
