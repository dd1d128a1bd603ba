/** What one look found. A look that could not be taken is `notChecked`, and never `ok`. */
import type { GenesysError } from '../genesys/errors.ts';

/** In the order in which they are shown. */
export const AREAS = {
  configuration: 'Configuration',
  temporal: 'Temporal',
  workers: 'Workers',
  database: 'Database',
  panel: 'The panel',
  organisation: 'Organisation',
  network: 'Reached from outside',
  keys: 'Keys and secrets',
  machine: 'This machine',
} as const;
export type Area = keyof typeof AREAS;

export interface Finding {
  readonly area: Area;
  readonly check: string;
  readonly level: 'ok' | 'warning' | 'error' | 'notChecked';
  readonly seen: string;
  readonly expected?: string;
  readonly wayOut?: string;
  /** Of a target: what our client may, by name. */
  readonly permissions?: readonly SeenPermission[];
}

/** Within an area. */
export type Seen = Omit<Finding, 'area'>;

export interface SeenPermission {
  readonly name: string;
  readonly access: 'granted' | 'refused' | 'unknown';
}

export function notChecked(check: string, error: GenesysError, expected: string): Seen {
  return { check, level: 'notChecked', seen: error.message, expected };
}
