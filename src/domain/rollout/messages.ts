/** What arrives by signal or update comes from anybody: it is parsed, and what does not parse is nothing. */
import { MAX_REASON_LENGTH } from './actor.ts';

export interface GivenAct {
  readonly name?: unknown;
  /** The same for whatever carries the same act. */
  readonly id?: unknown;
  readonly by?: unknown;
  readonly reason?: unknown;
  readonly expiresAt?: unknown;
  readonly signature?: unknown;
  /** Of an override: until when, ISO instant; and what of. */
  readonly until?: unknown;
  readonly guardrail?: unknown;
  readonly approvals?: unknown;
  readonly window?: unknown;
  /** What it is about: the pause and the step, by their numbers. */
  readonly pause?: unknown;
  readonly step?: unknown;
}

export function parseAct(given: unknown): GivenAct {
  if (typeof given !== 'object' || given === null) return {};
  const { name, id, by, reason, expiresAt, signature, until, guardrail, approvals, window, pause, step } =
    given as GivenAct;
  return { name, id, by, reason, expiresAt, signature, until, guardrail, approvals, window, pause, step };
}

/**
 * From the guardian, which looks from outside. `unwatched`: the watch does not see anything, so what the plan says for
 * a blind watch begins. `restored`: the baseline was brought back while the workflow did nothing; it has only to prove
 * that and to end.
 */
export interface GuardianNotice {
  readonly kind: 'unwatched' | 'restored';
  readonly reason: string;
}

export function parseGuardianNotice(given: unknown): GuardianNotice | null {
  if (typeof given !== 'object' || given === null) return null;
  const { kind, reason } = given as { readonly kind?: unknown; readonly reason?: unknown };
  if ((kind !== 'unwatched' && kind !== 'restored') || typeof reason !== 'string' || reason.trim() === '') return null;
  return { kind, reason: reason.slice(0, MAX_REASON_LENGTH) };
}
