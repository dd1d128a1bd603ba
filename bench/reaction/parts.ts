/** Every real part, composed as the product composes it, beside an organisation without traffic of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClosers } from '../../src/compose/closers.ts';
import { newWebhookSecret } from '../../src/webhooks/secret.ts';
import { composeWorkers } from '../../src/compose/workers.ts';
import { createConfigurator } from '../../src/configurator.ts';
import type { Configurator } from '../../src/configurator.ts';
import { startIngest } from '../../src/ingest/server.ts';
import { DEFAULT_CLIENT } from '../../src/sandbox/options.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { openDatabase } from '../../src/store/open.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { startBenchTemporal } from '../lib/temporal.ts';
import { SEARCH_ATTRIBUTES } from '../../src/workflows/search-attributes.ts';

export interface Parts {
  readonly configurator: Configurator;
  readonly organisationUrl: string;
  readonly eventsUrl: string;
  readonly secret: string;
  close(): Promise<void>;
}

/** Far above what the benchmark needs: the organisation's limits are not what is measured. */
const PER_MINUTE = 100_000;

export async function startParts(say: (line: string) => void): Promise<Parts> {
  const closers = createClosers({ onError: (name, error) => say(`closing ${name} failed: ${String(error)}`) });
  try {
    const logger = createLogger({ level: 'error', stream: { write: (line) => say(line.trimEnd()) } });
    const home = await mkdtemp(join(tmpdir(), 'assist-rollouts-reaction-'));
    closers.add('folder', () => rm(home, { recursive: true, force: true }));
    const server = await startBenchTemporal(say, SEARCH_ATTRIBUTES);
    closers.add('temporal', () => server.close());
    const { address, namespace, uiUrl } = server;
    const temporal = { connectionOptions: { address }, address, namespace, uiUrl };
    const db = await openDatabase({ kind: 'pglite', dataDir: join(home, 'database') });
    closers.add('database', () => db.close());
    const sandbox = await startSandbox({ rateLimitPerMinute: PER_MINUTE, tokensPerMinute: PER_MINUTE });
    closers.add('sandbox', () => sandbox.close());
    const secret = newWebhookSecret();
    const events = await startIngest({ db, secrets: [secret], now: Date.now, port: 0 });
    closers.add('events service', () => events.close());
    const genesys = {
      clientId: DEFAULT_CLIENT.id,
      clientSecret: DEFAULT_CLIENT.secret,
      loginUrl: sandbox.url,
      apiUrl: sandbox.url,
      callsPerMinute: PER_MINUTE,
    };
    await composeWorkers({
      temporal,
      genesys,
      webhook: { publicUrl: events.url, signingSecret: secret },
      db,
      now: Date.now,
      logger,
      closers,
      secrets: [],
      minimums: null,
      calendar: null,
      guardian: 'restore',
    });
    const configurator = createConfigurator({ temporal });
    closers.add('client', () => configurator.close());
    return { configurator, organisationUrl: sandbox.url, eventsUrl: events.url, secret, close: () => closers.close() };
  } catch (error) {
    await closers.close();
    throw error;
  }
}
