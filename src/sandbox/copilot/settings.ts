import type { Settling } from './aggregates/fact.ts';
import type { UsualHandling } from './handling.ts';

/** What of Agent Copilot no source tells, so that it can be set here. */
export interface CopilotSettings extends UsualHandling, Settling {
  /** Attribute keys of the seeded rule's ThirdPartyAction: on the platform they are not documented. */
  readonly thirdPartyAttributes: Readonly<Record<string, string>>;
  /** Whether a second assistant of the same name is refused. */
  readonly uniqueNames: boolean;
  /** How an assistant comes to the users of a queue that was just given to it. */
  readonly firstAssignment: 'AutoAssignment' | 'ManualAssignment';
  /** From a job of users to its end. */
  readonly jobMs: number;
  /** Answered to a change of single users while their assignment is automatic. */
  readonly wrongMode: { readonly status: number; readonly code: string };
  /** Whether an assistant that still has queues can be deleted; else a 409. */
  readonly deletesWithQueues: boolean;
  /** Whether a queue that was deleted goes on to stand in the listings of assistants. */
  readonly listsDeletedQueues: boolean;
  /** From what was said to what is suggested. */
  readonly suggestionDelayMs: number;
  /** How long a third party may take to answer; then its suggestion has failed. */
  readonly thirdPartyTimeoutMs: number;
  /** Told of a third party's suggestion that has no text yet. */
  readonly thirdPartyFirstState: 'Suggested' | 'Triggered';
  /** Whether a text that was given is told on the topic. */
  readonly patchIsTold: boolean;
  /** What becomes of a second text for the same suggestion. */
  readonly secondPatch: 'refused' | 'replaces';
  /** Whether an assisted conversation without suggestions is an empty listing; else a 404. */
  readonly emptyIsFound: boolean;
  /** Whether a conversation that runs keeps its assistant when its queue is given to another. */
  readonly liveConversationsKeep: boolean;
}

export const COPILOT: CopilotSettings = {
  thirdPartyAttributes: { actionId: 'assist-rollouts' },
  uniqueNames: false,
  firstAssignment: 'AutoAssignment',
  jobMs: 300,
  wrongMode: { status: 409, code: 'request.conflict' },
  deletesWithQueues: false,
  listsDeletedQueues: false,
  suggestionDelayMs: 200,
  thirdPartyTimeoutMs: 5_000,
  thirdPartyFirstState: 'Suggested',
  patchIsTold: true,
  secondPatch: 'refused',
  emptyIsFound: false,
  liveConversationsKeep: true,
  acwMedianMs: 2_000,
  acwSigma: 0.3,
  transferShare: 0.1,
  analyticsDelayMs: 1_000,
  settlesMs: 15_000,
  lateShare: 0.05,
  correctedShare: 0.05,
};
