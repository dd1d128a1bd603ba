import type { TargetKind } from '../plan/target-schema.ts';
import type { Audience } from './audience.ts';
import type { Fingerprint } from './fingerprint.ts';
import type { Group } from './bucket.ts';

/** One version of an action as a listing of the organisation shows it. */
export interface SeenVersion {
  readonly target: TargetKind;
  readonly id: string;
  readonly actionName: string;
  readonly version: string;
  readonly group: Group;
  readonly enabled: boolean;
  readonly splitPercent: number;
  /** Whom its share is of; absent or null: everybody. */
  readonly of?: Audience | null;
  readonly fingerprint: Fingerprint;
  /** A rollout holds it against no card: its first version, or one that is being retired. */
  readonly standsAlone: boolean;
  /** The rollout that made it; null for one made otherwise. */
  readonly rolloutId: string | null;
  /** ISO instant and name or id, where the organisation tells. */
  readonly changedAt: string | null;
  readonly changedBy: string | null;
  /** Those are of its content alone: nobody tells who last changed whom it serves. */
  readonly changedContent?: true;
  /**
   * Why it is not over although nobody has it any more, in one sentence: it was before somebody, and its way back was not
   * written to the end. Only where the target keeps a record of that.
   */
  readonly halfBack?: string;
  /** Of a candidate: no split that could be written puts it right. Absent: nothing is astray. */
  readonly astray?: StrayedFrom;
  /** Where a version is several documents: ids of those that are not there any more. Absent: it is whole. */
  readonly missing?: readonly string[];
  /** As the deployment has it, where the target has one: whoever has no plan brings the baseline back by it. */
  readonly handle?: unknown;
}

/** What another hand did to where a rollout gives its versions. */
export interface StrayedFrom {
  /** In one sentence. */
  readonly message: string;
  /** Each by itself: a person accepts them as they were shown. */
  readonly rivals: readonly string[];
  /** Everybody has the candidate there: no trouble where everybody shall. */
  readonly allHaveIt?: true;
}
