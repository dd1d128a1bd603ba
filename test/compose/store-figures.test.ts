/** What a scrape tells of a store that hangs, or that a process waits for, and of a guardian that has not looked yet. */
import { createClosers } from '../../src/compose/closers.ts';
import { openServiceDatabase } from '../../src/compose/database.ts';
import { measureStore } from '../../src/compose/store-figures.ts';
import { composeTelemetry } from '../../src/compose/telemetry.ts';
import { readGuardian } from '../../src/guardian/create.ts';
import type { Database } from '../../src/store/database.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { freePort } from '../../bench/lib/ports.ts';

jest.setTimeout(240_000);

const urls: string[] = [];
const logger = createLogger({
  stream: { write: (line: string) => urls.push(...(/"url":"([^"]+)"/.exec(line) ?? []).slice(1)) },
});
const closers = createClosers({ onError: (name, error) => process.stderr.write(`${name}: ${String(error)}\n`) });

beforeAll(() =>
  composeTelemetry({
    env: { METRICS_PORT: '0' },
    service: 'worker',
    version: '1.2.3',
    logger,
    closers,
    isReady: () => true,
  }),
);
afterAll(() => closers.close());

/** By name and labels of our own. */
async function scrape(): Promise<Record<string, number>> {
  const text = await (await fetch(urls.find((url) => url.endsWith('/metrics')) ?? '')).text();
  return Object.fromEntries(
    [...text.matchAll(/^assist_rollouts_(\w+)(?:\{.*?phase="(\w+)".*?\}|\{.*?\})? (\S+)/gm)].map(
      ([, name = '', phase = '', value]) => [phase === '' ? name : `${name}/${phase}`, Number(value)],
    ),
  );
}

/** Answers as the store does, until it hangs. */
function hangingStore(): {
  readonly db: Database;
  readonly asked: () => number;
  readonly setHanging: (is: boolean) => void;
} {
  let isHanging = false;
  let asked = 0;
  const waiting: (() => void)[] = [];
  const rowsOf = (sql: string): object[] => {
    if (sql.includes('has_table_privilege'))
      return ['destinations', 'outbox', 'dead_letters'].map((name) => ({ name, readable: false }));
    return sql.includes('group by phase') ? [{ phase: 'needsAttention', n: 2 }] : [{ seconds: 300 }];
  };
  const query = async (sql: string): Promise<unknown> => {
    asked += 1;
    if (isHanging) await new Promise<void>((resolve) => waiting.push(resolve));
    return rowsOf(sql);
  };
  return {
    db: { query } as unknown as Database,
    asked: () => asked,
    setHanging: (is) => {
      isHanging = is;
      for (const go of waiting.splice(0)) go();
    },
  };
}

test('a store that hangs is down, what it said last of rollouts stays, and it is not asked more and more', async () => {
  const { db, asked, setHanging } = hangingStore();
  const own = createClosers({ onError: (_, error) => logger.error(error) });
  measureStore(db, own);
  const well = { store_up: 1, 'rollouts/needsAttention': 2, roll_back_unproven_seconds: 300 };
  try {
    expect(await scrape()).toMatchObject(well);
    setHanging(true);
    const first = await scrape();
    expect(first).toMatchObject({ store_up: 0, 'rollouts/needsAttention': 2 });
    expect(first['roll_back_unproven_seconds']).toBeGreaterThan(300);
    const before = asked();
    expect(await scrape()).toMatchObject({ store_up: 0 });
    expect(asked()).toBe(before);
    setHanging(false);
    await new Promise((resolve) => setImmediate(resolve));
    expect(await scrape()).toMatchObject(well);
  } finally {
    await own.close();
  }
});

test('a store that a process waits for is down from the beginning', async () => {
  const stop = new AbortController();
  const own = createClosers({ onError: (_, error) => logger.error(error) });
  const url = `postgres://nobody@127.0.0.1:${await freePort()}/nothing`;
  const opening = openServiceDatabase({ url, signal: stop.signal, logger, closers: own });
  const ended = opening.then(
    () => 'opened',
    (error: unknown) => String(error),
  );
  expect(await scrape()).toMatchObject({ store_up: 0 });
  stop.abort(new Error('stopped'));
  expect(await ended).toContain('stopped');
});

test('a worker that has ended no look of the guardian tells since when it could', () => {
  const gauge = 'assist_rollouts_guardian_last_look_timestamp_seconds';
  expect(readGuardian(120_000)()).toEqual([{ gauge, value: 120 }]);
});
