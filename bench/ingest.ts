/**
 * How fast the events service stores what is pushed to it, beside the same rows straight into the same database.
 *
 *   npm run bench:ingest -- [--json] [--store pglite|pg|both] [--seconds 6] [--rounds 3] [--batch 100] [--lanes 32]
 *   [--soak <seconds>]
 *
 * Each round loads the rows by COPY and then pushes events over HTTP on loopback from a process of its own, as fast as
 * they
 * are acknowledged; the rates are medians over the rounds. Then pushes fall due at half of that rate, and the time
 * until
 * each is acknowledged is measured from when it was due. `--soak` goes on at that rate for so long and watches memory.
 * One line per store; the last line repeats the figures of the store with the lower ratio.
 */
import { measureStore } from './ingest/measure.ts';
import type { Figures } from './ingest/measure.ts';
import { openBenchStore } from './ingest/stores.ts';
import type { StoreName } from './ingest/stores.ts';
import { benchOptions } from './lib/bench-options.ts';

const values = benchOptions({
  json: { type: 'boolean', default: false },
  store: { type: 'string', default: 'both' },
  seconds: { type: 'string', default: '6' },
  rounds: { type: 'string', default: '3' },
  batch: { type: 'string', default: '100' },
  lanes: { type: 'string', default: '32' },
  soak: { type: 'string', default: '0' },
});
const names: readonly StoreName[] =
  values.store === 'both' ? ['pglite', 'pg'] : [values.store === 'pg' ? 'pg' : 'pglite'];
const say = (line: string): boolean => process.stderr.write(`${line}\n`);

main().catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const all: Figures[] = [];
  for (const name of names) {
    const store = await openBenchStore(name, process.env['DATABASE_URL']);
    if (!store) {
      say('PostgreSQL is not installed here and DATABASE_URL is not set: not measured.');
      continue;
    }
    try {
      const { figures, details } = await measureStore(
        store,
        {
          seconds: Number(values.seconds),
          rounds: Number(values.rounds),
          batch: Number(values.batch),
          lanes: Number(values.lanes),
          soakSeconds: Number(values.soak),
        },
        say,
      );
      all.push(figures);
      process.stdout.write(
        values.json
          ? `${JSON.stringify({ store: name, ...figures, ...details })}\n`
          : `${name}: ${sentence(figures)}\n`,
      );
    } finally {
      await store.close();
    }
  }
  const worst = all.toSorted((a, b) => a.ratio - b.ratio)[0];
  if (worst && values.json) process.stdout.write(`${JSON.stringify(worst)}\n`);
  process.exitCode = worst ? 0 : 1;
}

function sentence({ eventsPerSecond, rawPerSecond, ratio, p99AckMs }: Figures): string {
  return (
    `${eventsPerSecond} events/s over HTTP, ${rawPerSecond} by COPY (ratio ${ratio}), acknowledged within ` +
    `${p99AckMs} ms in 99 of 100 cases at half the rate`
  );
}
