import { sha256Hex } from '../preflight/sha256.ts';

/** SHA-256, hex, of a content of plain values, whatever the order of its fields. */
export function sha256Of(content: unknown): string {
  return sha256Hex(canonical(content));
}

/** A field without a value counts as one that is not there. */
function canonical(content: unknown): string {
  if (Array.isArray(content)) return `[${content.map(canonical).join(',')}]`;
  if (typeof content !== 'object' || content === null) return JSON.stringify(content ?? null);
  const fields = Object.entries(content)
    .filter(([, value]) => value !== undefined && value !== null)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([field, value]) => `${JSON.stringify(field)}:${canonical(value)}`).join(',')}}`;
}
