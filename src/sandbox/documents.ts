/** Named documents with unique names, and the page-number listing that the public API uses for them. */
import { randomUUID } from 'node:crypto';
import { ApiError, conflict, noSuchResource } from './api-error.ts';

interface Identified {
  readonly id: string;
  readonly name: string;
  readonly dateCreated: string;
  readonly dateModified: string;
  readonly selfUri: string;
}

export interface Page {
  readonly pageNumber: number;
  readonly pageSize: number;
  readonly name: string;
}

export class Documents<Document extends Identified> {
  readonly #byId: Map<string, Document>;

  constructor(
    readonly basePath: string,
    documents: readonly Document[],
  ) {
    this.#byId = new Map(documents.map((document) => [document.id, document]));
  }

  all(): readonly Document[] {
    return [...this.#byId.values()];
  }

  get(id: string): Document {
    const document = this.#byId.get(id);
    if (document === undefined) throw noSuchResource();
    return document;
  }

  /** What the organisation adds to a new body. */
  stamp(nowMs: number, id: string = randomUUID()): Omit<Identified, 'name'> {
    const now = new Date(nowMs).toISOString();
    return { id, dateCreated: now, dateModified: now, selfUri: `${this.basePath}/${id}` };
  }

  put(document: Document): void {
    const other = this.all().find((existing) => existing.name === document.name && existing.id !== document.id);
    if (other !== undefined) throw conflict('name');
    this.#byId.set(document.id, document);
  }

  remove(id: string): Document {
    const document = this.get(id);
    this.#byId.delete(id);
    return document;
  }

  /** `name` is a prefix. */
  list(page: Page, present: (document: Document) => object): Record<string, unknown> {
    const found = this.all()
      .filter((document) => document.name.startsWith(page.name))
      .map(present);
    return listingOf(this.basePath, found, page, page.name === '' ? [] : [['name', page.name]]);
  }
}

/** One page of what was found, with the addresses of the others; `asked` are the parameters that chose it. */
export function listingOf(
  basePath: string,
  found: readonly object[],
  page: Omit<Page, 'name'>,
  asked: readonly (readonly [string, string])[],
): Record<string, unknown> {
  const { pageNumber, pageSize } = page;
  const pageCount = Math.ceil(found.length / pageSize);
  const start = (pageNumber - 1) * pageSize;
  const uri = (number: number): string => {
    const query = new URLSearchParams({ pageSize: String(pageSize), pageNumber: String(number) });
    for (const [name, value] of asked) query.append(name, value);
    return `${basePath}?${query.toString()}`;
  };
  return {
    entities: found.slice(start, start + pageSize),
    pageSize,
    pageNumber,
    total: found.length,
    pageCount,
    firstUri: uri(1),
    ...(pageCount > 0 && { lastUri: uri(pageCount) }),
    ...(pageNumber > 1 && { previousUri: uri(pageNumber - 1) }),
    ...(pageNumber < pageCount && { nextUri: uri(pageNumber + 1) }),
    selfUri: uri(pageNumber),
  };
}

/** Most listings are published without one. */
const MAX_PAGE_SIZE = 500;

export function pageOf(query: Readonly<Record<string, string>>, maxPageSize = MAX_PAGE_SIZE): Page {
  return {
    pageNumber: positive(query['pageNumber'], 1, Number.MAX_SAFE_INTEGER, 'pageNumber'),
    pageSize: positive(query['pageSize'], 25, maxPageSize, 'pageSize'),
    name: query['name'] ?? '',
  };
}

function positive(text: string | undefined, byDefault: number, max: number, field: string): number {
  if (text === undefined || text === '') return byDefault;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= max) return value;
  throw new ApiError({
    status: 400,
    code: 'invalid.query.param.value',
    message: `Value [${text}] is not valid for parameter [${field}]. Allowable values are: 1 to ${max}`,
    details: [{ errorCode: 'invalid.query.param.value', fieldName: field }],
  });
}
