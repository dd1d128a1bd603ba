/** What of Agent Copilot no source tells, so that it can be set here. */
export interface CopilotSettings {
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
}

export const COPILOT: CopilotSettings = {
  thirdPartyAttributes: { actionId: 'assist-rollouts' },
  uniqueNames: false,
  firstAssignment: 'AutoAssignment',
  jobMs: 300,
  wrongMode: { status: 409, code: 'request.conflict' },
  deletesWithQueues: false,
};
