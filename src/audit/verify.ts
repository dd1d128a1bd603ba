/**
 * Verifies the log where it lives, or an export of it; the checkpoints of the operator's own file count in both cases.
 */
import type { Queryable } from '../store/database.ts';
import type { CheckpointCopy } from './siem-copy.ts';
import { copyOfDatabase } from './database-copy.ts';
import { named } from './findings.ts';
import type { Finding, LogVerdict } from './findings.ts';
import { judgeLog, lastSigned, openAll } from './judge-log.ts';
import type { LogCopy, LeafHashes } from './log-copy.ts';
import type { Verifier } from './note.ts';
import { differingOutcomes } from './outcomes.ts';
import { readExport } from './read-export.ts';
import type { ExportCopy } from './read-export.ts';

export interface Trust {
  readonly verifier: Verifier;
  /** What was kept outside the database. */
  readonly kept?: CheckpointCopy;
}

export async function verifyDatabase(db: Queryable, trust: Trust): Promise<LogVerdict> {
  const copy = await copyOfDatabase(db);
  return merge(judgeLog(withKept(copy, trust), trust.verifier), [...copy.findings, ...(await differingOutcomes(db))]);
}

export async function verifyExport(file: string, trust: Trust): Promise<LogVerdict> {
  const copy = await readExport(file);
  const log = withKept(copy, trust);
  const last = openAll(log.notes, trust.verifier).trusted.at(-1);
  if (copy.head.rolloutId !== null) return judgeSelection(await readExport(file, last), trust);
  const verdict = merge(judgeLog(log, trust.verifier), [...copy.findings, ...lengthOf(copy)]);
  if (verdict.ok || last === undefined) return verdict;
  const proven = await readExport(file, openAll(copy.notes, trust.verifier).trusted.at(-1) ?? last);
  return merge(judgeLog(withKept(proven, trust), trust.verifier), [...copy.findings, ...lengthOf(copy)]);
}

function withKept(copy: LogCopy, { kept }: Trust): LogCopy {
  if (kept === undefined) return copy;
  const outside: LeafHashes = { hashes: kept.leaves.map(({ hash }) => hash), keys: kept.leaves.map(({ key }) => key) };
  return { ...copy, notes: [...copy.notes, ...kept.notes], references: [outside, ...copy.references] };
}

/** Each by its own proof; that none was left out cannot be seen in a selection. */
function judgeSelection(copy: ExportCopy, { verifier }: Trust): LogVerdict {
  const { trusted, findings } = openAll(copy.notes, verifier);
  const unproven = copy.entries.filter(({ leaf, provenPlace }) => provenPlace !== leaf);
  const wrong = unproven.map(({ leaf, key }): Finding => ({
    kind: 'edited',
    leaf,
    key,
    message:
      `${named(leaf, key)} is not proven to be entry ${leaf} of the signed log: it was edited, moved or invented, ` +
      'or no checkpoint covers it yet.',
  }));
  const all = [...copy.findings, ...findings, ...wrong];
  return {
    ok: all.length === 0,
    entries: copy.entries.length,
    covered: copy.entries.length - unproven.length,
    checkpoints: trusted.length,
    lastSigned: lastSigned(trusted),
    findings: all,
  };
}

/** The head says how many entries the log had; what no checkpoint covers yet is missed by this alone. */
function lengthOf({ head, entries }: ExportCopy): Finding[] {
  if (entries.length === head.size) return [];
  return [
    {
      kind: entries.length < head.size ? 'removed' : 'inserted',
      leaf: null,
      key: null,
      message: `The export was written with ${head.size} entries and holds ${entries.length}.`,
    },
  ];
}

function merge(verdict: LogVerdict, more: readonly Finding[]): LogVerdict {
  const findings = [...more, ...verdict.findings];
  return { ...verdict, ok: findings.length === 0, findings };
}
