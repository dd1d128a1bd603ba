/** What a campaign stands on: every process of the production table, each of which may be killed and comes back. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { generateKey } from '../../src/audit/note.ts';
import { newActorKey } from '../../src/identity/key.ts';
import { createClosers } from '../../src/compose/closers.ts';
import { seededRandom } from '../../src/domain/shared/random.ts';
import { startTemporalDevServer } from '../../src/local/temporal/server.ts';
import type { TemporalDevServer } from '../../src/local/temporal/server.ts';
import { findOwnTemporal } from '../lib/temporal.ts';
import { ALL_SCOPES, DEFAULT_CLIENT } from '../../src/sandbox/options.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { newWebhookSecret } from '../../src/webhooks/secret.ts';
import { SEARCH_ATTRIBUTES } from '../../src/workflows/search-attributes.ts';
import { CLI_MAIN } from '../lib/cli-main.ts';
import { freePort } from '../lib/ports.ts';
import { findPostgres, startPostgres } from '../lib/postgres.ts';
import type { TestPostgres } from '../lib/postgres.ts';
import { startChild } from '../scale/child.ts';
import { openDisk } from './disk.ts';
import { keep } from './kept.ts';
import { ELSEWHERE, GATE } from './plans.ts';
import { BUS, startReceiver } from './receiver.ts';
import type { Receiver } from './receiver.ts';
import type { Kept } from './kept.ts';
import { startProxy } from './proxy.ts';
import type { Proxy } from './proxy.ts';

export interface Parts {
  readonly temporal: { readonly address: string; readonly namespace: string };
  readonly databaseUrl: string;
  readonly organisationUrl: string;
  readonly secret: string;
  /** Where pushes are sent: the events service behind its proxy. */
  readonly eventsUrl: string;
  readonly orders: string;
  readonly receiver: Receiver;
  readonly workers: readonly Kept[];
  readonly events: Kept;
  /** Between the workers and the organisation, and before the events service. */
  readonly proxies: { readonly organisation: Proxy; readonly events: Proxy };
  /** How far the organisation's clock is off, ms. */
  organisationClockOffMs: number;
  /** How far the clock is off of a worker that is started from now on, ms. */
  workerClockOffMs: number;
  killTemporal(awayMs: number): Promise<void>;
  stopTemporal(forMs: number): Promise<void>;
  killDatabase(awayMs: number): Promise<void>;
  /** Of the database; nothing where this machine lets nobody mount one. */
  fillDisk(forMs: number): Promise<void>;
  close(): Promise<void>;
}

/** Of the one who looks and of the other hands: faults of the platform are for the engine's own client. */
export const WITNESS = { id: 'witness', secret: 'witness-secret' };
const DOOM = join(__dirname, 'doomed-process.js');
const WORKERS = 2;
const RATE = 60_000;
const RESTART_TRIES = 100;

export async function startParts(seed: number, say: (line: string) => void): Promise<Parts> {
  const closers = createClosers({ onError: (name, error) => say(`closing ${name} failed: ${String(error)}`) });
  try {
    return await start(seed, say, closers);
  } catch (error) {
    await closers.close();
    throw error;
  }
}

async function start(
  seed: number,
  say: (line: string) => void,
  closers: ReturnType<typeof createClosers>,
): Promise<Parts> {
  const home = await mkdtemp(join(tmpdir(), 'assist-campaign-'));
  closers.add('folder', () => rm(home, { recursive: true, force: true }));
  const orders = join(home, 'orders');
  mkdirSync(join(orders, 'done'), { recursive: true });
  // The database's own user has to come by.
  await chmod(home, 0o711);
  const disk = openDisk(join(home, 'disk'));
  closers.add('disk', () => disk.close());
  const postgres = await openPostgres(disk.folder);
  closers.add('postgres', () => postgres.stop());
  const databaseUrl = await postgres.createDatabase();
  const server = await openTemporal(join(home, 'temporal.sqlite'));
  closers.add('temporal', () => server.close());
  const clocks = { organisationClockOffMs: 0, workerClockOffMs: 0 };
  const sandbox = await startSandbox({
    clients: [DEFAULT_CLIENT, { ...WITNESS, scopes: ALL_SCOPES }],
    rateLimitPerMinute: RATE,
    tokensPerMinute: RATE,
    now: () => Date.now() + clocks.organisationClockOffMs,
  });
  closers.add('organisation', () => sandbox.close());
  const organisation = await startProxy(sandbox.url, seededRandom(seed));
  closers.add('proxy of the organisation', () => organisation.close());
  const port = await freePort();
  const events = await startProxy(`http://127.0.0.1:${port}`, seededRandom(seed + 1));
  closers.add('proxy of the events service', () => events.close());
  const receiver = await startReceiver();
  closers.add('receiver', () => receiver.close());
  const secret = newWebhookSecret();
  const env = {
    TEMPORAL_ADDRESS: server.address,
    TEMPORAL_NAMESPACE: server.namespace,
    DATABASE_URL: databaseUrl,
    EVENTS_SIGNING_SECRETS: secret,
    EVENTS_PUBLIC_URL: events.url,
    GENESYS_CLIENT_ID: DEFAULT_CLIENT.id,
    GENESYS_CLIENT_SECRET: DEFAULT_CLIENT.secret,
    GENESYS_LOGIN_URL: organisation.url,
    GENESYS_API_URL: organisation.url,
    GENESYS_CALLS_PER_MINUTE: '6000',
  };
  const ofWorkers = { ...duties(home, receiver.url, server), CAMPAIGN_ORDERS: orders };
  const kept = async (name: string, args: () => readonly string[], more: () => object = () => ({})): Promise<Kept> => {
    const one = await keep(name, () => startChild({ name, args: args(), env: { ...env, ...more() }, say }));
    closers.add(name, () => one.close());
    return one;
  };
  const service = await kept('events', () => [CLI_MAIN, 'events', '--json', '--port', String(port)]);
  const workers: Kept[] = [];
  for (let nth = 1; nth <= WORKERS; nth++)
    workers.push(
      await kept(
        `worker ${nth}`,
        () => ['--require', DOOM, CLI_MAIN, 'worker', '--json'],
        () => ({ ...ofWorkers, CAMPAIGN_CLOCK_OFF_MS: String(clocks.workerClockOffMs) }),
      ),
    );
  return Object.assign(clocks, {
    temporal: { address: server.address, namespace: server.namespace },
    databaseUrl,
    organisationUrl: sandbox.url,
    secret,
    eventsUrl: events.url,
    orders,
    receiver,
    workers,
    events: service,
    proxies: { organisation, events },
    killTemporal: server.kill,
    stopTemporal: server.stop,
    async killDatabase(awayMs: number) {
      await postgres.kill('SIGKILL');
      await sleep(awayMs);
      await untilStarted(postgres);
    },
    async fillDisk(forMs: number) {
      const isFull = disk.fill();
      await sleep(forMs);
      disk.free();
      if (!isFull) return;
      // Whoever could not write its log has ended.
      await postgres.kill('SIGKILL');
      await untilStarted(postgres);
    },
    close: () => closers.close(),
  });
}

/** What workers do beside rollouts: sign, ship, tell people, and ask hooks. */
function duties(home: string, url: string, { address, namespace }: Server): Readonly<Record<string, string>> {
  const file = join(home, 'messages.yaml');
  const destinations = { bus: { kind: 'cloudEvents', url: `${url}${BUS}`, signingSecrets: [{ env: 'MESSAGES_BUS' }] } };
  const settings = { apiVersion: 'assist-rollouts/v1', destinations, routes: { all: { to: ['bus'] } } };
  writeFileSync(file, JSON.stringify(settings));
  const [key, organisations] = [join(home, 'operator.key'), join(home, 'organisations.yaml')];
  writeFileSync(key, newActorKey('waves').text, { mode: 0o600 });
  // Its own organisation under another name: what is done there goes through a client, as to any other.
  writeFileSync(organisations, JSON.stringify({ organisations: { [ELSEWHERE]: { address, namespace, key } } }));
  return {
    ORGANISATIONS_FILE: organisations,
    MESSAGES_FILE: file,
    MESSAGES_BUS: newWebhookSecret(),
    HOOK_SECRETS: `${GATE}=${newWebhookSecret()}`,
    HOOKS_ALLOWED_HOSTS: url,
    AUDIT_SIGNING_KEY: generateKey('campaign').privateText,
    AUDIT_SHIP_TO: `file:${join(home, 'shipped.ocsf')}`,
  };
}

async function openPostgres(within: string): Promise<TestPostgres> {
  const bin = findPostgres();
  if (bin === null) throw new Error('There is no PostgreSQL (initdb) on this machine.');
  return startPostgres(bin, { fsync: true, within });
}

/** Those that it had started notice the death of the server a moment later; until then it refuses to start. */
async function untilStarted(postgres: TestPostgres): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await postgres.start();
    } catch (error) {
      if (tries === RESTART_TRIES) throw error;
      await sleep(100);
    }
  }
}

interface Server {
  readonly address: string;
  readonly namespace: string;
  readonly kill: (awayMs: number) => Promise<void>;
  readonly stop: (forMs: number) => Promise<void>;
  close(): Promise<void>;
}

/** On a file: what was acknowledged is there after a kill. */
async function openTemporal(dataFile: string): Promise<Server> {
  const path = await findOwnTemporal((line) => process.stderr.write(`${line}\n`));
  const options = { path, searchAttributes: SEARCH_ATTRIBUTES, log: () => undefined, dataFile };
  let server: TemporalDevServer = await startTemporalDevServer(options);
  const { address, namespace } = server;
  const port = Number(address.split(':').at(-1));
  return {
    address,
    namespace,
    async kill(awayMs) {
      process.kill(-server.pid, 'SIGKILL');
      await server.close();
      await sleep(awayMs);
      server = await startTemporalDevServer({ ...options, port });
    },
    async stop(forMs) {
      process.kill(-server.pid, 'SIGSTOP');
      await sleep(forMs);
      process.kill(-server.pid, 'SIGCONT');
    },
    close: () => server.close(),
  };
}
