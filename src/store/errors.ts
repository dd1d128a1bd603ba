/** What can go wrong with the store before a query runs. Each carries a stable code, listed in docs/errors.md. */

export type StoreErrorCode =
  | 'store-ended'
  | 'store-in-use'
  | 'store-unreachable'
  | 'store-migration-changed'
  | 'store-migration-failed'
  | 'store-newer-than-code'
  | 'store-older-than-code'
  | 'store-roles-missing'
  | 'store-url-invalid';

export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
  }
}

/** The embedded store has one owner at a time; this names the one that holds it. */
export class StoreInUse extends StoreError {
  readonly pid: number;
  /** On another machine, or in another container. */
  readonly isElsewhere: boolean;

  constructor(message: string, { pid, isElsewhere }: Pick<StoreInUse, 'pid' | 'isElsewhere'>) {
    super('store-in-use', message);
    this.name = 'StoreInUse';
    this.pid = pid;
    this.isElsewhere = isElsewhere;
  }
}

/** Did the database refuse the values themselves (and would it refuse them again)? SQLSTATE classes 22 and 23. */
export function isBadValue(error: unknown): boolean {
  return /^2[23][0-9A-Z]{3}$/.test(codeOf(error));
}

/** The `code` of an error of the system or of the database; empty for one without. */
export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

/** Does the database refuse this role something? SQLSTATE 42501. */
export function isForbidden(error: unknown): boolean {
  return codeOf(error) === '42501';
}

/** Had it no room for the question, or no time, or did it go away in the middle? SQLSTATE classes 08, 53 and 57. */
export function isOverloaded(error: unknown): boolean {
  return /^(08|53|57)[0-9A-Z]{3}$/.test(codeOf(error));
}

const lost = new WeakSet<object>();

/** What the driver said of the way to the database, and not the database itself: it bears no mark of its own. */
export function markLost(error: unknown): unknown {
  if (error instanceof Error && !/^[0-9A-Z]{5}$/.test(codeOf(error))) lost.add(error);
  return error;
}

/** Was the database not reached, or lost on the way? */
export function isLost(error: unknown): boolean {
  return typeof error === 'object' && error !== null && lost.has(error);
}
