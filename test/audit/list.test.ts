/** `audit list` finds what one looks for, and `audit write` keeps no agent in the clear where there is a key. */
import { join } from 'node:path';
import { agentIdHash } from '../../src/store/agent-id-hash.ts';
import { append } from '../helpers/audit.ts';
import { findAuditLines } from '../../src/store/audit-log.ts';
import type { AuditFilter } from '../../src/store/audit-log.ts';
import type { Database } from '../../src/store/database.ts';
import { openDatabase } from '../../src/store/open.ts';
import { cli, jsonLines } from '../cli/fixtures.ts';
import { NOON } from '../helpers/events.ts';
import { entry, useFolder } from './helpers.ts';
import { openStore } from '../helpers/any-store.ts';

const HOUR = 3_600_000;
const KEY = 'a key of sixteen or more';
const file = useFolder();
const run = (args: string[], env: Record<string, string> = {}) =>
  cli(args, { env: { ASSIST_ROLLOUTS_HOME: file('home'), ...env }, now: () => NOON });

const ago = (hours: number): Date => new Date(NOON - hours * HOUR);

async function fill(db: Database): Promise<void> {
  await append(
    db,
    entry(0, { key: 'a/1', rolloutId: 'a', action: 'RefundPolicy', actor: 'Ana', act: 'pause', at: ago(50) }),
  );
  await append(db, entry(1, { key: 'b/1', rolloutId: 'b', action: 'RefundPolicy', actor: 'engine', at: ago(30) }));
  await append(
    db,
    entry(2, {
      key: 'b/2',
      rolloutId: 'b',
      action: 'RefundPolicy',
      actor: 'engine',
      act: 'ended',
      at: ago(2),
      reason: 'x'.repeat(125_000),
      after: { phase: 'rolledBack', splitPercent: 0 },
    }),
  );
  await append(db, entry(3, { key: 'c/1', rolloutId: 'c', action: 'Other', actor: 'ana', act: 'abort', at: ago(1) }));
}

beforeAll(async () => {
  const db = await openDatabase({ kind: 'pglite', dataDir: join(file('home'), 'database') });
  await fill(db);
  await db.close();
});

describe('the entries that fit', () => {
  let db: Database;
  beforeAll(async () => {
    db = await openStore();
    await fill(db);
  });
  afterAll(() => db.close());

  test.each<[AuditFilter, number[], number?]>([
    [{ of: 'b' }, [1, 2]],
    [{ of: 'RefundPolicy' }, [0, 1, 2]],
    [{ of: 'RefundPolicy' }, [2], 1],
    [{ actor: 'ana' }, [0, 3]],
    [{ since: ago(31), until: ago(1.5) }, [1, 2]],
    [{ of: 'Other', actor: 'engine' }, []],
    [{}, [0, 1, 2, 3]],
  ])('%j', async (filter, leaves, limit = 50) => {
    expect((await findAuditLines(db, filter, limit)).map(({ leaf }) => leaf)).toEqual(leaves);
  });
});

test('the verb takes the name of an action, of its workflow, a person, and times as they are said', async () => {
  const { code, stdout } = await run([
    'audit',
    'list',
    '--rollout',
    'rollout/RefundPolicy',
    '--by',
    'Engine',
    '--since',
    '31h',
    '--until',
    '2026-03-01T10:30:00Z',
    '--json',
  ]);
  expect([code, jsonLines(stdout)]).toMatchObject([0, [{ kind: 'audit', entries: [{ leaf: 1 }, { leaf: 2 }] }]]);
});

test('an end says how it ended, a long reason is cut, and whoever finds nothing is told what there is', async () => {
  const listed = (await run(['audit', 'list', '--rollout', 'b'])).stdout.trimEnd().split('\n');
  expect(listed).toHaveLength(3);
  expect(listed[2]).toMatch(/ ended: rolledBack .* x{150,170}…$/);
  expect((await run(['audit', 'list', '--rollout', 'refundpolicy'])).stdout).toContain(
    'None of the 4 entries fits. --rollout takes the id of a rollout or the name of an action',
  );
  expect(jsonLines((await run(['audit', 'list', '--since', 'yesterday', '--json'])).stdout)).toMatchObject([
    { code: 'usage' },
  ]);
});

test('an export of a rollout that the log does not know is refused, and the name of an action leads to its rollouts', async () => {
  const { code, stdout } = await run(['audit', 'export', '--to', file('x'), '--rollout', 'RefundPolicy', '--json']);
  expect([code, jsonLines(stdout)[0]]).toMatchObject([
    2,
    { code: 'rollout-not-found', remedy: expect.stringContaining('newest first: b, a') as string },
  ]);
});

test('with AGENT_ID_HASH_KEY an engagement holds the agent as the events do, in what is printed and in the log', async () => {
  const args = ['audit', 'write', '--action-id', 'a1', '--agent', 'jane.doe@example.com', '--metrics', '{}'];
  const hashed = agentIdHash(KEY, 'jane.doe@example.com');
  expect(JSON.parse((await run(args, { AGENT_ID_HASH_KEY: KEY })).stdout)).toMatchObject({ agent_id: hashed });
  const listed = (await run(['audit', 'list', '--json'])).stdout;
  expect(listed).toContain(hashed);
  expect(listed).not.toContain('jane.doe');
});

test('where but a Temporal server is named a worker tells of the log, not a store that lies on this machine', async () => {
  const asked: unknown[] = [];
  const line = JSON.stringify({ at: '2026-03-01T10:00:00Z', actor: 'ana', act: 'refused', reason: 'Cannot approve' });
  const configurator = {
    auditLines: (question: unknown) => {
      asked.push(question);
      return Promise.resolve({ kind: 'audit' as const, lines: [{ leaf: 7, line }], size: 9 });
    },
  };
  const env = { TEMPORAL_ADDRESS: '127.0.0.1:1', ASSIST_ROLLOUTS_HOME: file('home') };
  const args = ['audit', 'list', '--rollout', 'RefundPolicy', '--limit', '5'];
  expect((await cli(args, { configurator, env })).stdout).toMatch(/ 7 .* ana .* refused .* Cannot approve/);
  expect(asked).toEqual([{ of: 'RefundPolicy', actor: null, since: null, until: null, limit: 5 }]);
});
