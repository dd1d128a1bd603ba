/** What the registry keeps of a rollout, beside its plan: enough to show it, and to go back to what it has proven. */
import type { JudgeReport } from '../judge/types.ts';
import type { Deployment } from '../rollout/deployment.ts';
import type { SafetyProof } from '../rollout/status.ts';

/** Of a run that went back to a version that was proven before. */
export interface Undo {
  /** Null: to no card. */
  readonly to: string | null;
  /** Null: it was refused. */
  readonly proof: VersionProof | null;
}

/** Why a version may be gone back to. */
export interface VersionProof {
  /** `promoted`: with every guardrail safe. `baseline`: it served until another version was promoted beside it. */
  readonly how: 'promoted' | 'baseline';
  /** Of the rollout that proved it. */
  readonly rolloutId: string;
  /** ISO instant. */
  readonly at: string;
  /** Cards of that version which the judge saw. */
  readonly cards: number;
}

export interface RegistryEntry {
  readonly rolloutId: string;
  readonly action: string;
  readonly version: string;
  readonly startedBy: string;
  /** How it is known who started it; null: claimed. */
  readonly verifiedBy: string | null;
  /** ISO instants. */
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly phase: string;
  /** Null while it runs, and of one that ended without an end of its own (terminated, failed). */
  readonly outcome: string | null;
  readonly reason: string;
  readonly contentSha256: string | null;
  readonly report: JudgeReport | null;
  readonly safety: SafetyProof | null;
  readonly deployment: Deployment | null;
  readonly undo: Undo | null;
}
