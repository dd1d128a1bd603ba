/** What can go wrong with the store before a query runs. Each carries a stable code, listed in docs/errors.md. */

export type StoreErrorCode =
  | 'store-in-use'
  | 'store-unreachable'
  | 'store-migration-changed'
  | 'store-migration-failed'
  | 'store-newer-than-code'
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

  constructor(message: string, pid: number) {
    super('store-in-use', message);
    this.name = 'StoreInUse';
    this.pid = pid;
  }
}

/** SQLSTATE of an error that the database itself answered with; undefined for anything else. */
export function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return /^[0-9A-Z]{5}$/.test(error.code) ? error.code : undefined;
}

/** Did the database refuse the values themselves (and would it refuse them again)? SQLSTATE classes 22 and 23. */
export function isBadValue(error: unknown): boolean {
  const state = sqlState(error);
  return state !== undefined && (state.startsWith('22') || state.startsWith('23'));
}
