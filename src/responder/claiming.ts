/** Whose a suggestion is. A store that is away, or does not come back with an answer, holds up nobody's text. */
import { claimAnswer, renewClaim } from '../store/copilot-answers.ts';
import type { CopilotRow } from '../store/copilot.ts';
import type { Database } from '../store/database.ts';
import { within } from '../store/within.ts';
import type { Choice } from './choice.ts';
import type { ResponderState } from './state.ts';

export type Claim =
  /** `versionId`: what it is ours with; null: no card. */
  | { readonly is: 'ours'; readonly versionId: string | null }
  | { readonly is: 'withheld'; readonly choice: Choice }
  /** The store did not say. */
  | { readonly is: 'unknown' | 'of another' };

export interface ClaimingParts {
  readonly db: Database;
  readonly state: Pick<ResponderState, 'id' | 'hasStore'>;
  readonly onTrouble: (error: unknown) => void;
}

export interface Claiming {
  readonly suggestionId: string;
  readonly action: string;
  readonly choose: (row: CopilotRow) => Choice;
  /** The claim was made, be it too late for its text. */
  readonly onOurs: () => void;
}

/** A store that takes longer is taken for one that is away. */
export const STORE_MS = 1_000;
const LATE = `A claim took longer than ${STORE_MS} ms.`;

export async function claimed({ db, state, onTrouble }: ClaimingParts, claiming: Claiming): Promise<Claim> {
  if (!state.hasStore()) return { is: 'unknown' };
  const { suggestionId, action, onOurs } = claiming;
  const chosen: Choice[] = [];
  const choose = (row: CopilotRow): string | null => {
    const choice = claiming.choose(row);
    chosen.push(choice);
    return choice.version?.id ?? null;
  };
  const answer = claimAnswer(db, { suggestionId, action, responderId: state.id, choose });
  void answer.then(
    (made) => {
      if (made !== null) onOurs();
    },
    () => undefined,
  );
  try {
    const made = await within(STORE_MS, answer, LATE);
    if (made !== null) return { is: 'ours', versionId: made.versionId };
  } catch (error) {
    onTrouble(error);
    return { is: 'unknown' };
  }
  const choice = chosen.at(-1);
  return choice?.version === null ? { is: 'withheld', choice } : { is: 'of another' };
}

/** What was claimed with `versionId` a while ago, so that another may have taken it over since. */
export async function renewed(
  { db, state, onTrouble }: ClaimingParts,
  suggestionId: string,
  versionId: string | null,
): Promise<Claim> {
  if (!state.hasStore()) return { is: 'unknown' };
  try {
    const isOurs = await within(STORE_MS, renewClaim(db, { suggestionId, responderId: state.id }), LATE);
    return isOurs ? { is: 'ours', versionId } : { is: 'of another' };
  } catch (error) {
    onTrouble(error);
    return { is: 'unknown' };
  }
}
