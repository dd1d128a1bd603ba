/** What one look at the organisation found. A look that could not be taken is `notChecked`, and never `ok`. */
import type { GenesysError } from '../genesys/errors.ts';

export interface Finding {
  readonly check: string;
  readonly level: 'ok' | 'warning' | 'error' | 'notChecked';
  readonly seen: string;
  readonly expected?: string;
  readonly wayOut?: string;
  /** Of a target: what our client may, by name. */
  readonly permissions?: readonly SeenPermission[];
}

export interface SeenPermission {
  readonly name: string;
  readonly access: 'granted' | 'refused' | 'unknown';
}

export function notChecked(check: string, error: GenesysError, expected: string): Finding {
  return { check, level: 'notChecked', seen: error.message, expected };
}
