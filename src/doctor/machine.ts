/** This machine: the program's runtime, its folders and files, and the room on its disks. Reads alone. */
import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { modeText, whoElseMay } from '../files/mode.ts';
import type { Area, Seen } from './finding.ts';
import type { Check } from './run-checks.ts';

export interface LookedAtFile {
  /** What people know it by. */
  readonly name: string;
  readonly path: string;
  /** Secrets and data of ours. */
  readonly isPrivate: boolean;
  /** Is written by us, or is to be made. */
  readonly isWritten?: boolean;
}

export function fileChecks(area: Area, files: readonly LookedAtFile[]): Check[] {
  return files.map((file) => ({
    area,
    name: file.name,
    expected: 'a file that can be used',
    look: () => fileSeen(file),
  }));
}

async function fileSeen({ name, path, isPrivate, isWritten = false }: LookedAtFile): Promise<Seen> {
  const check = name;
  const found = await stat(path).catch(() => null);
  if (found === null && isWritten) return writableSeen(check, dirname(path));
  if (found === null)
    return {
      check,
      level: 'error',
      seen: `${path} is not there`,
      expected: 'it is there',
      wayOut: 'Name another file.',
    };
  const who = whoElseMay(found.mode, path, { isPrivate });
  if (who !== null)
    return {
      check,
      level: 'warning',
      seen: `${path} may be ${who} by everybody (mode ${modeText(found.mode)})`,
      expected: isPrivate ? 'nobody but its owner and group' : 'written by its owner alone',
      wayOut: `chmod ${isPrivate ? 'o-rwx' : 'o-w'} ${path}`,
    };
  if (isWritten) return writableSeen(check, path);
  const isRead = await access(path, constants.R_OK).then(
    () => true,
    () => false,
  );
  if (isRead) return { check, level: 'ok', seen: `${path}, mode ${modeText(found.mode)}` };
  const wayOut = 'Give the process the right to read it.';
  return { check, level: 'error', seen: `${path} may not be read by this process`, expected: 'it may', wayOut };
}

async function writableSeen(check: string, path: string): Promise<Seen> {
  try {
    await access(path, constants.W_OK);
    return { check, level: 'ok', seen: `${path} can be written` };
  } catch (error) {
    const above = dirname(path);
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && above !== path) return writableSeen(check, above);
    const wayOut = 'Make the folder, or give the process the right to write there.';
    return { check, level: 'error', seen: `${path} cannot be written`, expected: 'it can', wayOut };
  }
}

const GIB = 1024 ** 3;
const WARNING_BYTES = GIB;
const ERROR_BYTES = GIB / 8;

export interface LookedAtDisk {
  readonly name: string;
  readonly path: string;
}

export function diskChecks(disks: readonly LookedAtDisk[]): Check[] {
  return disks.map(({ name, path }) => ({
    area: 'machine',
    name: `room for ${name}`,
    expected: 'a GiB and more',
    look: async () => roomSeen(`room for ${name}`, path, await freeBytes(path)),
  }));
}

/** Of the nearest folder that is there. */
async function freeBytes(path: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch (error) {
    const above = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === path) throw error;
    return freeBytes(above);
  }
}

export function roomSeen(check: string, path: string, free: number): Seen {
  const seen = `${(free / GIB).toFixed(1)} GiB are free at ${path}`;
  if (free >= WARNING_BYTES) return { check, level: 'ok', seen };
  const level = free < ERROR_BYTES ? 'error' : 'warning';
  return { check, level, seen, expected: 'at least 1 GiB', wayOut: 'Make room there.' };
}

const OLDEST_NODE = [20, 20] as const;

export function nodeSeen(version: string): Seen {
  const check = 'Node';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNew = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  if (isNew) return { check, level: 'ok', seen: version };
  const expected = `${OLDEST_NODE.join('.')} or newer`;
  return { check, level: 'error', seen: version, expected, wayOut: 'Install a newer Node.' };
}
