/**
 * A browserslist query, as the oldest version of each browser that it names
 * (https://github.com/browserslist/browserslist).
 */
import browserslist from 'browserslist';
import { COMPAT_FLOOR } from '../domain/preflight/compat/data.ts';
import type { Browser, BrowserMatrix } from '../domain/preflight/compat/versions.ts';
import { BROWSERS, isEarlier } from '../domain/preflight/compat/versions.ts';

export class BrowsersError extends Error {
  readonly code = 'browsers-invalid';
  readonly remedy = 'Write a browserslist query such as "chrome >= 90, firefox >= 88, safari >= 14".';
}

/**
 * Browsers of phones are left out, for agents work at a desk. Throws a BrowsersError for a query that cannot be read,
 * that names none of our browsers, or one of which nothing is known.
 */
export function matrixOf(query: string): BrowserMatrix {
  const matrix: Partial<Record<Browser, string>> = {};
  for (const [name, version] of resolved(query).map((entry) => entry.split(' ', 2))) {
    if (name === 'ie')
      throw new BrowsersError(
        `The query "${query}" names Internet Explorer, of which nothing is known here; expected ` +
          `${BROWSERS.join(', ')}.`,
      );
    const browser = BROWSERS.find((one) => one === name);
    const oldest = oldestOf(version ?? '');
    if (browser === undefined || oldest === null) continue;
    const known = matrix[browser];
    if (known === undefined || isEarlier(oldest, known)) matrix[browser] = oldest;
  }
  const named = BROWSERS.filter((browser) => matrix[browser] !== undefined);
  if (named.length === 0) throw new BrowsersError(`The query "${query}" names none of ${BROWSERS.join(', ')}.`);
  for (const browser of named) refuseTooOld(browser, matrix[browser] ?? '', query);
  return matrix;
}

function resolved(query: string): string[] {
  try {
    return browserslist(query.split(','), { path: false as unknown as string });
  } catch (error) {
    throw new BrowsersError(
      `"${query}" is no browserslist query: ${error instanceof Error ? error.message : String(error)}.`,
      { cause: error },
    );
  }
}

/** Of `14.0-14.4` the first; a preview such as `TP` has no version. */
function oldestOf(version: string): string | null {
  return /^\d+(\.\d+)*/.exec(version)?.[0] ?? null;
}

function refuseTooOld(browser: Browser, oldest: string, query: string): void {
  if (!isEarlier(oldest, COMPAT_FLOOR[browser])) return;
  throw new BrowsersError(
    `The query "${query}" reaches back to ${browser} ${oldest}; the compatibility data begins with ${browser} ` +
      `${COMPAT_FLOOR[browser]}.`,
  );
}
