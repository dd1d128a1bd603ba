/** What the guardian's workflows ask of the world. Each may run twice. */
import type { Recovery } from '../domain/guardian/recovery.ts';

/** `restore`: the baseline comes back when nobody watches. `alarm`: it is only said. `off`: nobody looks. */
export type GuardianMode = 'restore' | 'alarm' | 'off';

export interface RecordInput {
  readonly action: string;
  readonly by: string;
  readonly reason: string;
  readonly recovery: Recovery;
  /** Of the recovery's own run: one entry however often it is sent. */
  readonly key: string;
}
