/** A content security policy as data, and what it allows (https://www.w3.org/TR/CSP3/). */

export interface ContentPolicy {
  /** Source expressions by directive; both in lower case but for paths. */
  readonly [directive: string]: readonly string[] | undefined;
}

/** Reads `default-src 'self'; script-src 'self' https://host`. Of two directives with one name the first counts, as in browsers. */
export function parsePolicy(text: string): ContentPolicy {
  const policy: Record<string, readonly string[]> = {};
  for (const part of text.split(';')) {
    const [name, ...sources] = part.trim().split(/\s+/);
    if (name && !Object.hasOwn(policy, name.toLowerCase())) policy[name.toLowerCase()] = sources;
  }
  return policy;
}

/** The sources of a directive, else those of default-src; undefined when the policy says nothing, which allows all. */
export function sourcesOf(policy: ContentPolicy, directive: string): readonly string[] | undefined {
  const own = Object.hasOwn(policy, directive) ? policy[directive] : undefined;
  return own ?? (Object.hasOwn(policy, 'default-src') ? policy['default-src'] : undefined);
}

/** Does the directive hold a keyword such as 'unsafe-inline'? True when the policy says nothing about the directive. */
export function permits(policy: ContentPolicy, directive: string, keyword: string): boolean {
  return sourcesOf(policy, directive)?.some((source) => source.toLowerCase() === `'${keyword}'`) ?? true;
}

/** A URL as a browser would resolve it in the card: undefined when it is no URL at all, and so loads nothing. */
export function resolveUrl(reference: string): URL | undefined {
  return URL.canParse(reference, OWN_ORIGIN) ? new URL(reference, OWN_ORIGIN) : undefined;
}

/** May the card load this from there? */
export function allowsUrl(policy: ContentPolicy, directive: string, url: URL): boolean {
  const sources = sourcesOf(policy, directive);
  return sources === undefined || sources.some((source) => matches(source, url));
}

/** Stands for wherever the card is served from. The name is reserved and can be nobody's host. */
const OWN_ORIGIN = 'https://card.invalid';

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
  return schemeFits(`${scheme.toLowerCase()}:`, url.protocol)
    && hostFits(host.toLowerCase(), url.hostname)
    && portFits(port, url)
    && pathFits(path, url.pathname);
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
