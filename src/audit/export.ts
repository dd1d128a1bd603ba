/** Writes the log, or the entries of one rollout, with everything that proves them. */
import {
  auditSize,
  leavesOfRollout,
  listCheckpoints,
  readAuditLines,
  readLevel,
  readNodes,
} from '../store/audit-log.ts';
import type { AuditLine } from '../store/audit-log.ts';
import type { Queryable } from '../store/database.ts';
import { openCheckpoint } from './checkpoint.ts';
import type { ExportEntry, ExportRecord } from './export-format.ts';
import { EXPORT_KIND } from './export-format.ts';
import { toBase64, leafHash } from './hash.ts';
import type { Verifier } from './note.ts';
import { foldNodes, inclusionRanges, nodesOf } from './ranges.ts';
import { MerkleTree } from './tree.ts';

export interface ExportOptions {
  readonly verifier: Verifier;
  /** Only the entries of this rollout, each with its proof. */
  readonly rolloutId?: string;
  /** Leaves the proofs out of an export of the whole log, which holds without them: a third of the size. */
  readonly withoutProofs?: boolean;
  readonly write: (text: string) => Promise<void>;
}

export interface Exported {
  readonly entries: number;
  readonly checkpoints: number;
  /** Entries that the last checkpoint covers. */
  readonly covered: number;
}

export async function exportAudit(db: Queryable, options: ExportOptions): Promise<Exported> {
  const { verifier, rolloutId } = options;
  const put = (record: ExportRecord): Promise<void> => options.write(`${JSON.stringify(record)}\n`);
  const size = await auditSize(db);
  const stored = (await listCheckpoints(db)).filter((checkpoint) => checkpoint.size <= size);
  const covered = stored.findLast(({ note }) => openCheckpoint(note, verifier) !== null)?.size ?? 0;
  await put({
    kind: EXPORT_KIND,
    format: 1,
    origin: verifier.name,
    key: verifier.text,
    size,
    rolloutId: rolloutId ?? null,
  });
  for (const { note } of stored) await put({ kind: 'checkpoint', note });
  const entries =
    rolloutId === undefined
      ? await putWholeLog(db, size, options.withoutProofs ? 0 : covered, put)
      : await putSelection(db, await leavesOfRollout(db, rolloutId), covered, put);
  return { entries, checkpoints: stored.length, covered };
}

type Put = (record: ExportRecord) => Promise<void>;
const BATCH = 2000;

async function putWholeLog(db: Queryable, size: number, proven: number, put: Put): Promise<number> {
  const tree = await loadTree(db, proven);
  let next = 0;
  while (next < size) {
    const lines = await readAuditLines(db, next, BATCH, size);
    for (const line of lines)
      await put(entryOf(line, line.leaf < proven ? tree.inclusionProof(line.leaf, proven) : undefined));
    const last = lines.at(-1);
    if (last === undefined) break;
    next = last.leaf + 1;
  }
  return size;
}

async function loadTree(db: Queryable, size: number): Promise<MerkleTree> {
  const tree = new MerkleTree();
  while (tree.size < size) {
    const nodes = await readLevel(db, 0, tree.size, Math.min(BATCH * 5, size - tree.size));
    if (nodes.length === 0) throw new Error(`The audit tree lacks the leaf ${tree.size}: the log was tampered with.`);
    for (const { hash } of nodes) tree.append(hash);
  }
  return tree;
}

/** A few hashes an entry, whatever the size of the log. */
async function putSelection(db: Queryable, lines: readonly AuditLine[], covered: number, put: Put): Promise<number> {
  for (const line of lines)
    await put(entryOf(line, line.leaf < covered ? await proofOf(db, line.leaf, covered) : undefined));
  return lines.length;
}

async function proofOf(db: Queryable, leaf: number, size: number): Promise<Uint8Array[]> {
  const proof: Uint8Array[] = [];
  for (const range of inclusionRanges(leaf, size)) proof.push(foldNodes(await readNodes(db, nodesOf(range))));
  return proof;
}

function entryOf({ leaf, line }: AuditLine, proof: readonly Uint8Array[] | undefined): ExportEntry {
  return {
    kind: 'entry',
    leaf,
    hash: toBase64(leafHash(line)),
    ...(proof ? { proof: proof.map(toBase64) } : {}),
    line,
  };
}
