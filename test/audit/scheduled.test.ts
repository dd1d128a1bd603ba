/** Signing and shipping on their schedules, on a real Temporal server. */
import { readFileSync } from 'node:fs';
import { Client } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { composeAuditDuties } from '../../src/compose/audit-duties.ts';
import { createClosers } from '../../src/compose/closers.ts';
import { installRuntime } from '../../src/compose/runtime.ts';
import { generateKey } from '../../src/audit/note.ts';
import { listCheckpoints } from '../../src/store/audit-log.ts';
import type { Database } from '../../src/store/database.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { workflowCode } from '../../src/worker/workflow-code.ts';
import { ROLLOUTS_QUEUE } from '../../src/workflows/messages.ts';
import { append } from '../helpers/audit.ts';
import { NOON } from '../helpers/events.ts';
import { testTemporal } from '../helpers/temporal.ts';
import { until } from '../guardian/by-hand.ts';
import { entry, useFolder } from './helpers.ts';
import { openStore } from '../helpers/any-store.ts';

const file = useFolder();
const { privateText } = generateKey('log.example/audit');
const uids = (path: string): string[] =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { metadata: { uid: string } }).metadata.uid);

let db: Database;
let client: Client;
const closers = createClosers({ onError: () => undefined });
const path = (): string => file('siem.ocsf');

beforeAll(async () => {
  const { address, namespace } = await testTemporal();
  db = await openStore();
  const logger = createLogger({ level: 'fatal', stream: { write: () => undefined } });
  await composeAuditDuties({
    env: { AUDIT_SIGNING_KEY: privateText, AUDIT_SHIP_TO: `file:${path()}` },
    temporal: { connectionOptions: { address }, address, namespace, uiUrl: null },
    logger,
    now: () => NOON,
    version: '0.1.0',
    db,
    closers,
  });
  // As `worker` does after it: its own workers log through us, too.
  installRuntime(logger);
  const connection = await NativeConnection.connect({ address });
  closers.add('connection', () => connection.close());
  client = new Client({ connection, namespace });
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: ROLLOUTS_QUEUE,
    workflowBundle: await workflowCode({ codecKeys: [] }),
  });
  const running = worker.run();
  closers.add('worker', () => {
    worker.shutdown();
    return running;
  });
});
afterAll(async () => {
  await closers.close();
  await db.close();
});

const trigger = async (workflowType: string): Promise<void> => {
  await client.schedule.getHandle(`assist-rollouts-${workflowType}`).trigger();
};

test('the log is signed and shipped once a minute, by one process at a time', async () => {
  await append(db, entry(0));
  await trigger('auditSigning');
  await until('a checkpoint', async () => (await listCheckpoints(db)).some(({ size }) => size === 1));
  await trigger('auditShipping');
  await until('the record', () => {
    try {
      return Promise.resolve(uids(path()).includes('log.example/audit:c1'));
    } catch {
      return Promise.resolve(false);
    }
  });
  expect(uids(path())).toEqual(['log.example/audit:e0', 'log.example/audit:c1']);
  for (const workflowType of ['auditSigning', 'auditShipping'])
    expect(await client.schedule.getHandle(`assist-rollouts-${workflowType}`).describe()).toMatchObject({
      policies: { overlap: 'SKIP' },
      spec: { intervals: [{ every: 60_000 }] },
      action: { workflowType },
    });
});
