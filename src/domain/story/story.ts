/** All that is told of one rollout. */
import type { JudgeReport } from '../judge/types.ts';
import type { CardVersion, Guardrail } from '../plan/plan.ts';
import type { RegisteredVersion } from '../registry/question.ts';
import type { Course } from './course.ts';
import type { SentMessage } from './sent-message.ts';

export interface StoryEntry {
  /** ISO instant. */
  readonly at: string;
  readonly actor: string;
  readonly act: string;
  readonly reason: string;
  /** In force after it, 0..100; absent: it does not say. */
  readonly splitPercent?: number;
}

export interface Story {
  readonly kind: 'report';
  /** As the registry has it. */
  readonly rollout: RegisteredVersion;
  /** Of the audit log, oldest first. */
  readonly entries: readonly StoryEntry[];
  /** Null where nothing was judged, or retention has deleted it. */
  readonly judged: Judged | null;
  /** That people were told of it, oldest first; null: this is not known here, but in the store alone. */
  readonly messages: readonly SentMessage[] | null;
  /** The card that it was held against; null where there was none, or the registry does not know it. */
  readonly baselineCard: CardVersion | null;
}

export interface Judged {
  readonly guardrails: readonly Guardrail[];
  readonly report: JudgeReport;
  readonly looks: number;
  /** SHA-256, hex, of the decision record's content. */
  readonly sha256: string;
  /** Null for a record of other rules of the judge. */
  readonly course: Course | null;
}
