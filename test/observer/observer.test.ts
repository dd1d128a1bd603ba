/** An observer that sees nothing proves nothing: each of its rules is broken here by hand, without any engine. */
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { SandboxHandle } from '../../src/sandbox/server.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { connectHands } from '../helpers/hands.ts';
import type { Hands } from '../helpers/hands.ts';
import { testTemporal } from '../helpers/temporal.ts';
import type { Observer } from '../../bench/observer/observer.ts';
import { startObserver } from '../../bench/observer/observer.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';

const LIMIT_MS = 1_500;

let sandbox: SandboxHandle;
let hands: Hands;
let observer: Observer;
let temporal: { address: string; namespace: string };

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  temporal = await testTemporal();
});
beforeEach(async () => {
  sandbox = await startSandbox({ rateLimitPerMinute: 6000 });
  hands = await connectHands(sandbox.url);
  observer = await startObserver({ ...temporal, organisationUrl: sandbox.url, limitMs: LIMIT_MS });
  await observer.caughtUp();
});
afterEach(async () => {
  await observer.close();
  await sandbox.close();
});

async function found(kind: string): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_MS; !observer.violations.some((violation) => violation.kind === kind);) {
    if (Date.now() > deadline) throw new Error(`Not seen: ${kind}; only ${JSON.stringify(observer.violations)}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
}

test('a bucket that nobody serves', async () => {
  await hands.edit('RefundAssist', '1.4.0', { split: 80 });
  await found('unserved');
});

test('a hole that a hand has made is told when it outlasts the limit, and not before', async () => {
  const begunMs = Date.now();
  await observer.byHand('RefundAssist', () => hands.edit('RefundAssist', '1.4.0', { enabled: false }));
  await found('unserved');
  expect(Date.parse(observer.violations[0]?.at ?? '') - begunMs).toBeGreaterThan(LIMIT_MS);
});

test('a version on trial of which no run knows', async () => {
  await hands.create('RefundAssist', '1.5.0', { split: 10, group: 'candidate' });
  await found('unwatched');
  expect(observer.maxUnwatchedMs()).toBeGreaterThan(LIMIT_MS);
});

test('a version that a hand has put beside ours is nobody’s trial', async () => {
  await observer.byHand('RefundAssist', async () => {
    await hands.create('RefundAssist', '1.9.9', { split: 10, group: 'candidate' });
    await observer.caughtUp();
  });
  // Seen later than that one, and told all the same.
  await hands.create('Another', '1.4.0');
  await hands.create('Another', '1.5.0', { split: 10, group: 'candidate' });
  await found('unwatched');
  expect(observer.violations.map(({ action, kind }) => `${action} ${kind}`)).toEqual(['Another unwatched']);
});

test('a swapped content that is raised', async () => {
  await hands.create('RefundAssist', '1.5.0', { split: 10, group: 'candidate' });
  await observer.caughtUp();
  await hands.edit('RefundAssist', '1.5.0', { html: '<p>Another</p>' });
  await observer.caughtUp();
  expect(observer.violations.filter(({ kind }) => kind === 'foreignContent')).toEqual([]);
  await hands.edit('RefundAssist', '1.5.0', { split: 20 });
  await found('foreignContent');
});

test('an outcome that the organisation does not bear out, and none that it does', async () => {
  const connection = await NativeConnection.connect({ address: temporal.address });
  const worker = await Worker.create({
    connection,
    namespace: temporal.namespace,
    taskQueue: 'liars',
    workflowsPath: join(__dirname, 'liar.workflow.ts'),
  });
  const say = async (outcome: string): Promise<void> => {
    const client = new Client({
      connection: await Connection.connect({ address: temporal.address }),
      namespace: temporal.namespace,
    });
    await client.workflow.execute('rollout', {
      workflowId: 'rollout/RefundAssist',
      taskQueue: 'liars',
      args: [{ outcome, version: '1.5.0', baselineVersion: '1.4.0' }],
    });
    await client.connection.close();
  };
  await worker.runUntil(async () => {
    await say('rolledBack');
    await observer.caughtUp();
    expect(observer.violations).toEqual([]);
    await say('promoted');
    await found('falseWord');
  });
  await connection.close();
});

test('two versions of one action on trial at once, unless a hand has made the other', async () => {
  await hands.create('RefundAssist', '1.5.0', { split: 10, group: 'candidate' });
  await observer.caughtUp();
  const edits = { split: 10, group: 'candidate' } as const;
  await observer.byHand('RefundAssist', async () => {
    await hands.create('RefundAssist', '1.5.1', edits);
    await observer.caughtUp();
  });
  await observer.caughtUp();
  expect(observer.violations.filter(({ kind }) => kind === 'doubled')).toEqual([]);
  await hands.create('RefundAssist', '1.5.2', edits);
  await found('doubled');
});

test('a candidate that rises after it had to go back', async () => {
  await hands.create('RefundAssist', '1.5.0', { split: 10, group: 'candidate' });
  await observer.caughtUp();
  await hands.edit('RefundAssist', '1.5.0', { split: 15 });
  // It rose before that moment, and is looked at only after it.
  observer.mayNotRise('RefundAssist');
  await observer.caughtUp();
  expect(observer.violations.filter(({ kind }) => kind === 'roseAgain')).toEqual([]);
  await hands.edit('RefundAssist', '1.5.0', { split: 0 });
  await observer.caughtUp();
  expect(observer.violations.filter(({ kind }) => kind === 'roseAgain')).toEqual([]);
  await hands.edit('RefundAssist', '1.5.0', { split: 20 });
  await found('roseAgain');
});
