/** What the guardian's workflows ask of the world. Each may run twice. */
import type { ActProof } from '../activities/types.ts';
import type { Recovery } from '../domain/guardian/recovery.ts';

/** `restore`: the baseline comes back when nobody watches. `alarm`: it is only said. `off`: nobody looks. */
export type GuardianMode = 'restore' | 'alarm' | 'off';

/** Whoever asked may not: nothing was looked at. */
export interface RefusedRecovery {
  readonly kind: 'refused';
  readonly why: string;
}

export interface RecordInput {
  readonly action: string;
  readonly by: string;
  readonly reason: string;
  readonly recovery: Recovery | RefusedRecovery;
  /** How it is known who asked; absent: the guardian did. */
  readonly proof?: ActProof;
  /** Of the recovery's own run: one entry however often it is sent. */
  readonly key: string;
}
