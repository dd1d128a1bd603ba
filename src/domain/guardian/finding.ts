/** Something that is wrong, what was seen of it, and what is done about it. */
import type { TargetKind } from '../plan/target-schema.ts';

export type FindingKind =
  | 'unwatched'
  | 'frozen'
  | 'blind'
  | 'setBack'
  | 'otherCandidate'
  | 'foreign'
  | 'lostRun'
  | 'lostBuild'
  | 'export'
  | 'unseen';

/**
 * `restore`: the baseline comes back. `signal`: the run is told. `close`: its row is ended. `repair`: the export is put
 * back. `move`: it goes on by another build. `reset`: its last task is done anew. `free`: what holds the id of the recovery
 * and brings nothing back is ended.
 */
type Remedy = 'restore' | 'signal' | 'close' | 'repair' | 'move' | 'reset' | 'free' | 'alarm';

export interface GuardianFinding {
  readonly kind: FindingKind;
  readonly remedy: Remedy;
  readonly action: string | null;
  /** The rollout that it speaks of, as far as one is known. */
  readonly rolloutId: string | null;
  /** Of that rollout, where Temporal knows it; absent: it does not. */
  readonly workflowId?: string;
  readonly version: string | null;
  /** Of the versions that it names, or of the run that goes on: for the record, which people read seldom. */
  readonly ids?: readonly string[];
  /** Where it is, if it is of one target. */
  readonly target?: TargetKind;
  /** Where it is of waves, and of none of their actions. */
  readonly waves?: { readonly name: string; readonly runId: string };
  /** Of `move`: the build; of `reset`: the event of that task. */
  readonly to?: string;
  /** What was seen. */
  readonly sentence: string;
  readonly wayOut: string;
  /** The same finding of another look has the same key. */
  readonly key: string;
  /** Only what has gone on long enough is acted upon; until then it is looked at again. */
  readonly ripe: boolean;
  /**
   * ms until it is, 0: it is. Given where Temporal itself tells since when it has been so: then one look is enough.
   * Absent: two looks must agree.
   */
  readonly ripeInMs?: number;
  /** Of `close`: how the run ended, and whether agents still see what it put before them. */
  readonly ended?: { readonly phase: string; readonly outcome: string | null };
  readonly isShown?: boolean;
}
