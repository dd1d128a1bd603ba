/** Whether the log begins with what was signed of it before. */
import { readNodes } from '../store/audit-log.ts';
import type { Queryable } from '../store/database.ts';
import type { Checkpoint } from './checkpoint.ts';
import { sameHash } from './hash.ts';
import { foldNodes, nodesOf } from './ranges.ts';

/** In words; null when the log, of `size` entries now, continues it. */
export async function whyNotContinued(db: Queryable, size: number, earlier: Checkpoint): Promise<string | null> {
  if (earlier.size > size)
    return `The audit log has ${size} entries, but a checkpoint over ${earlier.size} was signed: entries were cut off.`;
  if (sameHash(await rootAt(db, earlier.size), earlier.root)) return null;
  return `The first ${earlier.size} entries of the audit log are not those of the checkpoint that was signed over them.`;
}

/** By the nodes of the tree, of which a few suffice. */
export async function rootAt(db: Queryable, size: number): Promise<Uint8Array> {
  return foldNodes(await readNodes(db, nodesOf({ from: 0, to: size })));
}
