/** Every process of the production table: Temporal, PostgreSQL, organisation, events service, one worker. */
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { createClosers } from '../../src/compose/closers.ts';
import { newWebhookSecret } from '../../src/webhooks/secret.ts';
import type { TemporalConfig } from '../../src/config/temporal.ts';
import { DEFAULT_CLIENT } from '../../src/sandbox/options.ts';
import { CLI_MAIN } from '../lib/cli-main.ts';
import { startBenchTemporal } from '../lib/temporal.ts';
import { SEARCH_ATTRIBUTES } from '../../src/workflows/search-attributes.ts';
import { findPostgres, startPostgres } from '../lib/postgres.ts';
import type { ReadyChild } from './child.ts';
import { startChild } from './child.ts';

export interface Parts {
  readonly temporal: TemporalConfig;
  readonly organisation: { readonly url: string; readonly observer: { readonly id: string; readonly secret: string } };
  readonly eventsUrl: string;
  readonly secret: string;
  readonly store: 'pg' | 'embedded';
  /** null for the embedded store. */
  readonly databaseUrl: string | null;
  readonly pids: Readonly<Record<'temporal' | 'organisation', number>>;
  readonly workers: readonly ReadyChild[];
  /** A worker of plain workflows, which whoever asks closes. */
  startPlain(): Promise<ReadyChild>;
  close(): Promise<void>;
}

interface Started {
  readonly workers: readonly ReadyChild[];
  readonly eventsUrl: string;
}

export interface PartsOptions {
  readonly store: 'pg' | 'embedded';
  /** Of the organisation, and of the worker's own bucket. */
  readonly callsPerMinute: number;
  readonly workers: number;
  readonly say: (line: string) => void;
}

export async function startParts({ store, callsPerMinute, workers: count, say }: PartsOptions): Promise<Parts> {
  const closers = createClosers({ onError: (name, error) => say(`closing ${name} failed: ${String(error)}`) });
  const child = async (
    name: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<ReadyChild> => {
    const started = await startChild({ name, args, env, say });
    closers.add(name, () => started.close());
    return started;
  };
  try {
    const server = await startBenchTemporal(say, SEARCH_ATTRIBUTES);
    closers.add('temporal', () => server.close());
    const { address, namespace, uiUrl } = server;
    const secret = newWebhookSecret();
    const observer = { id: 'observer', secret: randomBytes(16).toString('hex') };
    const organisation = await child(
      'organisation',
      [join(__dirname, 'organisation-process.js'), String(callsPerMinute), observer.secret],
      {},
    );
    const organisationUrl = String(organisation.said['url']);
    const env = {
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: namespace,
      EVENTS_SIGNING_SECRETS: secret,
      GENESYS_CLIENT_ID: DEFAULT_CLIENT.id,
      GENESYS_CLIENT_SECRET: DEFAULT_CLIENT.secret,
      GENESYS_LOGIN_URL: organisationUrl,
      GENESYS_API_URL: organisationUrl,
      GENESYS_CALLS_PER_MINUTE: String(callsPerMinute),
    };
    const databaseUrl = store === 'pg' ? await openPostgres() : null;
    const { workers, eventsUrl } =
      databaseUrl === null ? await embedded(env) : await separate({ ...env, DATABASE_URL: databaseUrl });
    return {
      temporal: { connectionOptions: { address }, address, namespace, uiUrl },
      organisation: { url: organisationUrl, observer },
      eventsUrl,
      secret,
      store,
      databaseUrl,
      pids: { temporal: server.pid, organisation: organisation.pid },
      workers,
      startPlain: () => startChild({ name: 'plain', args: [join(__dirname, 'plain-process.js')], env, say }),
      close: () => closers.close(),
    };
  } catch (error) {
    await closers.close();
    throw error;
  }

  async function openPostgres(): Promise<string> {
    const bin = findPostgres();
    if (bin === null) throw new Error('There is no PostgreSQL (initdb) on this machine; run with --store embedded.');
    const postgres = await startPostgres(bin, { fsync: true });
    closers.add('postgres', () => postgres.stop());
    return postgres.createDatabase();
  }

  async function separate(env: Readonly<Record<string, string>>): Promise<Started> {
    const events = await child('events', [CLI_MAIN, 'events', '--json', '--port', '0'], env);
    const eventsUrl = String(events.said['url']);
    const workers: ReadyChild[] = [];
    for (let i = 0; i < count; i++)
      workers.push(
        await child(`worker ${i + 1}`, [CLI_MAIN, 'worker', '--json'], { ...env, EVENTS_PUBLIC_URL: eventsUrl }),
      );
    return { workers, eventsUrl };
  }

  async function embedded(env: Readonly<Record<string, string>>): Promise<Started> {
    const worker = await child('worker', [join(__dirname, 'embedded-process.js')], env);
    return { workers: [worker], eventsUrl: String(worker.said['url']) };
  }
}
