/** One process for one embedded store: two would lose each other's rows without an error. */
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { takeLock } from '../locks/lock-file.cjs';
import type { LockOwner } from '../locks/lock-file.cjs';
import { StoreInUse } from './errors.ts';

/** Returns the unlocker; throws StoreInUse. */
export function lockStore(dataDir: string): () => void {
  const file = `${resolve(dataDir)}.lock`;
  const lock = takeLock(file);
  if (lock.unlock !== undefined) return lock.unlock;
  if (lock.owner !== undefined) throw inUse(dataDir, file, lock.owner);
  throw new StoreInUse(
    `The lock ${file} of the embedded store keeps changing hands. Wait until the other processes have ended.`,
    0,
  );
}

function inUse(dataDir: string, file: string, { pid, host }: LockOwner): StoreInUse {
  const elsewhere = host === hostname() ? '' : ` on ${host}`;
  const gone = elsewhere === '' ? '' : ` If that machine or container is gone for good, delete ${file}.`;
  return new StoreInUse(
    `The embedded store ${dataDir} is in use by process ${pid}${elsewhere}, and only one process can hold it. ` +
      'It may be watching rollouts, so do not stop it for this: wait until it has ended, or set DATABASE_URL to a ' +
      `PostgreSQL server that many can share.${gone}`,
    pid,
  );
}
