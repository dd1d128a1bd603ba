/**
 * What a SIEM was sent as OCSF, read back: it holds every leaf's hash and every checkpoint, so it proves the log as a
 * checkpoint file does.
 */
import { z } from 'zod';
import { hashFromBase64 } from './hash.ts';

export interface LeafRecord {
  readonly hash: Uint8Array;
  readonly key: string;
}

/** What left the database: signed checkpoints, and every leaf up to them. */
export interface CheckpointCopy {
  readonly notes: readonly string[];
  readonly leaves: readonly LeafRecord[];
}

const record = z.object({
  unmapped: z.object({
    key: z.string(),
    leaf: z.number().optional(),
    leaf_hash: z.string().nullish(),
    content: z.looseObject({ note: z.string().optional() }),
  }),
});

/**
 * Null when a line is not a record of ours. Twice the same record is once, and of two that differ the first counts;
 * leaves count up to the first that is missing.
 */
export function parseSiemCopy(text: string): CheckpointCopy | null {
  const leaves = new Map<number, LeafRecord>();
  const notes = new Set<string>();
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const parsed = parseRecord(line);
    if (parsed === null) return null;
    const { key, leaf, leaf_hash: hash, content } = parsed.unmapped;
    const bytes = hashFromBase64(hash ?? '');
    if (leaf !== undefined && bytes !== undefined) {
      if (!leaves.has(leaf)) leaves.set(leaf, { key, hash: bytes });
    } else if (content.note !== undefined) notes.add(content.note);
  }
  return { notes: [...notes], leaves: unbroken(leaves) };
}

function parseRecord(line: string): z.infer<typeof record> | null {
  try {
    return record.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

function unbroken(leaves: ReadonlyMap<number, LeafRecord>): LeafRecord[] {
  const row: LeafRecord[] = [];
  for (let leaf = leaves.get(0); leaf !== undefined; leaf = leaves.get(row.length)) row.push(leaf);
  return row;
}
