/** What the guardian's workflows ask of the world. Each may run twice. */
import type { Finding } from '../domain/guardian/findings.ts';
import type { GuardianRules } from '../domain/guardian/seen.ts';

/** `restore`: the baseline comes back when nobody watches. `alarm`: it is only said. `off`: nobody looks. */
export type GuardianMode = 'restore' | 'alarm' | 'off';

export interface RestoreInput {
  readonly action: string;
}

/** What a recovery found and did. */
export type Recovery =
  | {
    /** The organisation shows the baseline alone, read back. */
    readonly kind: 'restored';
    readonly rolloutId: string | null;
    /** Of the run that nobody or nothing watched over: it ends its row; null: it is open still. */
    readonly ended: string | null;
    readonly baseline: string;
    readonly candidates: readonly string[];
    /** Candidates that no rollout made; they were left alone. */
    readonly foreign: readonly string[];
    readonly why: string;
    readonly splitPercent: number;
    /** ISO instant. */
    readonly provenAt: string;
    readonly correlationId: string | null;
  }
  | {
    /** No candidate of a rollout is shown. */
    readonly kind: 'nothing';
    readonly rolloutId: string | null;
    readonly ended: string | null;
    readonly foreign: readonly string[];
    readonly why: string;
  }
  /** A run that can act watches: it is for a person to abort it. */
  | { readonly kind: 'watched'; readonly why: string }
  | { readonly kind: 'needsPerson'; readonly rolloutId: string | null; readonly why: string };

export interface RecordInput {
  readonly action: string;
  readonly by: string;
  readonly reason: string;
  readonly recovery: Recovery;
  /** Of the recovery's own run: one entry however often it is sent. */
  readonly key: string;
}

export interface GuardianActivities {
  /** One look at everything. In mode `off` nothing is ever found. */
  guardianLook(input: { readonly rules: GuardianRules }): Promise<readonly Finding[]>;
  /** All but `restore`: signals, ends rows, repairs the export; says each in log and audit, once. */
  guardianAct(input: { readonly finding: Finding }): Promise<void>;
  /** Tried until the organisation shows it. */
  restoreBaseline(input: RestoreInput): Promise<Recovery>;
  recordRecovery(input: RecordInput): Promise<void>;
}
