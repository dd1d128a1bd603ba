/** What the guardian sees of organisation, Temporal and store, in plain values. */
import type { TargetKind } from '../plan/target-schema.ts';
import type { SeenVersion } from '../split/seen-version.ts';

/** A version that was made to serve, as a listing shows it: what it holds is the rollout's own matter. */
export type SeenServing = Omit<SeenVersion, 'fingerprint' | 'changedBy'>;

export type RunState =
  | 'running'
  | 'paused'
  | 'completed'
  | 'failed'
  | 'cancelled'
  | 'terminated'
  | 'timedOut'
  | 'continuedAsNew';

/** One run of a rollout as the Temporal server knows it; instants in ms since the epoch. */
export interface SeenRun {
  readonly runId: string;
  readonly state: RunState;
  readonly version: string | null;
  /** As it published them itself; of a dead run, what it was doing last. */
  readonly phase: string | null;
  readonly outcome: string | null;
  readonly startedAtMs: number;
  readonly closedAtMs: number | null;
  /** As Temporal has it, clean and short; absent: it was not terminated, or that cannot be read. */
  readonly terminated?: Terminated;
  /** Its workflow task fails, or its worker never finishes it: nothing that reaches it has any effect. */
  readonly frozen: SeenFrozen | null;
  readonly watch: SeenWatch | null;
  /** The queue that it waits on, where that is none of ours: no worker of ours ever takes a task of it. */
  readonly strayQueue?: string;
  /** An activity of its way back that is paused in Temporal. */
  readonly pausedBack?: { readonly activity: string; readonly sinceMs: number };
  /** Which it stays on; absent: it goes on by whichever is current. */
  readonly build?: string;
}

export interface SeenFrozen {
  readonly sinceMs: number;
  readonly failure: string;
  /** The event of the last task that was done, where its code does not do it again; absent: it must not be done anew. */
  readonly resetTo?: string;
  /** Its code does not do again what its history says: no attempt ever gets further. */
  readonly isForGood?: true;
}

export interface Terminated {
  /** What the client called itself: nobody has verified it. */
  readonly by: string;
  readonly reason: string;
}

/** The `watch` activity that is pending, or the `longWatch`. */
export interface SeenWatch {
  /** A watch saves the judge's state all the time; one after promotion only what cards it has taken. */
  readonly kind: 'watch' | 'longWatch';
  readonly paused: boolean;
  readonly pausedAtMs: number | null;
  readonly scheduledAtMs: number;
  /**
   * When it was last heard of: its heartbeat, else the last start, else when it was scheduled; 0: it fails again and
   * again before it ever beats.
   */
  readonly heardAtMs: number;
  readonly attempt: number;
  /** Why the attempt before failed. */
  readonly failure: string | null;
}

/** A rollout that the store holds for open. */
export interface OpenRow {
  readonly rolloutId: string;
  readonly workflowId: string;
  readonly action: string;
  readonly version: string;
}

export interface Seen {
  readonly nowMs: number;
  readonly versions: readonly SeenServing[];
  /** The newest run of each action that was looked at; null: Temporal knows none. */
  readonly runs: ReadonlyMap<string, SeenRun | null>;
  readonly rows: readonly OpenRow[];
  /** The very run of a row, where it is not the newest; null: Temporal does not know it. */
  readonly rowRuns: ReadonlyMap<string, SeenRun | null>;
  /** When the judge's state of a run was last saved, ms since the epoch. */
  readonly judgedAtMs: ReadonlyMap<string, number>;
  /** When each living run ended by its record, null: it has not; absent: it has none. Null: the store is away. */
  readonly endedAtMs: ReadonlyMap<string, number | null> | null;
  /** Of the targets on which a rollout lives: why no events come, in one sentence. */
  readonly eventTroubles: readonly EventTroubleSeen[];
  /** The running waves, by name; null: they have ended meanwhile. */
  readonly waves: ReadonlyMap<string, Pick<SeenRun, 'runId' | 'state' | 'build' | 'frozen'> | null>;
  /** Builds that runs are on and nobody runs; each with the one by which they can go on, or null. */
  readonly lostBuilds: ReadonlyMap<string, string | null>;
  /** What would not be looked at: `versions` of a target, which are not among those above, or whether its `events` come. */
  readonly unseen: readonly Unseen[];
}

export interface Unseen {
  readonly what: 'versions' | 'events';
  readonly target: TargetKind;
  /** Where the others of the target could be looked at. */
  readonly actions?: readonly string[] | undefined;
  readonly why: string;
}

export interface EventTroubleSeen {
  readonly target: TargetKind;
  readonly kind: 'missing' | 'changed';
  readonly message: string;
}

export interface GuardianRules {
  /** A run that began moments ago is left alone. */
  readonly freshMs: number;
  /** A workflow task that fails for less than this may be a deployment that is being put right. */
  readonly frozenMs: number;
  /** A watch without a sign of life. */
  readonly silentMs: number;
  /** A watch whose judge has saved nothing. */
  readonly unjudgedMs: number;
  /** So old may a listing be by which all is well; absent: whoever asks is of an earlier release, and none. */
  readonly sharedMs?: number;
}

export const GUARDIAN_RULES: GuardianRules = {
  freshMs: 10_000,
  frozenMs: 60_000,
  silentMs: 60_000,
  unjudgedMs: 120_000,
  // With the ten seconds of the watches it is more than half of the time between their looks: one listing does for both.
  sharedMs: 15_000,
};

/** What a rollout puts before agents, or takes from them: it must not go on with nobody watching. */
export function isUnderTrial(version: SeenServing): boolean {
  return (version.group === 'candidate' && serves(version)) || isRetiring(version) || version.halfBack !== undefined;
}

/** Some conversations see no card instead of it. */
export function isRetiring({ group, enabled, standsAlone, splitPercent }: SeenServing): boolean {
  return group === 'control' && enabled && standsAlone && splitPercent < 100;
}

/** Can anybody see it? */
export function serves({ enabled, splitPercent }: SeenServing): boolean {
  return enabled && splitPercent > 0;
}

const STATES: Readonly<Record<string, RunState>> = {
  RUNNING: 'running',
  PAUSED: 'paused',
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timedOut',
  CONTINUED_AS_NEW: 'continuedAsNew',
};

/** As the client names it. A state of a later server counts as running: what is not understood is not acted upon. */
export function stateNamed(name: string): RunState {
  return STATES[name] ?? 'running';
}
