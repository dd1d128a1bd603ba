/** What the store knows is told at each scrape, by each process as far as its role may read it. */
import { readableFigures } from '../store/figures.ts';
import type { Figure } from '../store/figures.ts';
import type { Database } from '../store/database.ts';
import { readAtScrape } from '../telemetry/measure.ts';
import type { Reading } from '../telemetry/measure.ts';
import type { Closers } from './closers.ts';

export function measureStore(db: Database, closers: Pick<Closers, 'add'>): void {
  let figures: Promise<readonly Figure[]> | undefined;
  const read = async (): Promise<readonly Reading[]> => {
    try {
      const readable = await (figures ??= readableFigures(db));
      const answers = await Promise.all(readable.map((figure) => figure.read(db)));
      return [...answers.flat(), { gauge: 'assist_rollouts_store_up', value: 1 }];
    } catch {
      figures = undefined;
      return [{ gauge: 'assist_rollouts_store_up', value: 0 }];
    }
  };
  closers.add('figures of the store', readAtScrape(read));
}
