/**
 * The scheme of a reference in lower case, without its colon; undefined when it is relative. Like browsers, sees
 * through blanks and control characters before it, and tabs and line ends within (https://url.spec.whatwg.org/).
 */
export function schemeOf(reference: string): string | undefined {
  const [, scheme] = /^([a-z][a-z0-9+.-]*):/i.exec(startOf(reference)) ?? [];
  return scheme?.toLowerCase();
}

const MAX_SCHEME_LENGTH = 80;

function startOf(reference: string): string {
  let start = '';
  for (const char of reference) {
    if (start.length >= MAX_SCHEME_LENGTH) break;
    if (start === '' ? char > ' ' : char !== '\t' && char !== '\n' && char !== '\r') start += char;
  }
  return start;
}
