/** Who acts, and why: as whoever calls says it, held to what may stand in the audit log. */
import { nameProblem } from '../identity/names.ts';
import { show } from '../plan/problem.ts';

export const MAX_ACTOR_LENGTH = 128;
export const MAX_REASON_LENGTH = 2000;

/**
 * Control and format characters (also those without width or that turn the direction), halves of a pair, and separators
 * of lines.
 */
export const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Letters and marks that are drawn as nothing: fillers, joiners, selectors, and the empty Braille pattern. */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\u2800]/u;

const UNKEPT = /[\0\p{Cs}]/u;

/** What is wrong with the name of who acts (`by`, `startedBy`), with the way out; or null. */
export function actorProblem(by: unknown): string | null {
  const expected = `expected who acts: 1 to ${MAX_ACTOR_LENGTH} printable characters`;
  if (typeof by !== 'string') return `"by" is ${show(by)}; ${expected}.`;
  if (by.trim() === '') return `"by" is empty; ${expected}.`;
  if (by.length > MAX_ACTOR_LENGTH) return `"by" has ${by.length} characters; ${expected}.`;
  if (UNPRINTABLE.test(by) || UNSEEN.test(by)) return `"by" holds a character that cannot be seen; ${expected}.`;
  return nameProblem(by, '"by"');
}

/** What is wrong with the reason of an act, with the way out; or null. */
export function reasonProblem(reason: unknown): string | null {
  const expected = `expected why, in 1 to ${MAX_REASON_LENGTH} characters`;
  if (typeof reason !== 'string') return `"reason" is ${show(reason)}; ${expected}.`;
  if (reason.trim() === '') return `"reason" is empty; ${expected}.`;
  if (reason.length > MAX_REASON_LENGTH) return `"reason" has ${reason.length} characters; ${expected}.`;
  return UNKEPT.test(reason) ? `"reason" holds a character that no store keeps; ${expected}.` : null;
}
