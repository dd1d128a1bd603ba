/** The page-number listing of the public API: `entities, pageNumber, pageCount, nextUri`. */
import { z } from 'zod';
import { GenesysError } from './errors.ts';
import type { Api } from './http.ts';
import type { Urgency } from './target.ts';

export interface Listing<T> {
  readonly path: string;
  /** Which ones: `name` is the beginning of the names that are wanted, for example. A list is sent as one parameter for each. */
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  readonly entity: z.ZodType<T>;
  readonly urgency?: Urgency | undefined;
}

/** All entities of all pages, one page at a time. */
export async function* listAll<T>(api: Api, listing: Listing<T>): AsyncGenerator<T, void, undefined> {
  const schema = z.object({
    entities: z.array(listing.entity),
    pageCount: z.number().nullish(),
    nextUri: z.string().nullish(),
  });
  for (let pageNumber = 1; pageNumber <= MOST_PAGES; pageNumber += 1) {
    const query = { ...listing.query, pageNumber, pageSize: PAGE_SIZE };
    const { value: page } = await api({ method: 'GET', path: listing.path, query, schema, urgency: listing.urgency });
    yield* page.entities;
    const isLast = page.pageCount == null ? page.nextUri == null : pageNumber >= page.pageCount;
    if (isLast || page.entities.length === 0) return;
  }
  const came = `no last page among the first ${MOST_PAGES}`;
  throw new GenesysError({ kind: 'badAnswer', asked: `GET /api/v2/${listing.path}`, came });
}

const PAGE_SIZE = 100;
/** A listing that never ends would eat the whole rate limit. */
const MOST_PAGES = 200;
