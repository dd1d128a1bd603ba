/** The proxy that the organisation is asked through, by the variables that everybody knows. */
import type { ProxySettings } from '../genesys/proxy.ts';
import type { ConfigProblem } from './error.ts';
import type { Env } from './secrets.ts';

/** Null: everything goes out directly. Of two spellings the one in lower case wins, as in curl. */
export function readProxy(env: Env, problems: ConfigProblem[]): ProxySettings | null {
  const read = (name: 'HTTPS_PROXY' | 'HTTP_PROXY'): string | null => {
    const spelt = env[name.toLowerCase()] ? name.toLowerCase() : name;
    const url = urlOf(env[spelt]?.trim() ?? '');
    if (url === undefined)
      problems.push({ name: spelt, message: 'is no http(s) address of a proxy, such as http://proxy.example:3128' });
    return url ?? null;
  };
  const [https, http] = [read('HTTPS_PROXY'), read('HTTP_PROXY')];
  const except = (env['no_proxy'] || env['NO_PROXY'] || '').split(/[\s,]+/).filter((entry) => entry !== '');
  return https === null && http === null ? null : { https, http, except };
}

/** `proxy:3128` is taken as http. Null: nothing is given; undefined: something that is no address. */
function urlOf(text: string): string | null | undefined {
  if (text === '') return null;
  const written = text.includes('://') ? text : `http://${text}`;
  if (!URL.canParse(written)) return undefined;
  const { protocol, hostname, href, username, password } = new URL(written);
  return /^https?:$/.test(protocol) && hostname !== '' && isEncoded(username + password) ? href : undefined;
}

/** A `%` that stands for itself is written `%25`. */
function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
