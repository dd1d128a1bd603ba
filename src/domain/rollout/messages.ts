/** What arrives by signal or update comes from anybody: it is parsed, and what does not parse is nothing. */

export interface GivenAct {
  readonly name?: unknown;
  readonly by?: unknown;
  readonly reason?: unknown;
}

export function parseAct(given: unknown): GivenAct {
  if (typeof given !== 'object' || given === null) return {};
  const { name, by, reason } = given as GivenAct;
  return { name, by, reason };
}

/** `unwatched`: no judge that can act is seen at work. `restored`: the baseline was brought back from outside. */
export interface GuardianWord {
  readonly kind: 'unwatched' | 'restored';
  readonly reason: string;
}

const MAX_REASON_LENGTH = 2000;

export function parseGuardianWord(given: unknown): GuardianWord | null {
  if (typeof given !== 'object' || given === null) return null;
  const { kind, reason } = given as { readonly kind?: unknown; readonly reason?: unknown };
  if ((kind !== 'unwatched' && kind !== 'restored') || typeof reason !== 'string' || reason.trim() === '') return null;
  return { kind, reason: reason.slice(0, MAX_REASON_LENGTH) };
}
