import type { MinimumCode, OrganisationCode, ProblemCode, StartCode } from './codes.ts';

/** One thing wrong with a plan or a card. `path` is the place in the plan, e.g. `steps.2.setSplit`. */
export interface Problem {
  /** Stable code with its family as prefix: plan-, csp-, compat-, a11y-, trigger-. Listed in docs/errors.md. */
  readonly code: string;
  /** Of axe-core, where it has one for the same fault: `image-alt`. */
  readonly rule?: string;
  readonly severity: 'error' | 'warning';
  readonly path: string;
  readonly message: string;
  readonly remedy: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** What is wrong, without saying where. */
export interface Fault {
  readonly code: ProblemCode | OrganisationCode | StartCode | MinimumCode;
  /** What was seen and what was expected. */
  readonly message: string;
  /** The way out. */
  readonly remedy: string;
}

/** A fault at its place in the plan, e.g. `steps.2.setSplit`. An error unless said otherwise. */
export function problemAt(path: string, fault: Fault, more: Partial<Problem> = {}): Problem {
  return { severity: 'error', ...fault, path, ...more };
}

/** A seen value, short and on one line, for a message. Never throws. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'an empty value';
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object') return 'a set of fields';
  return typeof value === 'number' || typeof value === 'boolean' ? `${value}` : `a ${typeof value}`;
}

const MAX_QUOTE_LENGTH = 60;

function quote(text: string): string {
  return JSON.stringify(text.length > MAX_QUOTE_LENGTH ? `${text.slice(0, MAX_QUOTE_LENGTH)}...` : text);
}
