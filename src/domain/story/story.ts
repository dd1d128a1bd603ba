/** All that is told of one rollout. */
import type { JudgeReport } from '../judge/types.ts';
import type { CardVersion, Guardrail } from '../plan/plan.ts';
import type { RegisteredVersion } from '../registry/question.ts';
import type { KeptForecast } from '../forecast/start-forecast.ts';
import type { Course } from './course.ts';
import type { StoryEntry } from './entry.ts';
import type { SentMessage } from './sent-message.ts';
import type { StepCame } from './steps-came.ts';

export interface Story {
  readonly kind: 'report';
  /** As the registry has it. */
  readonly rollout: RegisteredVersion;
  /** Of the audit log, oldest first. */
  readonly entries: readonly StoryEntry[];
  /** Of the plan, as far as the log tells what became of them; empty where there is no plan. */
  readonly steps: readonly StepCame[];
  /** Null: none was made when it was started. */
  readonly forecast: KeptForecast | null;
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
