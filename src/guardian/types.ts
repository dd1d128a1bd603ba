/** What the guardian's workflows ask of the world. Each may run twice. */
import type { GuardianFinding } from '../domain/guardian/findings.ts';
import type { Recovery } from '../domain/guardian/recovery.ts';
import type { GuardianRules } from '../domain/guardian/seen.ts';

/** `restore`: the baseline comes back when nobody watches. `alarm`: it is only said. `off`: nobody looks. */
export type GuardianMode = 'restore' | 'alarm' | 'off';

export interface RestoreInput {
  readonly action: string;
}

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
  guardianLook(input: { readonly rules: GuardianRules }): Promise<readonly GuardianFinding[]>;
  /** All but `restore`: signals, ends rows, repairs the export; says each in log and audit, once. */
  guardianAct(input: { readonly finding: GuardianFinding }): Promise<void>;
  /** Tried until the organisation shows it. */
  restoreBaseline(input: RestoreInput): Promise<Recovery>;
  recordRecovery(input: RecordInput): Promise<void>;
}
