/** What Agent Copilot did in one conversation: kept beside it, for the API, for analytics and as the truth for tests. */
export type SuggestionType =
  | 'KnowledgeArticle'
  | 'KnowledgeSearch'
  | 'CannedResponse'
  | 'Script'
  | 'ThirdPartySuggestion';
export type TriggerType = 'Fallback' | 'ConversationStart' | 'ConversationEnd' | 'Intent';
export type SuggestionState = 'Suggested' | 'Accepted' | 'Dismissed' | 'Failed' | 'Rated';
export type EngagementType = 'Dismissed' | 'Copied' | 'Opened' | 'Feedback';

export interface ThirdPartyText {
  readonly text?: string | undefined;
  readonly title?: string | undefined;
  readonly sources?: readonly { readonly name?: string | undefined; readonly url?: string | undefined }[] | undefined;
}

export interface Engagement {
  readonly engagementType: EngagementType;
  readonly feedback?: { readonly rating: 'Negative' | 'Positive' } | undefined;
}

/** An intent that was recognised in an utterance. */
export interface RecognisedIntent {
  readonly id: string;
  readonly name: string;
  readonly confidence: number;
}

/** Where and why a suggestion was raised. */
export interface SuggestionContext {
  readonly conversationId: string;
  readonly assistantId: string;
  readonly queueId: string;
  readonly userId: string;
  readonly mediaType: 'voice' | 'message';
  readonly language: string;
  readonly triggerType: TriggerType;
  readonly said?: { readonly id: string; readonly text: string; readonly intent?: RecognisedIntent };
}

/** One event that was told of a suggestion. */
export interface SuggestionMove {
  readonly atMs: number;
  readonly state: SuggestionState;
  readonly engagement?: Engagement;
}

export interface Suggestion {
  readonly id: string;
  readonly type: SuggestionType;
  readonly createdMs: number;
  readonly context: SuggestionContext;
  /** Which response, article or script; of a third party's text only that it is one. */
  readonly subjectId: string;
  readonly moves: SuggestionMove[];
  text?: ThirdPartyText;
  textMs?: number;
}

export interface ConversationOutcome {
  readonly talkMs: number;
  readonly acwMs: number;
  readonly handleMs: number;
  readonly transferred: boolean;
  /** When the agent was done with it. */
  readonly atMs: number;
}

export interface CopilotRecord {
  /** Those that served it, the latest last; undefined: none. */
  readonly assistants: { readonly assistantId: string | undefined; readonly fromMs: number }[];
  readonly suggestions: Suggestion[];
  /** What was shown, by the words that models have for it, the latest last. */
  readonly shown: string[];
  outcome?: ConversationOutcome;
}

/** The one that serves the conversation, or served it last. */
export function assistantOf(record: CopilotRecord | undefined): string | undefined {
  return record?.assistants.at(-1)?.assistantId;
}

export function stateOf({ moves }: Suggestion): SuggestionState {
  return moves.at(-1)?.state ?? 'Suggested';
}
