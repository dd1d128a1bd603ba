/** The log as the database has it: lines, rows, and the hashes of the tree beside them. */
import { auditFields, auditLine, AUDIT_FIELDS, canonicalJson, parseLine } from '../store/audit-line.ts';
import { listCheckpoints, readLevel, readLoggedRows } from '../store/audit-log.ts';
import type { LoggedRow } from '../store/audit-log.ts';
import type { Queryable } from '../store/database.ts';
import { named } from './findings.ts';
import type { Finding } from './findings.ts';
import { leafHash, sameHash } from './hash.ts';
import { keyTaken } from './key-taken.ts';
import type { LogCopy, SeenEntry } from './log-copy.ts';
import { treeOf } from './tree.ts';

export interface DatabaseCopy extends LogCopy {
  /** What only the database can show: rows that differ from their lines, inner hashes that differ from their leaves. */
  readonly findings: readonly Finding[];
}

const BATCH = 2000;

export async function copyOfDatabase(db: Queryable): Promise<DatabaseCopy> {
  const entries: SeenEntry[] = [];
  const findings: Finding[] = [];
  for await (const row of allRows(db)) {
    entries.push({ leaf: row.leaf, key: row.key, hash: leafHash(row.line), recorded: row.hash });
    findings.push(...differing(row), ...keyTaken(row.leaf, row.line));
  }
  const hashes = await levelHashes(db, 0);
  findings.push(...(await wrongNodes(db, hashes)));
  return { entries, findings, notes: (await listCheckpoints(db)).map(({ note }) => note), references: [{ hashes }] };
}

async function* allRows(db: Queryable): AsyncGenerator<LoggedRow> {
  for (let from = 0; ;) {
    const rows = await readLoggedRows(db, from, BATCH);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined) return;
    from = last.leaf + 1;
  }
}

/** Compared by value, not by text: the line of an entry from before the tree was written by the database. */
function differing({ leaf, key, line, row }: LoggedRow): Finding[] {
  if (auditLine(row) === line) return [];
  const told = parseLine(line);
  if (told === null) return [{ kind: 'unreadable', leaf, key, message: `${named(leaf, key)}: its line is not JSON.` }];
  const shown = auditFields(row);
  const fields = AUDIT_FIELDS.filter(
    (field) => canonicalJson(shown[field] ?? null) !== canonicalJson(told[field] ?? null),
  );
  if (fields.length === 0) return [];
  const differences = fields.map(
    (field) => `${field} is ${brief(shown[field])} in the row and ${brief(told[field])} in the line`,
  );
  return [{ kind: 'rowDiffers', leaf, key, message: `${named(leaf, key)}: ${differences.join('; ')}.` }];
}

function brief(value: unknown): string {
  const text = canonicalJson(value ?? null);
  return text.length <= 80 ? text : `${text.slice(0, 77)}…`;
}

async function levelHashes(db: Queryable, level: number): Promise<Uint8Array[]> {
  const hashes: Uint8Array[] = [];
  for (;;) {
    const nodes = await readLevel(db, level, hashes.length, BATCH * 5);
    for (const { index, hash } of nodes) {
      if (index !== hashes.length) return hashes;
      hashes.push(hash);
    }
    if (nodes.length === 0) return hashes;
  }
}

/** Proofs are made from the inner hashes, so these must be those of the leaves under them. */
async function wrongNodes(db: Queryable, leaves: readonly Uint8Array[]): Promise<Finding[]> {
  const tree = treeOf(leaves);
  const findings: Finding[] = [];
  for (let level = 1; 2 ** level <= leaves.length; level += 1) {
    const stored = await levelHashes(db, level);
    const expected = Math.floor(leaves.length / 2 ** level);
    for (let index = 0; index < Math.max(expected, stored.length); index += 1) {
      const hash = stored[index];
      if (hash !== undefined && index < expected && sameHash(hash, tree.node(level, index))) continue;
      const [leaf, toLeaf] = [index * 2 ** level, (index + 1) * 2 ** level - 1];
      findings.push({
        kind: 'hashDiffers',
        leaf,
        toLeaf,
        key: null,
        message: `The tree's hash over the entries ${leaf} to ${toLeaf} is not that of their hashes.`,
      });
    }
  }
  return findings;
}
