/**
 * Worker and events service in one process on an embedded store, which no two processes can share. Takes the variables
 * of both verbs.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClosers } from '../../src/compose/closers.ts';
import { composeWorkers } from '../../src/compose/workers.ts';
import { readConfig } from '../../src/config.ts';
import { startIngest } from '../../src/ingest/server.ts';
import { openDatabase } from '../../src/store/open.ts';
import { createLogger } from '../../src/telemetry/logger.ts';

void main();

async function main(): Promise<void> {
  const logger = createLogger({ level: 'error', stream: { write: (line) => process.stderr.write(line) } });
  const closers = createClosers({ onError: (name, error) => logger.error({ err: error }, `closing ${name} failed`) });
  const {
    genesys,
    temporal,
    events: { signingSecrets },
  } = readConfig(process.env, ['genesys', 'signingSecrets']);
  const [signingSecret = ''] = signingSecrets;
  if (genesys === null) throw new Error('The organisation is not described.');
  const home = await mkdtemp(join(tmpdir(), 'assist-rollouts-scale-'));
  closers.add('folder', () => rm(home, { recursive: true, force: true }));
  const db = await openDatabase({ kind: 'pglite', dataDir: join(home, 'database') });
  closers.add('database', () => db.close());
  const events = await startIngest({ db, secrets: signingSecrets, now: Date.now, port: 0 });
  closers.add('events service', () => events.close());
  await composeWorkers({
    temporal,
    genesys,
    webhook: { publicUrl: events.url, signingSecret },
    db,
    now: Date.now,
    logger,
    closers,
    secrets: [],
    minimums: null,
    calendar: null,
    guardian: 'off',
  });
  process.stdout.write(`${JSON.stringify({ kind: 'ready', url: events.url })}\n`);
  process.once('SIGTERM', () => void closers.close().then(() => process.exit(0)));
}
