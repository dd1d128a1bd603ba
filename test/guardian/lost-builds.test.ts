/** Waves on a build that nobody runs: the guardian finds them on a real server, and they go on by another. */
import { Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { pinnedTo } from '../../src/builds/running.ts';
import { makeCurrent } from '../../src/builds/routing.ts';
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

const deploymentName = 'assist';
const closers: (() => Promise<unknown>)[] = [];
let client: ReturnType<typeof patientClient>;
let db: Database;

beforeAll(async () => {
  const { address, namespace } = await testTemporal();
  const native = await NativeConnection.connect({ address });
  closers.push(() => native.close());
  const connection = await Connection.connect({ address });
  closers.push(() => connection.close());
  client = patientClient({ connection, namespace });
  db = await openInMemory();
  closers.push(() => db.close());
  const place = { connection: native, namespace, codecKeys: [] };
  const worker = await createWorker(place, {
    taskQueue: ROLLOUTS_QUEUE,
    workflowBundle: await workflowCode(place),
    workerDeploymentOptions: {
      version: { deploymentName, buildId: 'new' },
      useWorkerVersioning: true,
      defaultVersioningBehavior: 'PINNED',
    },
  });
  const running = worker.run();
  closers.push(() => {
    worker.shutdown();
    return running;
  });
  // Refused until the server has heard of the worker.
  await untilHolds('the build is current', () =>
    makeCurrent(client, { deploymentName, buildId: 'new', identity: 'test' }).then(
      () => true,
      () => false,
    ),
  );
});
afterAll(async () => {
  for (const close of closers.toReversed()) await close();
});

test('waves on a build that nobody runs go on by the current one, and that is on record', async () => {
  const { given } = wavesOf([['a']]);
  const handle = await client.workflow.start(WAVES_WORKFLOW, {
    workflowId: wavesWorkflowId(given.name),
    taskQueue: ROLLOUTS_QUEUE,
    args: [{ waves: given, startedBy: 'ana' }],
    versioningOverride: { pinnedTo: { deploymentName, buildId: 'gone' } },
  });
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
  const key = `lostBuild/waves/${given.name}/${handle.firstExecutionRunId}/assist:gone`;
  const look = async () => findingsIn(await lookAround(deps, client, Date.now()), GUARDIAN_RULES);
  // Lists of the server are a moment late.
  await untilHolds('the waves are found', async () => (await look()).length > 0);
  const [finding, ...others] = await look();
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ key, remedy: 'move', to: 'assist:new', action: null, rolloutId: null });
  // A worker that may only say it does so first.
  for (const mode of ['alarm', 'restore', 'restore'] as const)
    if (finding !== undefined) await actOn({ ...deps, mode }, client, finding);
  expect(await handle.query(wavesStatusQuery)).toMatchObject({ phase: 'running' });
  expect(pinnedTo(await handle.describe())).toEqual({ deploymentName, buildId: 'new' });
  expect((await listAudit(db)).map(({ act, actor, details }) => [act, actor, details])).toMatchObject([
    ['lostBuild', 'guardian', { remedy: 'alarm' }],
    ['lostBuild', 'guardian', { remedy: 'move', wayOut: expect.stringContaining('goes on by assist:new') as string }],
  ]);
  expect(await look()).toEqual([]);
});
