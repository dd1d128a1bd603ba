/** The page-number listing of the public API: `entities, pageNumber, pageCount, nextUri`. */
import { z } from 'zod';
import { GenesysError } from './errors.ts';
import type { Api } from './http.ts';
import type { Urgency } from './token-bucket.ts';

interface Identified {
  readonly id: string;
}

export interface Listing<T extends Identified> {
  readonly path: string;
  /**
   * Which ones: `name` is the beginning of the names that are wanted, for example. A list is sent as one parameter for
   * each.
   */
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  readonly entity: z.ZodType<T>;
  readonly urgency?: Urgency | undefined;
}

/**
 * All entities of all pages, one page at a time, and each once: what is added meanwhile moves the last ones to the next
 * page too.
 */
export async function* listAll<T extends Identified>(
  api: Api,
  listing: Listing<T>,
): AsyncGenerator<T, void, undefined> {
  const schema = z.object({
    entities: z.array(listing.entity),
    pageCount: z.number().nullish(),
    nextUri: z.string().nullish(),
  });
  const told = new Set<string>();
  for (let pageNumber = 1; pageNumber <= MAX_PAGES; pageNumber += 1) {
    const query = { ...listing.query, pageNumber, pageSize: PAGE_SIZE };
    const { value: page } = await api({ method: 'GET', path: listing.path, query, schema, urgency: listing.urgency });
    for (const entity of page.entities) {
      if (!told.has(entity.id)) yield entity;
      told.add(entity.id);
    }
    const isLast = page.pageCount == null ? page.nextUri == null : pageNumber >= page.pageCount;
    if (isLast || page.entities.length === 0) return;
  }
  const came = `no last page among the first ${MAX_PAGES}`;
  throw new GenesysError({ kind: 'badAnswer', asked: `GET /api/v2/${listing.path}`, came });
}

const PAGE_SIZE = 100;
/** A listing that never ends would eat the whole rate limit. */
const MAX_PAGES = 200;
