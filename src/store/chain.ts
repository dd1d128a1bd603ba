/** Rows of a record that lead from one cursor to the next, each a packed list. */
import { gunzipSync, gzipSync } from 'node:zlib';

export interface Link {
  readonly cursor: number;
  readonly fromCursor: number;
  /** `packed` */
  readonly items: string;
}

/** gzip of JSON, in base64 */
export function packed(items: readonly unknown[]): string {
  return gzipSync(JSON.stringify(items)).toString('base64');
}

/**
 * All that led to `cursor`, oldest first: the chain of rows back from it, so that a second watcher's leftovers do not
 * count. `rows`: latest first.
 */
export function chainTo<Item>(rows: readonly Link[], cursor: number): Item[] {
  const chain: Link[] = [];
  for (const row of rows) {
    const wanted = chain.at(-1)?.fromCursor ?? cursor;
    if (row.cursor === wanted) chain.push(row);
  }
  return chain.toReversed().flatMap(({ items }) => unpacked(items)) as Item[];
}

/** What was kept after `cursor`, oldest first, and the cursor it leads to. `rows`: earliest first. */
export function chainFrom(
  rows: readonly Link[],
  cursor: number,
): { readonly items: readonly unknown[]; readonly cursor: number } {
  const items: unknown[] = [];
  let at = cursor;
  for (const row of rows) {
    if (row.fromCursor !== at) continue;
    items.push(...unpacked(row.items));
    at = row.cursor;
  }
  return { items, cursor: at };
}

/** The list again. */
export function unpacked(items: string): unknown[] {
  return JSON.parse(gunzipSync(Buffer.from(items, 'base64')).toString('utf8')) as unknown[];
}
