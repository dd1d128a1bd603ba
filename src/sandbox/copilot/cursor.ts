/**
 * Cursor paging: no totals, and the next page behind `nextUri`. A cursor names the last item of a page, so that what is
 * removed meanwhile shifts nothing.
 */
import { ApiError } from '../api-error.ts';

const MAX_PAGE_SIZE = 200;
const PAGE_SIZE = 25;

interface Item {
  readonly id: string;
}

/** `found` in the order in which it is paged. `asked` are the parameters that chose it. */
export function cursorListing<Found extends Item>(
  path: string,
  found: readonly Found[],
  query: Readonly<Record<string, string>>,
  present: (item: Found) => object,
): Record<string, unknown> {
  const { before, after, pageSize: size, limit, ...asked } = query;
  const pageSize = pageSizeOf(size ?? limit);
  const start =
    before === undefined
      ? placeOf(found, after, 'after') + 1
      : Math.max(0, placeOf(found, before, 'before') - pageSize);
  const page = found.slice(start, before === undefined ? start + pageSize : placeOf(found, before, 'before'));
  const uri = (cursor: Readonly<Record<string, string>>): string =>
    `${path}?${new URLSearchParams({ ...asked, pageSize: String(pageSize), ...cursor }).toString()}`;
  const [first, last] = [page[0], page.at(-1)];
  return {
    entities: page.map(present),
    ...(last !== undefined && start + page.length < found.length && { nextUri: uri({ after: encode(last.id) }) }),
    ...(first !== undefined && start > 0 && { previousUri: uri({ before: encode(first.id) }) }),
    selfUri: uri({ ...(before !== undefined && { before }), ...(after !== undefined && { after }) }),
  };
}

/** Without a cursor: before the first. */
function placeOf(found: readonly Item[], cursor: string | undefined, field: string): number {
  if (cursor === undefined || cursor === '') return -1;
  const id = Buffer.from(cursor, 'base64url').toString('utf8');
  const place = found.findIndex((item) => item.id === id);
  if (place === -1) throw invalidParameter(field, cursor, 'a cursor of a listing');
  return place;
}

function encode(id: string): string {
  return Buffer.from(id).toString('base64url');
}

function pageSizeOf(text: string | undefined): number {
  if (text === undefined || text === '') return PAGE_SIZE;
  const size = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (size >= 1 && size <= MAX_PAGE_SIZE) return size;
  throw invalidParameter('pageSize', text, `1 to ${MAX_PAGE_SIZE}`);
}

/** The words of `expand`; another one is refused. */
export function expanded<Word extends string>(text: string | undefined, allowed: readonly Word[]): readonly Word[] {
  return (text ?? '')
    .split(',')
    .filter((word) => word !== '')
    .map((word) => oneOf('expand', word, allowed));
}

export function oneOf<Word extends string>(field: string, text: string, allowed: readonly Word[]): Word {
  const found = allowed.find((word) => word === text);
  if (found === undefined) throw invalidParameter(field, text, allowed.join(', '));
  return found;
}

function invalidParameter(field: string, value: string, allowed: string): ApiError {
  return new ApiError({
    status: 400,
    code: 'invalid.query.param.value',
    message: `Value [${value}] is not valid for parameter [${field}]. Allowable values are: ${allowed}`,
    details: [{ errorCode: 'invalid.query.param.value', fieldName: field }],
  });
}
