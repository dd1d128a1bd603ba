/** What can be killed: with the embedded store one process that is everything; on PostgreSQL each part by itself. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoreConfig } from '../../src/store/open.ts';
import { findPostgres, startPostgres } from '../lib/postgres.ts';
import type { TestPostgres } from '../lib/postgres.ts';
import { startVictim } from './process.ts';
import type { Victim } from './process.ts';
import type { VictimOrder } from './victim.ts';

export interface Target {
  readonly name: string;
  /** Returns when it is back. */
  readonly killAndRestart: () => Promise<void>;
}

export interface Targets {
  readonly store: StoreConfig;
  readonly all: readonly Target[];
  /** Of the events service now; null while it is down. */
  readonly url: () => string | null;
  /** Ends the processes; the store stays, to be looked at. */
  readonly stopProcesses: () => Promise<void>;
  close(): Promise<void>;
}

type Order = Omit<VictimOrder, 'store' | 'roles'>;

export async function embeddedTargets(order: Order, onAudited: (key: string) => void): Promise<Targets> {
  const home = await mkdtemp(join(tmpdir(), 'assist-rollouts-faults-'));
  const store: StoreConfig = { kind: 'pglite', dataDir: join(home, 'database') };
  const owner = await keep(() => startVictim({ ...order, store, roles: ['events', 'forwarder'] }, onAudited));
  return {
    store,
    all: [{ name: 'embedded owner', killAndRestart: owner.killAndRestart }],
    url: owner.url,
    stopProcesses: owner.stop,
    close: () => rm(home, { recursive: true, force: true }),
  };
}

/** Null where there is no PostgreSQL. */
export async function postgresTargets(order: Order, onAudited: (key: string) => void): Promise<Targets | null> {
  const bin = findPostgres();
  if (bin === null) return null;
  const server = await startPostgres(bin, { fsync: true });
  const store: StoreConfig = { kind: 'pg', url: await server.createDatabase() };
  // One after the other, so that the migrations are not what is tested.
  const events = await keep(() => startVictim({ ...order, store, roles: ['events'] }, onAudited));
  const forwarder = await keep(() => startVictim({ ...order, store, roles: ['forwarder'] }, onAudited));
  return {
    store,
    all: [
      { name: 'events service', killAndRestart: events.killAndRestart },
      { name: 'forwarder', killAndRestart: forwarder.killAndRestart },
      { name: 'database', killAndRestart: () => killServer(server) },
    ],
    url: events.url,
    async stopProcesses() {
      await events.stop();
      await forwarder.stop();
    },
    close: () => server.stop(),
  };
}

interface Kept {
  readonly url: () => string | null;
  readonly killAndRestart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

async function keep(start: () => Promise<Victim>): Promise<Kept> {
  let victim: Victim | null = await start();
  const stop = async (): Promise<void> => {
    const dying = victim;
    victim = null;
    await dying?.kill();
  };
  return {
    url: () => victim?.url ?? null,
    stop,
    async killAndRestart() {
      await stop();
      victim = await start();
    },
  };
}

const RESTART_TRIES = 100;

/** Those it had started notice the death of the server a moment later; until then it refuses to start beside them. */
async function killServer(server: TestPostgres): Promise<void> {
  await server.kill('SIGKILL');
  for (let tries = 1; ; tries++) {
    try {
      return await server.start();
    } catch (error) {
      if (tries === RESTART_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
