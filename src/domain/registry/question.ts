/** What the registry can be asked, and what it answers: no more than fits into a message of Temporal. */
import type { Plan } from '../plan/plan.ts';
import type { RegistryEntry, VersionProof } from './entry.ts';
import type { Verdict } from '../judge/types.ts';

export type RegistryQuestion =
  /** Every rollout of an action, newest first. */
  | { readonly kind: 'history'; readonly action: string; readonly limit: number }
  /** The newest rollout of a version, or of the action where no version is named. */
  | { readonly kind: 'version'; readonly action: string; readonly version: string | null };

/** A rollout of the action, in a line. */
export interface HistoryRow extends Omit<RegistryEntry, 'report' | 'safety' | 'deployment' | 'contentSha256'> {
  readonly baselineVersion: string | null;
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
  /** `versions`: those of the action that there are, newest first. */
  | { readonly kind: 'unknown'; readonly versions: readonly string[] };

export const MAX_HISTORY = 200;

/** Null: it is no question. */
export function parseQuestion(given: unknown): RegistryQuestion | null {
  if (typeof given !== 'object' || given === null) return null;
  const { kind, action, limit, version } = given as Readonly<Record<string, unknown>>;
  if (typeof action !== 'string' || action === '') return null;
  if (kind === 'history' && typeof limit === 'number' && limit >= 1 && limit <= MAX_HISTORY)
    return { kind, action, limit: Math.floor(limit) };
  if (kind === 'version' && (version === null || typeof version === 'string')) return { kind, action, version };
  return null;
}
