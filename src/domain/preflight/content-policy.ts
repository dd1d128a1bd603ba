/** A content security policy as data, and what it allows (https://www.w3.org/TR/CSP3/). */
import { schemeOf } from './url-scheme.ts';

export interface ContentPolicy {
  /** Source expressions by directive; both in lower case but for paths. */
  readonly [directive: string]: readonly string[] | undefined;
}

/**
 * Reads `default-src 'self'; script-src 'self' https://host`. Of two directives with one name the first counts, as in
 * browsers.
 */
export function parsePolicy(text: string): ContentPolicy {
  const policy: Record<string, readonly string[]> = {};
  for (const part of text.split(';')) {
    const [name, ...sources] = part.trim().split(/\s+/);
    if (name && !Object.hasOwn(policy, name.toLowerCase())) policy[name.toLowerCase()] = sources;
  }
  return policy;
}

/** The policy as a header has it. */
export function formatPolicy(policy: ContentPolicy): string {
  return Object.entries(policy)
    .map(([name, sources]) => [name, ...(sources ?? [])].join(' '))
    .join('; ');
}

/**
 * The directive that is in force for another, or default-src; undefined when the policy says nothing, which allows all.
 */
function directiveInForce(policy: ContentPolicy, directive: string): string | undefined {
  return [directive, ...(FALLBACKS.get(directive) ?? []), 'default-src'].find((name) => Object.hasOwn(policy, name));
}

/** The sources of the directive in force; undefined when the policy says nothing, which allows all. */
export function sourcesOf(policy: ContentPolicy, directive: string): readonly string[] | undefined {
  const inForce = directiveInForce(policy, directive);
  return inForce === undefined ? undefined : policy[inForce];
}

/**
 * Does the directive hold a keyword such as 'unsafe-inline'? True when the policy says nothing about the directive.
 * 'unsafe-inline' counts for nothing beside a nonce, a hash or 'strict-dynamic', as in browsers.
 */
export function permits(policy: ContentPolicy, directive: string, keyword: string): boolean {
  const sources = sourcesOf(policy, directive)?.map((source) => source.toLowerCase());
  if (sources === undefined) return true;
  if (keyword === 'unsafe-inline' && sources.some((source) => OVERRULES_INLINE.test(source))) return false;
  return sources.includes(`'${keyword}'`);
}

/** Does the directive list any hash at all? Working one out takes time. */
export function listsHashes(policy: ContentPolicy, directive: string): boolean {
  return sourcesOf(policy, directive)?.some((source) => normalHash(source) !== '') ?? false;
}

/** Does the directive list this hash (`sha256-...`)? */
export function listsHash(policy: ContentPolicy, directive: string, hash: string): boolean {
  return sourcesOf(policy, directive)?.some((source) => normalHash(source) === `'${hash}'`) ?? false;
}

/** Does the policy name the host of this URL, for whatever purpose? */
export function namesHost(policy: ContentPolicy, url: URL): boolean {
  const origin = new URL('/', url);
  return Object.keys(policy).some(
    (directive) => (policy[directive]?.length ?? 0) > 0 && allowsUrl(policy, directive, origin),
  );
}

/** Does the policy name this scheme (`crm:`), for whatever purpose? */
export function namesScheme(policy: ContentPolicy, scheme: string): boolean {
  return Object.keys(policy).some((directive) => policy[directive]?.includes(`${scheme}:`) ?? false);
}

/**
 * A URL as a browser would resolve it in the card: undefined when it is no URL at all, or names the stand-in for the
 * card's own address. `https:host/a` is read without that address, as browsers do where it begins with http:.
 */
export function resolveUrl(reference: string): URL | undefined {
  const isAbsolute = schemeOf(reference) !== undefined;
  const base = isAbsolute ? undefined : OWN_ORIGIN;
  if (!URL.canParse(reference, base)) return undefined;
  const url = new URL(reference, base);
  return url.origin === OWN_ORIGIN && (isAbsolute || NAMES_HOST.test(reference)) ? undefined : url;
}

/** May the card load this from there? */
export function allowsUrl(policy: ContentPolicy, directive: string, url: URL): boolean {
  const sources = sourcesOf(policy, directive);
  if (sources === undefined) return true;
  if (directive.startsWith('script-src') && sources.includes("'strict-dynamic'")) return false;
  return sources.some((source) => matches(source, url));
}

/**
 * Directives that stand in for another before default-src does (https://www.w3.org/TR/CSP3/#directive-fallback-list).
 */
const FALLBACKS: ReadonlyMap<string, readonly string[]> = new Map([
  ['script-src-elem', ['script-src']],
  ['script-src-attr', ['script-src']],
  ['style-src-elem', ['style-src']],
  ['style-src-attr', ['style-src']],
  ['frame-src', ['child-src']],
  ['worker-src', ['child-src', 'script-src']],
]);

const OVERRULES_INLINE = /^'(nonce-|sha(256|384|512)-|strict-dynamic')/;

/** Browsers read the URL-safe alphabet of base64 too. */
function normalHash(source: string): string {
  const [, algorithm, digest] = /^'(sha256|sha384|sha512)-(.+)'$/i.exec(source) ?? [];
  return digest === undefined
    ? ''
    : `'${algorithm?.toLowerCase()}-${digest.replaceAll('-', '+').replaceAll('_', '/')}'`;
}

/** Stands for wherever the card is served from. The name is reserved and can be nobody's host. */
const OWN_ORIGIN = 'https://card.invalid';
/** Two slashes, as browsers see them: blanks before them and line ends between them count for nothing. */
// eslint-disable-next-line no-control-regex
const NAMES_HOST = /^[\0- ]*[\\/][\t\n\r]*[\\/]/;

function matches(source: string, url: URL): boolean {
  if (source.toLowerCase() === "'self'") return url.origin === OWN_ORIGIN;
  if (source.startsWith("'")) return false;
  if (source === '*') return url.protocol === 'https:' || url.protocol === 'http:' || url.protocol === 'wss:';
  if (/^[a-z][a-z0-9+.-]*:$/i.test(source)) return schemeFits(source.toLowerCase(), url.protocol);
  return hostSourceFits(source, url);
}

/** `[scheme://]host[:port][/path]`, where the host may begin with `*.` and the port be `*`. */
function hostSourceFits(source: string, url: URL): boolean {
  const parts = /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^/:]+)(?::(\d+|\*))?(\/.*)?$/i.exec(source);
  if (parts === null) return false;
  const [, scheme = 'https', host = '', port, path] = parts;
  return (
    schemeFits(`${scheme.toLowerCase()}:`, url.protocol) &&
    hostFits(host.toLowerCase(), url.hostname) &&
    portFits(port, url) &&
    pathFits(path, url.pathname)
  );
}

/** A source of http also admits https, never the other way round. */
function schemeFits(allowed: string, actual: string): boolean {
  return allowed === actual || (allowed === 'http:' && actual === 'https:') || (allowed === 'ws:' && actual === 'wss:');
}

function hostFits(allowed: string, actual: string): boolean {
  return allowed.startsWith('*.') ? actual.endsWith(allowed.slice(1)) : actual === allowed;
}

function portFits(allowed: string | undefined, url: URL): boolean {
  if (allowed === '*') return true;
  const standard = url.protocol === 'https:' || url.protocol === 'wss:' ? '443' : '80';
  return (url.port || standard) === (allowed ?? standard);
}

function pathFits(allowed: string | undefined, actual: string): boolean {
  if (allowed === undefined || allowed === '/') return true;
  return allowed.endsWith('/') ? actual.startsWith(allowed) : actual === allowed;
}
