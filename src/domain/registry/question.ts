/** What the registry can be asked, and what it answers: no more than fits into a message of Temporal. */
import { actionProblem, parseVersion } from '../plan/identity.ts';
import type { Plan } from '../plan/plan.ts';
import type { RegistryEntry, VersionProof } from './entry.ts';
import type { Verdict } from '../judge/types.ts';

export type RegistryQuestion =
  /** Every rollout of an action, newest first. */
  | { readonly kind: 'history'; readonly action: string; readonly limit: number }
  /** The newest rollout of a version, or of the action where no version is named. */
  | { readonly kind: 'version'; readonly action: string; readonly version: string | null }
  | AuditQuestion;

/** The newest entries of the audit log that fit, oldest of them first. Null: any. */
export interface AuditQuestion {
  readonly kind: 'audit';
  /** Id of a rollout, or name of an action. */
  readonly of: string | null;
  readonly actor: string | null;
  /** ISO instants. */
  readonly since: string | null;
  readonly until: string | null;
  /** Number of an entry: those before it; absent: any. */
  readonly before?: number | null;
  readonly limit: number;
}

/** A rollout of the action, in a line. */
export interface HistoryRow extends Omit<RegistryEntry, 'report' | 'safety' | 'deployment'> {
  readonly baselineVersion: string | null;
  /** As its plan says it; null: it says nothing. */
  readonly description: string | null;
  readonly verdict: Verdict | null;
  readonly cards: { readonly baseline: number; readonly candidate: number } | null;
  /** What proves that very version, if anything does; of an undo: what proved the one that it went back to. */
  readonly proof: VersionProof | null;
}

export interface RegisteredAct {
  /** ISO instant. */
  readonly at: string;
  readonly actor: string;
  /** How it is known who acted; null: claimed; absent: no person did. */
  readonly verifiedBy?: string | null;
  readonly act: string;
  readonly reason: string;
}

export interface RegisteredVersion extends RegistryEntry {
  /** Null: the rollout was started before there was a registry. */
  readonly plan: Plan | null;
  /** What people did to it, and what they were refused (`refused`), oldest first. */
  readonly acts: readonly RegisteredAct[];
  readonly proof: VersionProof | null;
}

export type RegistryAnswer =
  | { readonly kind: 'history'; readonly rows: readonly HistoryRow[] }
  | { readonly kind: 'version'; readonly found: RegisteredVersion }
  | AuditAnswer
  /** `versions`: those of the action that there are, newest first. */
  | { readonly kind: 'unknown'; readonly versions: readonly string[] };

/** `size`: of the whole log. */
export interface AuditAnswer {
  readonly kind: 'audit';
  readonly lines: readonly { readonly leaf: number; readonly line: string }[];
  readonly size: number;
}

export const MAX_HISTORY = 200;

/** Null: it is no question. */
export function parseQuestion(given: unknown): RegistryQuestion | null {
  if (typeof given !== 'object' || given === null) return null;
  const { kind, action, limit, version } = given as Readonly<Record<string, unknown>>;
  if (kind === 'audit') return parseAudit(given as Readonly<Record<string, unknown>>);
  if (typeof action !== 'string' || actionProblem(action) !== null) return null;
  if (kind === 'history' && typeof limit === 'number' && limit >= 1 && limit <= MAX_HISTORY)
    return { kind, action, limit: Math.floor(limit) };
  if (kind === 'version' && (version === null || isVersion(version))) return { kind, action, version };
  return null;
}

function parseAudit({
  of,
  actor,
  since,
  until,
  before = null,
  limit,
}: Readonly<Record<string, unknown>>): AuditQuestion | null {
  // A database knows no text with a NUL in it, and takes none to look for.
  const isText = (value: unknown): value is string | null =>
    value === null || (typeof value === 'string' && !value.includes('\0'));
  const isPlace = (value: unknown): value is number | null =>
    value === null || (Number.isSafeInteger(value) && (value as number) >= 0);
  const isInstant = (value: unknown): value is string | null =>
    isText(value) && (value === null || Number.isFinite(Date.parse(value)));
  if (!isText(of) || !isText(actor) || !isInstant(since) || !isInstant(until)) return null;
  if (!isPlace(before) || typeof limit !== 'number' || !(limit >= 1 && limit <= MAX_HISTORY)) return null;
  return { kind: 'audit', of, actor, since, until, before, limit: Math.floor(limit) };
}

/** What is asked, in a few words. */
export function questionText(question: RegistryQuestion): string {
  return `${question.kind} of ${(question.kind === 'audit' ? question.of : question.action) ?? 'everything'}`;
}

/** What the registry knows to be none, the store need not be asked for. */
function isVersion(value: unknown): value is string {
  return typeof value === 'string' && typeof parseVersion(value) === 'string';
}
