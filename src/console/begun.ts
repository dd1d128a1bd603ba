/**
 * Sign-ins that this browser has begun at an identity provider, each in a cookie of its own: tabs that were restored
 * together, or a second one opened while the first asks for a password, come back in any order.
 */
import type { Context } from 'hono';
import { z } from 'zod';
import type { Seal } from '../http/seal.ts';
import type { BegunSignIn } from '../identity/code-sign-in.ts';
import type { Cookies } from './cookies.ts';

export interface Begun extends BegunSignIn {
  /** A path of ours: where it goes on. */
  readonly next: string;
}

export interface BegunSignIns {
  keep(c: Context, begun: Begun): void;
  /** What was begun with that state, once; null: not in this browser, or too long ago. */
  take(c: Context, state: string): Begun | null;
}

const BEGUN_MS = 10 * 60_000;
/** The headers of a request have room for no more beside the session. */
const MOST = 4;
const PREFIX = 'sign-in-';
const NAME_LENGTH = 16;

const keptSchema = z.tuple([z.string(), z.string(), z.string(), z.string(), z.string(), z.number()]);

export function createBegunSignIns(cookies: Cookies, seal: Seal, now: () => number): BegunSignIns {
  const read = (c: Context, name: string): { readonly begun: Begun; readonly untilMs: number } | null => {
    const text = seal.open(cookies.get(c, name) ?? '');
    if (text === null) return null;
    const [issuer, verifier, state, nonce, next, untilMs] = keptSchema.parse(JSON.parse(text));
    return { begun: { issuer, verifier, state, nonce, next }, untilMs };
  };
  const makeRoom = (c: Context): void => {
    const others = cookies.names(c, PREFIX).map((name) => ({ name, untilMs: read(c, name)?.untilMs ?? 0 }));
    for (const { name } of others.toSorted((a, b) => b.untilMs - a.untilMs).slice(MOST - 1)) cookies.drop(c, name);
  };
  return {
    keep(c, { issuer, verifier, state, nonce, next }) {
      makeRoom(c);
      const sealed = seal.seal(JSON.stringify([issuer, verifier, state, nonce, next, now() + BEGUN_MS]));
      cookies.set(c, nameOf(state), sealed, { ms: BEGUN_MS, crossSite: true });
    },
    take(c, state) {
      if (!/^[\w-]+$/.test(state)) return null;
      const kept = read(c, nameOf(state));
      cookies.drop(c, nameOf(state));
      return kept !== null && kept.untilMs > now() && kept.begun.state === state ? kept.begun : null;
    },
  };
}

function nameOf(state: string): string {
  return `${PREFIX}${state.slice(0, NAME_LENGTH)}`;
}
