/**
 * Kills the events service, the database and the forwarder under load (SIGKILL, at random moments), then checks that
 * every
 * acknowledged event is stored exactly once and was forwarded at least once, and that the audit log verifies.
 *
 *   npm run faults:intake -- [--json] [--kills 100] [--store pglite|pg|both] [--seed 1]
 *
 * With `both` the kills are shared: a quarter for the embedded store, whose one process is service, database and
 * forwarder
 * at once, and the rest for PostgreSQL and its three parts. Exit code 1 when anything was lost, doubled or not
 * verified.
 */
import { runFaults } from './faults/run.ts';
import type { Outcome } from './faults/run.ts';
import { benchOptions } from './lib/bench-options.ts';

const values = benchOptions({
  json: { type: 'boolean', default: false },
  kills: { type: 'string', default: '100' },
  store: { type: 'string', default: 'both' },
  seed: { type: 'string', default: '1' },
});
const say = (line: string): void => void process.stderr.write(`${line}\n`);

main().catch((error: unknown) => {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const kills = Number(values.kills);
  const seed = Number(values.seed);
  const embedded = values.store === 'both' ? Math.ceil(kills / 4) : kills;
  const outcomes: Outcome[] = [];
  if (values.store !== 'pg') outcomes.push(...(await outcomeOf('pglite', embedded, seed)));
  if (values.store !== 'pglite')
    outcomes.push(...(await outcomeOf('pg', values.store === 'both' ? kills - embedded : kills, seed)));
  const sum = (pick: (outcome: Outcome) => number): number =>
    outcomes.reduce((total, outcome) => total + pick(outcome), 0);
  const total = {
    kills: sum((outcome) => Object.values(outcome.kills).reduce((a, b) => a + b, 0)),
    acknowledged: sum(({ acknowledged }) => acknowledged),
    stored: sum(({ stored }) => stored),
    lost: sum(({ lost }) => lost),
    duplicated: sum(({ duplicated }) => duplicated),
    forwarded: sum(({ forwarded }) => forwarded),
    notForwarded: sum(({ notForwarded }) => notForwarded),
    auditEntries: sum(({ auditEntries }) => auditEntries),
    auditLost: sum(({ auditLost }) => auditLost),
    auditVerified: outcomes.every(({ auditVerified }) => auditVerified),
    seed,
  };
  process.stdout.write(
    values.json
      ? `${JSON.stringify(total)}\n`
      : `${Object.entries(total)
          .map(([name, value]) => `${name}: ${value}`)
          .join(', ')}\n`,
  );
  const sound =
    outcomes.length > 0 &&
    total.lost + total.duplicated + total.notForwarded + total.auditLost === 0 &&
    total.auditVerified;
  process.exitCode = sound ? 0 : 1;
}

async function outcomeOf(store: 'pglite' | 'pg', kills: number, seed: number): Promise<Outcome[]> {
  const outcome = await runFaults({ store, kills, seed, say });
  if (outcome === null) say(`${store} is not to be had on this machine: not tested.`);
  else if (values.json) process.stdout.write(`${JSON.stringify({ store, ...outcome })}\n`);
  return outcome === null ? [] : [outcome];
}
