/** Which text a suggestion gets, and whether that is a card of its conversation's arm. */
import type { VersionRef } from '../domain/rollout/deployment.ts';
import { certainText, servedText } from '../domain/split/served-text.ts';
import type { CopilotRow } from '../store/copilot.ts';

/** `version` null: none is shown. */
export interface Choice {
  readonly version: VersionRef | null;
  /** It is a card of the arm that the conversation has. */
  readonly isCounted: boolean;
}

export interface Asking {
  readonly conversationId: string;
  /** In time, and under the lease. Else it is no card, in either arm: both give the same, and neither is judged by it. */
  readonly isSure: boolean;
}

export function choiceOf(row: CopilotRow, { conversationId, isSure }: Asking): Choice {
  return { version: isSure ? servedText(row, conversationId) : certainText(row), isCounted: isSure };
}

/**
 * The claimed version, or what has become the one to show since: one that was taken out meanwhile is not shown, nor a
 * candidate that was not claimed, for the claim may know of a later split than the row. `claimed` null: there is none.
 */
export function choiceAfterClaim(row: CopilotRow | undefined, claimed: string | null, asking: Asking): Choice {
  if (row === undefined) return { version: null, isCounted: false };
  if (claimed === null) return { version: certainText(row), isCounted: false };
  const choice = choiceOf(row, asking);
  const isUnclaimed = choice.version?.id !== claimed && choice.version?.id === row.deployment.candidate?.id;
  return choice.version !== null && isUnclaimed ? { ...choice, version: certainText(row) } : choice;
}
