/** What the store knows is told at each scrape, by each process as far as its role may read it. */
import { readableFigures } from '../store/figures.ts';
import type { Figure } from '../store/figures.ts';
import type { Database } from '../store/database.ts';
import { within } from '../store/within.ts';
import { readAtScrape } from '../telemetry/measure.ts';
import type { Reading } from '../telemetry/measure.ts';
import type { Closers } from './closers.ts';

/** Before a scrape gives its readers up: a store that hangs is told as one that is away, and not left out. */
const ANSWER_MS = 2_500;

const DOWN: Reading = { gauge: 'assist_rollouts_store_up', value: 0 };

/** Until the store is there it is away; answers how to end that. */
export function measureAwaitedStore(): () => void {
  return readAtScrape(() => [DOWN]);
}

export function measureStore(db: Database, closers: Pick<Closers, 'add'>): void {
  let figures: Promise<readonly Figure[]> | undefined;
  let underWay: Promise<readonly Reading[]> | undefined;
  let last: { readonly readings: readonly Reading[]; readonly readAt: number } = { readings: [], readAt: 0 };
  const ask = async (): Promise<readonly Reading[]> => {
    try {
      const readable = await (figures ??= readableFigures(db));
      const readings = (await Promise.all(readable.map((figure) => figure.read(db)))).flat();
      last = { readings, readAt: performance.now() };
      return readings;
    } catch (error) {
      figures = undefined;
      throw error;
    }
  };
  const read = async (): Promise<readonly Reading[]> => {
    try {
      // What hangs is not asked more and more.
      const readings = await within(ANSWER_MS, (underWay ??= ask().finally(() => (underWay = undefined))));
      return [...readings, { gauge: 'assist_rollouts_store_up', value: 1 }];
    } catch {
      // A page that is about a rollout must not resolve because nobody can look any more.
      return [...sinceThen(last.readings, performance.now() - last.readAt), DOWN];
    }
  };
  closers.add('figures of the store', readAtScrape(read));
}

/** What is counted in seconds goes on from where it was last read. */
function sinceThen(readings: readonly Reading[], elapsedMs: number): readonly Reading[] {
  return readings.map((reading) =>
    reading.gauge.endsWith('_seconds') && reading.value > 0
      ? { ...reading, value: reading.value + elapsedMs / 1000 }
      : reading,
  );
}
