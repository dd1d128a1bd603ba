/** Holds a copy of the log against the signed checkpoints, and names what differs. */
import { claimedSize, openCheckpoint } from './checkpoint.ts';
import type { Checkpoint } from './checkpoint.ts';
import { named } from './findings.ts';
import type { Finding, LogVerdict } from './findings.ts';
import { sameHash } from './hash.ts';
import type { LogCopy, LeafHashes, SeenEntry } from './log-copy.ts';
import { namePlaces } from './name-places.ts';
import type { EntryPlace } from './name-places.ts';
import type { Verifier } from './note.ts';
import { treeOf } from './tree.ts';
import type { MerkleTree } from './tree.ts';

export function judgeLog(log: LogCopy, verifier: Verifier): LogVerdict {
  const { trusted, findings } = openAll(log.notes, verifier);
  const tree = treeOf(log.entries.map(({ hash }) => hash));
  const covered = trusted.at(-1)?.size ?? 0;
  if (trusted.length === 0 && log.entries.length > 0) {
    findings.push({
      kind: 'checkpointMissing',
      leaf: null,
      key: null,
      message: `No checkpoint of ${verifier.name} was found: nothing says what the log was.`,
    });
  }
  const holds = trusted.every((checkpoint) => isRootOf(tree, checkpoint));
  if (!holds) findings.push(...orUnexplained(explain(log, tree, trusted), covered));
  findings.push(...kept(log.entries, findings));
  if (findings.length === 0) findings.push(...misnumbered(log.entries));
  return {
    ok: findings.length === 0,
    entries: log.entries.length,
    covered: Math.min(covered, log.entries.length),
    checkpoints: trusted.length,
    lastSigned: lastSigned(trusted),
    findings,
  };
}

export function lastSigned(trusted: readonly Checkpoint[]): LogVerdict['lastSigned'] {
  const last = trusted.at(-1);
  return last === undefined ? null : { size: last.size, at: last.signedAt };
}

/** Genuine checkpoints, smallest first, the latest of each size. */
export function openAll(notes: readonly string[], verifier: Verifier): { trusted: Checkpoint[]; findings: Finding[] } {
  const bySize = new Map<number, Checkpoint>();
  const findings: Finding[] = [];
  const refuse = (message: string): void =>
    void findings.push({ kind: 'checkpointInvalid', leaf: null, key: null, message });
  for (const note of notes) {
    const checkpoint = openCheckpoint(note, verifier);
    if (checkpoint === null) {
      refuse(
        `The checkpoint over ${claimedSize(note) ?? 'an unreadable number of'} entries is not signed by ` +
          `${verifier.text}.`,
      );
      continue;
    }
    const twin = bySize.get(checkpoint.size);
    if (twin && !sameHash(twin.root, checkpoint.root))
      refuse(`Two checkpoints over ${checkpoint.size} entries differ: the key signed two stories.`);
    if (twin === undefined || (checkpoint.signedAt ?? '') >= (twin.signedAt ?? ''))
      bySize.set(checkpoint.size, checkpoint);
  }
  return { trusted: [...bySize.values()].sort((a, b) => a.size - b.size), findings };
}

function isRootOf(tree: MerkleTree, { size, root }: Checkpoint): boolean {
  return size <= tree.size && sameHash(tree.root(size), root);
}

function explain(log: LogCopy, tree: MerkleTree, trusted: readonly Checkpoint[]): Finding[] {
  const size = trusted.at(-1)?.size ?? 0;
  const reference = bestReference(log.references, trusted);
  const isProven = log.entries.some(({ provenPlace }) => typeof provenPlace === 'number');
  if (reference.length < size && isProven)
    return namePlaces(
      log.entries.map((entry) => place(entry, entry.provenPlace ?? null)),
      size,
    );
  if (reference.length > 0) {
    const known = new Map(reference.hashes.slice(0, reference.length).map((hash, place) => [hex(hash), place]));
    const findings = namePlaces(
      log.entries.map((entry) => place(entry, known.get(hex(entry.hash)) ?? null)),
      reference.length,
      reference.keys,
    );
    return reference.length === size
      ? findings
      : [...findings, ...narrow(tree, trusted, reference.length), ...shortfall(findings, log.entries.length, size)];
  }
  return [
    ...namePlaces(
      log.entries.map((entry) => place(entry, entry.leaf)),
      size,
    ),
    ...narrow(tree, trusted, 0),
  ];
}

const place = ({ leaf, key }: SeenEntry, trueLeaf: number | null): EntryPlace => ({ leaf, key, trueLeaf });

/** The list of hashes that the most entries are proven by. */
function bestReference(
  references: readonly LeafHashes[],
  trusted: readonly Checkpoint[],
): LeafHashes & { readonly length: number } {
  let best: LeafHashes & { readonly length: number } = { hashes: [], length: 0 };
  for (const reference of references) {
    const tree = treeOf(reference.hashes);
    const length = trusted.findLast((checkpoint) => isRootOf(tree, checkpoint))?.size ?? 0;
    if (length > best.length) best = { ...reference, length };
  }
  return best;
}

/** Between the last checkpoint that holds and the first that does not. */
function narrow(tree: MerkleTree, trusted: readonly Checkpoint[], from: number): Finding[] {
  const broken = trusted.find(
    (checkpoint) => checkpoint.size > from && checkpoint.size <= tree.size && !isRootOf(tree, checkpoint),
  );
  if (broken === undefined) return [];
  const good = trusted.findLast((checkpoint) => checkpoint.size < broken.size && isRootOf(tree, checkpoint))?.size ?? 0;
  return [
    {
      kind: 'rewritten',
      leaf: Math.max(good, from),
      toLeaf: broken.size - 1,
      key: null,
      message:
        `Among the entries ${Math.max(good, from)} to ${broken.size - 1} something differs from what was signed ` +
        `over ${broken.size} entries. ` +
        "A checkpoint file with its .leaves, or the SIEM's copy, tells which.",
    },
  ];
}

/** Fewer entries than were signed, beyond those already told. */
function shortfall(findings: readonly Finding[], entries: number, size: number): Finding[] {
  const told = (kind: Finding['kind']): number => findings.filter((finding) => finding.kind === kind).length;
  const end = entries + told('removed') - told('inserted');
  if (end >= size || told('cutOff') > 0) return [];
  return [
    {
      kind: 'cutOff',
      leaf: end,
      toLeaf: size - 1,
      key: null,
      message: `Entries ${end} to ${size - 1} of ${size} signed ones were cut off the end.`,
    },
  ];
}

/** What does not hold is never passed over, even when nothing could be named. */
function orUnexplained(findings: Finding[], size: number): Finding[] {
  if (findings.length > 0) return findings;
  return [
    {
      kind: 'rewritten',
      leaf: 0,
      toLeaf: size - 1,
      key: null,
      message: `The first ${size} entries are not those that were signed.`,
    },
  ];
}

/** A hash kept beside a line that is not the line's. */
function kept(entries: readonly SeenEntry[], findings: readonly Finding[]): Finding[] {
  const told = new Set(findings.map(({ leaf }) => leaf));
  return entries
    .filter(({ leaf, hash, recorded }) => recorded !== null && !sameHash(recorded, hash) && !told.has(leaf))
    .map(({ leaf, key }) => ({
      kind: 'hashDiffers',
      leaf,
      key,
      message: `${named(leaf, key)}: the hash that was kept of it is not that of its line; one of the two was changed.`,
    }));
}

function misnumbered(entries: readonly SeenEntry[]): Finding[] {
  return entries.flatMap(({ leaf, key }, index): Finding[] =>
    leaf === index
      ? []
      : [
          {
            kind: 'misnumbered',
            leaf,
            key,
            message: `${named(leaf, key)} stands at place ${index}: its number was changed.`,
          },
        ],
  );
}

function hex(hash: Uint8Array): string {
  return Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).toString('latin1');
}
