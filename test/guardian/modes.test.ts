/** The guardian that may only say it, and a store that is away, on real parts. */
import { Client, Connection } from '@temporalio/client';
import { restoreBaseline } from '../../src/guardian/restore.ts';
import { SEEDED_BASELINE } from '../../src/sandbox/seeded-organisation.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { listAudit } from '../../src/store/audit.ts';
import type { Database } from '../../src/store/database.ts';
import type { GuardianFinding } from '../../src/domain/guardian/finding.ts';
import { actOn, recordRecovery } from '../../src/guardian/say.ts';
import type { SayDeps } from '../../src/guardian/say.ts';
import { isRestoring } from '../../src/store/guardian.ts';
import { actionsOf, startStack } from '../helpers/stack.ts';
import { testTemporal } from '../helpers/temporal.ts';
import { handsOn, lookNow, startBaking } from './by-hand.ts';
import { openStore } from '../helpers/any-store.ts';
import { openSandboxOrganisation } from '../helpers/sandbox-organisation.ts';

jest.setTimeout(240_000);

const ACTION = 'RefundAssist';

test('GUARDIAN=alarm: what is found is said once in the audit log, the row has ended, and the organisation is as it was', async () => {
  const stack = await startStack({}, 'alarm');
  try {
    const handle = await startBaking(stack);
    await handle.terminate();
    expect(await lookNow(stack)).toEqual(expect.arrayContaining([`unwatched/${ACTION}/${handle.firstExecutionRunId}`]));
    await lookNow(stack);
    expect((await actionsOf(stack))['1.5.0']).toMatchObject({ enabled: true, metadata: { traffic_split: 20 } });
    const said = (await listAudit(stack.db, { rolloutId: handle.firstExecutionRunId })).filter(
      ({ actor }) => actor === 'guardian',
    );
    expect(said.map(({ act }) => act).toSorted()).toEqual(['terminated', 'unwatched']);
    expect(said.find(({ act }) => act === 'unwatched')).toMatchObject({
      details: { mode: 'alarm', remedy: 'alarm', wayOut: expect.stringMatching(/recover "RefundAssist"/) },
    });
  } finally {
    await stack.close();
  }
});

test('GUARDIAN=off: nothing is looked for', async () => {
  const stack = await startStack({}, 'off');
  try {
    const handle = await startBaking(stack);
    await handle.terminate();
    expect(await lookNow(stack)).toEqual([]);
  } finally {
    await stack.close();
  }
});

test('a store that is away keeps no baseline from coming back', async () => {
  const sandbox = await startSandbox();
  const { address, namespace } = await testTemporal();
  const connection = await Connection.connect({ address });
  const organisation = openSandboxOrganisation(sandbox.url);
  try {
    const hands = await handsOn(sandbox.url);
    await hands.create({
      ...SEEDED_BASELINE,
      name: `${ACTION} v1.5.0`,
      version: '1.5.0',
      metadata: { traffic_split: 20, ab_test_group: 'candidate', version: '1.5.0', rollout_id: 'gone' },
    });
    const away = { query: () => Promise.reject(new Error('the database is away')) } as unknown as Database;
    const told: unknown[] = [];
    const recovery = await restoreBaseline(
      {
        targets: organisation.targets,
        db: away,
        now: Date.now,
        onStoreAway: (error) => void told.push(error),
        announce: () => Promise.reject(new Error('the database is away')),
      },
      new Client({ connection, namespace }),
      { action: 'RefundAssist', by: 'guardian' },
    );
    expect(recovery).toMatchObject({ kind: 'restored', ended: 'terminated', splitPercent: 20 });
    expect(told).toHaveLength(1);
    const shown = Object.fromEntries(
      (await hands.list()).map(({ version, enabled, metadata }) => [version, [enabled, metadata.traffic_split]]),
    );
    expect(shown).toEqual({ '1.4.0': [true, 100], '1.5.0': [false, 0] });
  } finally {
    organisation.close();
    await connection.close();
    await sandbox.close();
  }
});

test('a rollout is told of a recovery that could not be put on record first, once it is, and only once', async () => {
  const db = await openStore();
  const signals: unknown[] = [];
  const client = {
    workflow: { getHandle: () => ({ signal: (_: unknown, notice: unknown) => Promise.resolve(signals.push(notice)) }) },
  } as unknown as Client;
  const silent = () => undefined;
  const logger = { info: silent, warn: silent, error: silent };
  const deps = { mode: 'restore', db, now: Date.now, logger, targets: { all: () => [] } } as const;
  const ports = { ...deps, webhook: { publicUrl: 'http://127.0.0.1:1', signingSecret: '' } };
  const of = { rolloutId: 'r', baseline: 'v1.4.0', candidates: ['v1.5.0'], foreign: [], why: 'It was frozen.' };
  const more = { ended: null, splitPercent: 20, provenAt: new Date().toISOString(), correlationId: null };
  const recovery = { kind: 'restored', ...of, ...more } as const;
  const input = { action: ACTION, by: 'guardian', reason: 'frozen', recovery, key: 'recover/1' };
  try {
    expect(await isRestoring(db, 'r')).toBe(false);
    await recordRecovery(ports, client, input);
    expect(await isRestoring(db, 'r')).toBe(true);
    await recordRecovery(ports, client, input);
    expect(signals).toEqual([{ kind: 'restored', reason: expect.any(String) as string }]);
    const acts = (await listAudit(db, { rolloutId: 'r' })).map(({ act }) => act);
    expect(acts.toSorted()).toEqual(['restored', 'restoring']);
  } finally {
    await db.close();
  }
});

const BLIND = {
  kind: 'blind',
  remedy: 'signal',
  action: ACTION,
  rolloutId: 'r',
  version: '1.5.0',
  sentence: 'It sees nothing.',
  wayOut: 'The rollout was told. Wait.',
  key: 'blind/x',
  ripe: true,
} as const;

test('what a worker with GUARDIAN=alarm has only said, one with restore does, once, and an alarm adds nothing to that', async () => {
  const db = await openStore();
  const signals: unknown[] = [];
  const client = {
    workflow: { getHandle: () => ({ signal: (_: unknown, notice: unknown) => Promise.resolve(signals.push(notice)) }) },
  } as unknown as Client;
  const opened: string[] = [];
  const events = {
    trouble: () => Promise.resolve({ kind: 'gone', message: 'It is gone.' }),
    open: ({ publicUrl }: { publicUrl: string }) => Promise.resolve(opened.push(publicUrl)),
  };
  const targets = { all: () => [{ kind: 'agentAssistActions', events }] } as unknown as SayDeps['targets'];
  const silent = () => undefined;
  const ports = { db, targets, logger: { info: silent, warn: silent, error: silent }, now: () => 0 };
  const told: string[] = [];
  const tell: SayDeps['tell'] = (_, { next }) => Promise.resolve(void told.push(next));
  const webhook = { publicUrl: 'http://127.0.0.1:1', signingSecret: '' };
  const as = (mode: 'alarm' | 'restore', finding: GuardianFinding) =>
    actOn({ ...ports, webhook, tell, mode }, client, finding);
  const { action: _, rolloutId: __, ...rest } = BLIND;
  const gone = { ...rest, remedy: 'repair', action: null, rolloutId: null, target: 'agentAssistActions' } as const;
  // Nobody could do anything about it while no build was current.
  const lost = { ...BLIND, key: 'lostBuild/x' } as const;
  try {
    for (const finding of [BLIND, { ...gone, key: 'export/x' }]) {
      await as('alarm', finding);
      await as('alarm', finding);
    }
    await as('restore', { ...lost, remedy: 'alarm' });
    expect([signals, opened]).toEqual([[], []]);
    const nothing = expect.stringMatching(
      /^Nothing was done about it, for `GUARDIAN` is `alarm`\. .*: the rollout was/,
    );
    expect(told).toEqual([nothing, nothing, lost.wayOut]);
    for (const mode of ['restore', 'restore', 'alarm'] as const)
      for (const finding of [BLIND, { ...gone, key: 'export/x' }, lost]) await as(mode, finding);
    expect(signals).toEqual([BLIND, lost].map(({ sentence: reason }) => ({ kind: 'unwatched', reason })));
    expect(opened).toEqual([webhook.publicUrl]);
    expect(told.slice(3)).toEqual([BLIND.wayOut, gone.wayOut, lost.wayOut]);
    expect((await listAudit(db)).map(({ details }) => (details as { remedy: string }).remedy)).toEqual([
      'alarm',
      'alarm',
      'alarm',
      'signal',
      'repair',
      'signal',
    ]);
  } finally {
    await db.close();
  }
});

test('a store that is away keeps no rollout from being told, once for each look', async () => {
  const signals: unknown[] = [];
  const client = {
    workflow: { getHandle: () => ({ signal: (_: unknown, notice: unknown) => Promise.resolve(signals.push(notice)) }) },
  } as unknown as Client;
  const away = {
    query: () => Promise.reject(new Error('the database is away')),
    tx: () => Promise.reject(new Error('the database is away')),
  } as unknown as Database;
  const silent = () => undefined;
  const logger = { info: silent, warn: silent, error: silent };
  const targets = { all: () => [] };
  const webhook = { publicUrl: 'http://127.0.0.1:1', signingSecret: '' };
  await actOn({ mode: 'restore', db: away, now: Date.now, logger, targets, webhook }, client, BLIND);
  expect(signals).toEqual([{ kind: 'unwatched', reason: 'It sees nothing.' }]);
});
