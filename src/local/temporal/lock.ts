/** One process at a time does the long work; the others wait. A lock whose owner has died is taken over. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface LockOptions {
  readonly file: string;
  /** Called once, when another process holds the lock. */
  readonly onWait: (owner: number | undefined) => void;
  readonly signal?: AbortSignal | undefined;
}

export async function withLock<T>(options: LockOptions, work: () => Promise<T>): Promise<T> {
  await acquire(options);
  try {
    return await work();
  } finally {
    await rm(options.file, { force: true });
  }
}

async function acquire({ file, onWait, signal }: LockOptions): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  for (let waits = 0; !(await create(file)); waits += 1) {
    signal?.throwIfAborted();
    const owner = await ownerOf(file);
    if (owner !== undefined && !isAlive(owner)) {
      await takeOver(file);
      continue;
    }
    if (waits === 0) onWait(owner);
    await sleep(200);
  }
}

async function create(file: string): Promise<boolean> {
  try {
    await writeFile(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Undefined while the owner has not yet written its id, or when the lock is gone. */
async function ownerOf(file: string): Promise<number | undefined> {
  return Number(await readFile(file, 'utf8').catch(() => '')) || undefined;
}

/** A second lock guards the removal: without it, one of two heirs could delete the other's fresh lock. */
async function takeOver(file: string): Promise<void> {
  const guard = `${file}.takeover`;
  if (!(await create(guard))) {
    await sleep(50);
    return;
  }
  try {
    const owner = await ownerOf(file);
    if (owner !== undefined && !isAlive(owner)) await rm(file, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
