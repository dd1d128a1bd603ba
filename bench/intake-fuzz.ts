/**
 * Mutated requests against the events service, over HTTP on this machine: no 5xx but a 503 with Retry-After, no crash,
 * nothing
 * stored that nobody signed. Exit code 1 when there is any fault.
 *
 *   npm run bench:intake-fuzz -- [--requests 10000] [--seed 1] [--store pglite|pg] [--json]
 *
 * `pg` is an empty database at DATABASE_URL, else a server from this machine's binaries.
 */
import { randomBytes } from 'node:crypto';
import { startIngest } from '../src/ingest/server.ts';
import { openDatabase } from '../src/store/open.ts';
import { openBenchStore } from './ingest/stores.ts';
import { fuzzIntake } from './intake/fuzz.ts';
import { newWebhookSecret } from '../src/webhooks/secret.ts';
import { benchOptions } from './lib/bench-options.ts';

const values = benchOptions({
  requests: { type: 'string', default: '10000' },
  seed: { type: 'string', default: '1' },
  store: { type: 'string', default: 'pglite' },
  json: { type: 'boolean', default: false },
});

async function main(): Promise<void> {
  const store = await openBenchStore(values.store === 'pg' ? 'pg' : 'pglite', process.env['DATABASE_URL']);
  if (!store) throw new Error('PostgreSQL is not installed here and DATABASE_URL is not set.');
  const db = await openDatabase(store.config);
  const secrets = { webhook: newWebhookSecret(), hub: randomBytes(32).toString('base64') };
  // One instant for both sides, so that a timestamp at the edge of the tolerance stays there.
  const startedAt = Date.now();
  const now = () => startedAt;
  const server = await startIngest({
    db,
    secrets: [secrets.webhook],
    hubSecrets: [secrets.hub],
    adminToken: randomBytes(32).toString('base64'),
    now,
    port: 0,
  });
  const report = await fuzzIntake({
    url: server.url,
    db,
    secrets,
    requests: Number(values.requests),
    seed: Number(values.seed),
    now,
  });
  await server.close();
  await db.close();
  await store.close();
  const result = {
    ...report,
    store: db.kind,
    seconds: Math.round((Date.now() - startedAt) / 1000),
    ok: report.faults.length === 0,
  };
  if (!values.json) process.stdout.write(`${[...report.faults, JSON.stringify(report.statuses)].join('\n')}\n`);
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exitCode = result.ok ? 0 : 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
