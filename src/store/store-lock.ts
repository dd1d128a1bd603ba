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
    { pid: 0, isElsewhere: false },
  );
}

function inUse(dataDir: string, file: string, { pid, host }: LockOwner): StoreInUse {
  const isElsewhere = host !== hostname();
  const gone = isElsewhere ? ` If that machine or container is gone for good, delete ${file}.` : '';
  return new StoreInUse(
    `The embedded store ${dataDir} is in use by process ${pid}${isElsewhere ? ` on ${host}` : ''}, and only one ` +
      `process can hold it. It may be watching rollouts, so do not stop it for this: wait until it has ended.${gone}`,
    { pid, isElsewhere },
  );
}

/** To whoever would have asked the process that holds it. */
export function heldInSilence(dataDir: string, { pid }: StoreInUse): StoreInUse {
  return new StoreInUse(
    `The embedded store ${dataDir} is held by process ${pid}, which answers nobody: it is starting, ending, or reads ` +
      'the store for itself. Try again in a moment.',
    { pid, isElsewhere: false },
  );
}
