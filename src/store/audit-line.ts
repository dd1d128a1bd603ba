/** The line of an entry: the exact text that is stored, hashed, exported and never written anew. */
import { storable } from './values.ts';

export interface AuditEntry {
  /**
   * Names the act, so that a repeat of it is not a second entry: `<rollout id>/<act>/<what tells it from the next
   * one>`.
   */
  readonly key: string;
  readonly at: Date;
  readonly actor: string;
  readonly act: string;
  readonly reason: string;
  readonly rolloutId?: string | null;
  readonly action?: string | null;
  readonly version?: string | null;
  /** What the act changed; plain JSON. No secrets, no transcripts. */
  readonly before?: object | null;
  readonly after?: object | null;
  /** The organisation's correlation id of the call. */
  readonly correlationId?: string | null;
  readonly details?: object | null;
  /** Result of preflight for the content the entry speaks of. */
  readonly complianceStatus?: string | null;
}

export const AUDIT_FIELDS = [
  'key',
  'at',
  'actor',
  'act',
  'reason',
  'rolloutId',
  'action',
  'version',
  'before',
  'after',
  'correlationId',
  'details',
  'complianceStatus',
] as const satisfies readonly (keyof AuditEntry)[];

/** Canonical JSON (RFC 8785), every field present, null where there is nothing. */
export function auditLine(entry: AuditEntry): string {
  return canonicalJson(auditFields(entry));
}

export function auditFields(entry: AuditEntry): Record<string, unknown> {
  return Object.fromEntries(AUDIT_FIELDS.map((field) => [field, plain(entry[field])]));
}

/**
 * RFC 8785: names in the order of their UTF-16 code units, numbers as ECMAScript writes them, no white space. What
 * PostgreSQL cannot
 * keep (NUL, half a surrogate pair) becomes U+FFFD, so that line and columns always agree.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(storable(value));
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const record: Record<string, unknown> = { ...value };
  const names = Object.keys(record)
    .filter((name) => record[name] !== undefined)
    .sort();
  return `{${names.map((name) => `${canonicalJson(name)}:${canonicalJson(record[name])}`).join(',')}}`;
}

/** What a line tells; null for one that is no JSON object, and so was never written by us. */
export function parseLine(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}

/** Dates and whatever else has a JSON form of its own take it first. */
function plain(value: unknown): unknown {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? null : (JSON.parse(JSON.stringify(value)) as unknown);
}
