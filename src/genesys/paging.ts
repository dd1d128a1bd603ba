/** The two listings of the public API: by page number (`entities, pageNumber, pageCount`) and by cursor (`nextUri`). */
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
  /** See `Call`. */
  readonly absent?: 'noResource';
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
    const { value: page } = await api({ method: 'GET', ...pick(listing), query, schema });
    for (const entity of page.entities) {
      if (!told.has(entity.id)) yield entity;
      told.add(entity.id);
    }
    const isLast = page.pageCount == null ? page.nextUri == null : pageNumber >= page.pageCount;
    if (isLast || page.entities.length === 0) return;
  }
  throw endless(listing, `no last page among the first ${MAX_PAGES}`);
}

/**
 * The same of a listing that tells no numbers: the next page is the `after` within `nextUri`, and the last one has
 * none.
 */
export async function* listByCursor<T extends Identified>(
  api: Api,
  listing: Listing<T>,
): AsyncGenerator<T, void, undefined> {
  const schema = z.object({ entities: z.array(listing.entity).nullish(), nextUri: z.string().nullish() });
  const told = new Set<string>();
  const turned = new Set<string>();
  for (let after: string | null = ''; after !== null;) {
    const query = { ...listing.query, pageSize: PAGE_SIZE, ...(after === '' ? {} : { after }) };
    const { value: page } = await api({ method: 'GET', ...pick(listing), query, schema });
    for (const entity of page.entities ?? []) {
      if (!told.has(entity.id)) yield entity;
      told.add(entity.id);
    }
    after = cursorIn(page.nextUri);
    if (after !== null && turned.has(after)) throw endless(listing, 'the cursor of a page that was read already');
    if (after !== null) turned.add(after);
    if (turned.size >= MAX_PAGES) throw endless(listing, `no last page among the first ${MAX_PAGES}`);
  }
}

function pick({ path, urgency, absent }: Listing<Identified>) {
  return { path, urgency, absent };
}

/** Of an address with or without its host; null on the last page. */
function cursorIn(nextUri: string | null | undefined): string | null {
  const query = nextUri?.split('?', 2)[1]?.split('#', 1)[0];
  return new URLSearchParams(query).get('after') || null;
}

function endless({ path }: Listing<Identified>, came: string): GenesysError {
  return new GenesysError({ kind: 'badAnswer', asked: `GET /api/v2/${path}`, came });
}

const PAGE_SIZE = 100;
/** A listing that never ends would eat the whole rate limit. */
const MAX_PAGES = 200;
