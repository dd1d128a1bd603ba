/** Reads an export back. What cannot be read is a finding, not the end. */
import { keyOfLine } from './checkpoint-file.ts';
import type { Checkpoint } from './checkpoint.ts';
import { AuditError } from './errors.ts';
import { exportRecord } from './export-format.ts';
import type { ExportEntry, ExportHead, ExportRecord } from './export-format.ts';
import type { Finding } from './findings.ts';
import { hashFromBase64, leafHash } from './hash.ts';
import { keyTaken } from './key-taken.ts';
import type { LogCopy, SeenEntry } from './log-copy.ts';
import { linesOf } from './lines.ts';
import { verifyInclusion } from './proofs.ts';

export interface ExportCopy extends LogCopy {
  readonly head: ExportHead;
  readonly findings: readonly Finding[];
}

/**
 * With `proven`, each entry's own proof is checked against that checkpoint too, which costs some twenty hashes an
 * entry.
 */
export async function readExport(file: string, proven?: Checkpoint): Promise<ExportCopy> {
  const entries: SeenEntry[] = [];
  const notes: string[] = [];
  const findings: Finding[] = [];
  const seek = seeker();
  let head: ExportHead | undefined;
  for await (const { record, number } of recordsOf(file)) {
    if (record === null)
      findings.push({
        kind: 'unreadable',
        leaf: null,
        key: null,
        message: `Line ${number} of the export is not a record of it.`,
      });
    else if (record.kind === 'entry') {
      entries.push(seenEntry(record, proven && seek(record, proven)));
      findings.push(...keyTaken(record.leaf, record.line));
    } else if (record.kind === 'checkpoint') notes.push(record.note);
    else head ??= record;
  }
  if (head === undefined)
    throw new AuditError(
      'audit-file-unreadable',
      `${file} is not an export of the audit log.`,
      'Name a file that `audit export` wrote.',
    );
  const recorded = entries.map((entry) => entry.recorded).filter((hash) => hash !== null);
  return { head, entries, notes, findings, references: [{ hashes: recorded, keys: entries.map(({ key }) => key) }] };
}

async function* recordsOf(file: string): AsyncGenerator<{ record: ExportRecord | null; number: number }> {
  let number = 0;
  try {
    for await (const { text } of linesOf(file)) {
      number += 1;
      if (text !== '') yield { record: parse(text), number };
    }
  } catch (cause) {
    throw new AuditError(
      'audit-file-unreadable',
      `The export cannot be read from ${file}: ${(cause as Error).message}.`,
      'Name a file that you may read.',
      { cause },
    );
  }
}

function parse(text: string): ExportRecord | null {
  try {
    return exportRecord.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function seenEntry({ leaf, hash, line }: ExportEntry, provenPlace?: number | null): SeenEntry {
  const seen = {
    leaf,
    key: keyOfLine(line),
    hash: leafHash(line),
    recorded: hashFromBase64(hash) ?? new Uint8Array(0),
  };
  return provenPlace === undefined ? seen : { ...seen, provenPlace };
}

/** How far entries may have been renumbered between two neighbours. */
const REACH = 8;
/** Attempts for those that stand farther off: some seconds' worth for the whole file. */
const FAR_ATTEMPTS = 200_000;

/**
 * Where an entry's proof says it stands: at its number, as far beside it as its neighbours were found to be, or
 * anywhere.
 */
function seeker(): (entry: ExportEntry, checkpoint: Checkpoint) => number | null {
  let shift = 0;
  let attempts = FAR_ATTEMPTS;
  return ({ leaf, line, proof }, { size, root }) => {
    const hashes = proof?.map(hashFromBase64);
    if (hashes === undefined || hashes.includes(undefined)) return null;
    const claim = { leaf: leafHash(line), size, root, proof: hashes.filter((hash) => hash !== undefined) };
    for (let step = 0; step <= 2 * REACH; step += 1) {
      const index = leaf + shift + (step % 2 === 1 ? (step + 1) / 2 : -step / 2);
      if (!verifyInclusion({ ...claim, index })) continue;
      shift = index - leaf;
      return index;
    }
    if (attempts < size) return null;
    attempts -= size;
    for (let index = 0; index < size; index += 1) if (verifyInclusion({ ...claim, index })) return index;
    return null;
  };
}
