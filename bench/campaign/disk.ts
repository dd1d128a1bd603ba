/** A disk of its own for the database, small enough to be filled. */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface Disk {
  readonly folder: string;
  /** Nothing more fits; false where it is the machine's own disk, which is left alone. */
  fill(): boolean;
  free(): void;
  close(): void;
}

/** What the longest campaign leaves in the tables, and a log of writes of a gigabyte. */
const MEGABYTES = 3_000;
const PIECE = Buffer.alloc(1_048_576);
const SMALL = 4_096;

/** Who may not mount has the folder alone. */
export function openDisk(folder: string): Disk {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${MEGABYTES}m,mode=0755`, 'tmpfs', folder]);
  const isOwn = mounted.status === 0;
  const ballast = join(folder, 'ballast');
  return {
    folder,
    fill() {
      if (isOwn) writeUntilFull(ballast);
      return isOwn;
    },
    free: () => rmSync(ballast, { force: true }),
    close() {
      if (isOwn) spawnSync('umount', ['--lazy', folder]);
    },
  };
}

function writeUntilFull(file: string): void {
  const handle = openSync(file, 'w');
  try {
    for (const piece of [PIECE, PIECE.subarray(0, SMALL)]) while (fits(handle, piece));
  } finally {
    closeSync(handle);
  }
}

function fits(handle: number, piece: Buffer): boolean {
  try {
    return writeSync(handle, piece) === piece.length;
  } catch {
    return false;
  }
}
