/** Load, kills at random moments, then the account. */
import { generateKey } from '../../src/audit/note.ts';
import type { Database } from '../../src/store/database.ts';
import { openDatabase } from '../../src/store/open.ts';
import { seededRandom } from '../../src/domain/shared/random.ts';
import { takeAccount } from './account.ts';
import type { Account } from './account.ts';
import { startLoad } from './load.ts';
import { startReceiver } from './receiver.ts';
import { startBenchTemporal } from '../lib/temporal.ts';
import { embeddedTargets, postgresTargets } from './targets.ts';
import type { Targets } from './targets.ts';
import { newWebhookSecret } from '../../src/webhooks/secret.ts';

export interface Outcome extends Account {
  readonly kills: Readonly<Record<string, number>>;
}

export interface RunOptions {
  readonly store: 'pglite' | 'pg';
  readonly kills: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

/** A process lives this long before it is killed, ms; the moment is drawn anew for each kill. */
const LIFE = { atLeast: 50, atMost: 1_500 } as const;
/**
 * So often that time starts only when something was acknowledged since the last kill; else the kill may hit a start or
 * a recovery.
 */
const UNDER_LOAD = 0.75;
const GROWTH_MS = 15_000;

/** Null where the store is not to be had on this machine. */
export async function runFaults({ store, kills, seed, say }: RunOptions): Promise<Outcome | null> {
  const random = seededRandom(seed);
  const receiver = await startReceiver(seededRandom(seed + 1));
  const { privateText, signer } = generateKey('assist-rollouts.faults/log');
  const secret = newWebhookSecret();
  const audited = new Set<string>();
  const temporal = await startBenchTemporal(say);
  const order = {
    secret,
    destinationUrl: receiver.url,
    temporal: { address: temporal.address, namespace: temporal.namespace },
    auditKey: privateText,
  };
  const targets = await (store === 'pglite' ? embeddedTargets : postgresTargets)(order, (key) => audited.add(key));
  if (targets === null) {
    await receiver.close();
    await temporal.close();
    return null;
  }
  try {
    const load = startLoad(() => targets.url(), secret, seededRandom(seed + 2));
    const done: Record<string, number> = {};
    for (let kill = 1; kill <= kills; kill++) {
      if (random.next() < UNDER_LOAD) await growth(load.acknowledged);
      await pause(LIFE.atLeast + random.next() * (LIFE.atMost - LIFE.atLeast));
      const target = targets.all[Math.floor(random.next() * targets.all.length)];
      if (!target) throw new RangeError('There is nothing to kill.');
      await target.killAndRestart();
      done[target.name] = (done[target.name] ?? 0) + 1;
      say(`${store}: kill ${kill} of ${kills} (${target.name}), ${load.acknowledged.size} events acknowledged`);
    }
    await growth(load.acknowledged);
    await load.stop();
    await untilForwarded(receiver.received, load.acknowledged);
    await targets.stopProcesses();
    const account = await withDatabase(targets, (db) =>
      takeAccount(db, { acknowledged: load.acknowledged, received: receiver.received, audited, signer }),
    );
    return { kills: done, ...account };
  } finally {
    await targets.stopProcesses();
    await targets.close();
    await receiver.close();
    await temporal.close();
  }
}

async function withDatabase<T>({ store }: Targets, work: (db: Database) => Promise<T>): Promise<T> {
  const db = await openDatabase(store);
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

const SILENCE_MS = 60_000;

/** As long as anything still comes; what has not come by then is counted as not forwarded. */
async function untilForwarded(received: ReadonlyMap<string, number>, acknowledged: ReadonlySet<string>): Promise<void> {
  let last = { size: received.size, atMs: Date.now() };
  while ([...acknowledged].some((id) => !received.has(id)) && Date.now() - last.atMs < SILENCE_MS) {
    await pause(200);
    if (received.size > last.size) last = { size: received.size, atMs: Date.now() };
  }
}

async function growth(acknowledged: ReadonlySet<string>): Promise<void> {
  const before = acknowledged.size;
  for (const deadline = Date.now() + GROWTH_MS; acknowledged.size === before && Date.now() < deadline;) await pause(20);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
