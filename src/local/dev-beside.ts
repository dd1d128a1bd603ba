/** What the `dev` that runs on this machine was started for, told to the verbs beside it: its cards are on one target. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

interface DevTold {
  readonly pid: number;
  /** Kind of the target on which its agents see cards. */
  readonly target: string;
  /** Of its Temporal. */
  readonly address: string;
}

const fileIn = (home: string): string => join(home, 'dev.json');

/** What it returns takes the word back; of a process that was killed nobody takes it for true. */
export async function tellDev(home: string, told: Omit<DevTold, 'pid'>): Promise<() => Promise<void>> {
  await writeFile(fileIn(home), `${JSON.stringify({ ...told, pid: process.pid })}\n`, { mode: 0o600 });
  return () => rm(fileIn(home), { force: true });
}

/** The target of the `dev` whose Temporal that is; null: none runs here, or it is another's. Never rejects. */
export async function targetOfDev(home: string, address: string): Promise<string | null> {
  try {
    const told = JSON.parse(await readFile(fileIn(home), 'utf8')) as DevTold;
    return isAlive(told.pid) && isSame(told.address, address) ? told.target : null;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function isSame(one: string, other: string): boolean {
  const plain = (address: string): string => address.replace(/^localhost:/, '127.0.0.1:');
  return plain(one) === plain(other);
}
