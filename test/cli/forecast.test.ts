/** `forecast` as people read it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import stringWidth from 'string-width';
import { openDatabase } from '../../src/store/open.ts';
import { ROOT } from '../helpers/sources.ts';
import { cli, jsonLines } from './fixtures.ts';

const PLAN = join(ROOT, 'examples/refund-assist-1.5.0.yaml');
const TRAFFIC = ['--cards-per-hour', '4000.123456', '--acceptance', '41.23456', '--runs', '1'];

test('it says at once what it does, fits 80 columns, and tells what it assumes in words with their units', async () => {
  const { code, stdout, stderr } = await cli(['forecast', PLAN, ...TRAFFIC]);
  expect(code).toBe(0);
  expect(stderr).toBe('Playing rollouts, 1 for each figure (--runs); many cards take a minute.\n');
  const from = stdout.indexOf('guardrail ');
  const rows = stdout.slice(from, stdout.indexOf('\n\n', from)).split('\n');
  expect(rows).toHaveLength(1 + 4);
  expect(rows.filter((row) => stringWidth(row) > 80)).toEqual([]);
  expect(stdout).toContain(
    'Assumed (given, else typical values): 4000 cards an hour, acceptance 41.2 %, dismissal 20 %, undelivered 1 %, ' +
      'latency p50 220 ms, p95 ',
  );
  expect(stdout).not.toContain('{"');
  const json = await cli(['forecast', PLAN, ...TRAFFIC, '--json']);
  expect(jsonLines(json.stdout)).toMatchObject([{ assumed: { cardsPerHour: 4000.123456 } }]);
});

describe('of an action of which nothing is known', () => {
  let home: string;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'forecast-'));
  });
  afterAll(() => rm(home, { recursive: true }));

  test('it says whether there is no store, or none of its cards in it', async () => {
    const env = { ASSIST_ROLLOUTS_HOME: home };
    const without = await cli(['forecast', PLAN], { env });
    expect(without.code).toBe(2);
    expect(without.stderr).toContain('there is no event store here.\nGive --cards-per-hour, or DATABASE_URL');
    const db = await openDatabase({ kind: 'pglite', dataDir: join(home, 'database') });
    await db.close();
    const empty = await cli(['forecast', PLAN], { env });
    expect(empty.code).toBe(2);
    expect(empty.stderr).toContain('the event store has no cards of it of the last 7 days.\nGive --cards-per-hour');
    expect(empty.stderr).not.toMatch(/DATABASE_URL|Playing/);
  });
});
