/** Cookies of the console: for this host alone, and out of reach of every script. */
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { Origins } from './origin.ts';

export interface Cookies {
  get(c: Context, name: string): string | undefined;
  /** Of those that the browser has sent. */
  names(c: Context, prefix: string): string[];
  set(c: Context, name: string, value: string, options: { readonly ms: number; readonly crossSite?: true }): void;
  drop(c: Context, name: string): void;
}

/** `__Host-` where there is TLS: then no other host, path or plain connection can have set it. */
export function cookiesOf({ isSecure }: Pick<Origins, 'isSecure'>): Cookies {
  const nameOf = (name: string): string => `${isSecure ? '__Host-' : ''}assist-${name}`;
  const ours = nameOf('');
  const base = { path: '/', httpOnly: true, secure: isSecure } as const;
  return {
    get: (c, name) => getCookie(c, nameOf(name)),
    names: (c, prefix) =>
      Object.keys(getCookie(c))
        .filter((name) => name.startsWith(nameOf(prefix)))
        .map((name) => name.slice(ours.length)),
    // What an identity provider leads back to comes from another site: Lax travels with that, Strict does not.
    set: (c, name, value, { ms, crossSite }) =>
      setCookie(c, nameOf(name), value, {
        ...base,
        sameSite: crossSite === true ? 'Lax' : 'Strict',
        maxAge: Math.max(1, Math.floor(ms / 1000)),
      }),
    drop: (c, name) => void deleteCookie(c, nameOf(name), base),
  };
}
