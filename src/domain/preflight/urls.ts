/** What an address in a card may lead to. */
import type { Problem } from '../plan/problem.ts';
import { show } from '../plan/problem.ts';
import { htmlProblem } from './check.ts';
import type { ContentPolicy } from './content-policy.ts';
import { allowsUrl, namesScheme, resolveUrl, sourcesOf } from './content-policy.ts';
import type { Place } from './html.ts';
import { schemeOf } from './url-scheme.ts';
import { words } from './words.ts';

/** Does the URL hold code? */
export function isCode(reference: string): boolean {
  return CODE_SCHEMES.has(schemeOf(reference) ?? '');
}

/** Does the URL hold the document itself, or lead past all hosts, so that nobody's host stands behind it? */
export function isDocument(reference: string): boolean {
  return DOCUMENT_SCHEMES.has(schemeOf(reference) ?? '');
}

/** Is it a link that a card may hold: within the page, to a host, to a person, or by a scheme that the policy names? */
export function isLink(reference: string, policy: ContentPolicy): boolean {
  const scheme = schemeOf(reference);
  return scheme === undefined || LINK_SCHEMES.has(scheme) || namesScheme(policy, scheme);
}

const CODE_SCHEMES = words('javascript vbscript livescript mocha');
const DOCUMENT_SCHEMES = words('data blob filesystem about mhtml jar feed view-source file');
const LINK_SCHEMES = words(`
  http https mailto tel sms sip sips callto facetime geo im msteams skype slack webcal webex whatsapp xmpp zoommtg`);
const HOST_SCHEMES = words('http https ws wss ftp blob filesystem');

/**
 * Does a text lead to a host wherever it stands, even where nobody expects a URL? As browsers read it: blanks before it
 * and line ends within count for nothing. `Data: 10 GB` is no URL, for lack of a comma.
 */
export function leadsElsewhere(text: string): boolean {
  if (!/[:/\\]/.test(text)) return false;
  const scheme = schemeOf(text);
  // eslint-disable-next-line no-control-regex
  if (scheme === undefined) return /^[\\/]{2}/.test(text.replace(/^[\0- ]+|[\t\n\r]/g, ''));
  if (scheme === 'data') return text.includes(',');
  return HOST_SCHEMES.has(scheme) || (scheme === 'file' && /:[\\/]/.test(text));
}

/** The problem with a URL that the policy does not allow for the directive; undefined when it does. */
export function refusedUrl(
  policy: ContentPolicy,
  directive: string,
  reference: string,
  at: Place,
  by: string,
): Problem | undefined {
  const url = resolveUrl(reference);
  if (url === undefined || isObscure(reference))
    return refused(
      at,
      `${by} points to ${show(reference)}, which is no URL that a browser can be sure to read.`,
      WHOLE,
    );
  if (allowsUrl(policy, directive, url)) return undefined;
  const allowed = sourcesOf(policy, directive)?.join(' ') || "'none'";
  const target = url.host === '' ? url.protocol : url.origin;
  return refused(at, `${by} points to ${target}; ${directive} allows ${allowed}.`, HOST);
}

const WHOLE = 'Write the address out, from https:// on.';
const HOST = 'Serve it from an allowed host, or have that host added to the content policy.';

function refused(at: Place, message: string, remedy: string): Problem {
  return htmlProblem(at, { code: 'csp-source', message, remedy });
}

/** An address with a backslash, a line end or a name and password in it: nobody writes that but to mislead. */
export function isObscure(reference: string): boolean {
  const address = /^(?:[a-z][a-z0-9+.-]*:)?[\\/\s]{2}[^?#]*/i.exec(reference.trim())?.[0] ?? '';
  return /[\\\t\r\n]/.test(address) || /^[^/]*\/\/[^/]*@/.test(address);
}

/** The URLs of an attribute that holds several. */
export function urlsIn(value: string): string[] {
  return value.split(/[\s,;]+/).filter(Boolean);
}
