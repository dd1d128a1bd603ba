/**
 * The scheme of a reference in lower case, without its colon; undefined when it is relative. Like browsers, sees
 * through blanks and control characters before it, and tabs and line ends within (https://url.spec.whatwg.org/).
 */
export function schemeOf(reference: string): string | undefined {
  const [, scheme] = /^([a-z][a-z0-9+.-]*):/i.exec(startOf(reference)) ?? [];
  return scheme?.toLowerCase();
}

/** Does the URL hold code? */
export function isCode(reference: string): boolean {
  return CODE_SCHEMES.has(schemeOf(reference) ?? '');
}

/** Does the URL hold the document itself, so that nobody's host stands behind it? */
export function isDocument(reference: string): boolean {
  return DOCUMENT_SCHEMES.has(schemeOf(reference) ?? '');
}

const CODE_SCHEMES = new Set(['javascript', 'vbscript', 'livescript', 'mocha']);
const DOCUMENT_SCHEMES = new Set([
  'data',
  'blob',
  'filesystem',
  'about',
  'mhtml',
  'jar',
  'feed',
  'view-source',
  'file',
]);
const LONGEST_SCHEME = 80;

function startOf(reference: string): string {
  let start = '';
  for (const char of reference) {
    if (start.length >= LONGEST_SCHEME) break;
    if (start === '' ? char > ' ' : char !== '\t' && char !== '\n' && char !== '\r') start += char;
  }
  return start;
}
