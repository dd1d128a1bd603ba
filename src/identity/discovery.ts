/** Where an issuer publishes its keys (OpenID Connect Discovery 1.0): asked once an hour, and not again and again in vain. */
import { z } from 'zod';
import type { BoundedFetch } from '../http/bounded-fetch.ts';
import { isTrustworthy } from '../domain/identity/issuer-url.ts';

export interface Discovered {
  readonly keysUrl: string;
}

export class IssuerUnavailable extends Error {
  override readonly name = 'IssuerUnavailable';
}

const schema = z.object({ issuer: z.string(), jwks_uri: z.string().max(2_048) });
const FRESH_MS = 3_600_000;
const RETRY_MS = 5_000;

/** Rejects with IssuerUnavailable. */
export function createDiscovery(fetch: BoundedFetch, now: () => number): (issuer: string) => Promise<Discovered> {
  const known = new Map<string, { readonly untilMs: number; readonly found: Promise<Discovered> }>();
  return (issuer) => {
    const last = known.get(issuer);
    if (last !== undefined && now() < last.untilMs) return last.found;
    const found = discover(fetch, issuer);
    known.set(issuer, { untilMs: now() + FRESH_MS, found });
    found.catch(() => known.set(issuer, { untilMs: now() + RETRY_MS, found }));
    return found;
  };
}

async function discover(fetch: BoundedFetch, issuer: string): Promise<Discovered> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const answer = await fetch(url, { headers: { accept: 'application/json' } }).catch((cause: unknown) => {
    throw new IssuerUnavailable('it does not answer', { cause });
  });
  if (answer.status !== 200) throw new IssuerUnavailable(`its configuration answers with status ${answer.status}`);
  const parsed = schema.safeParse(await answer.json().catch(() => null));
  if (!parsed.success) throw new IssuerUnavailable('its configuration names no keys');
  const { issuer: named, jwks_uri: keysUrl } = parsed.data;
  if (named !== issuer) throw new IssuerUnavailable('its configuration is that of another issuer');
  if (!isTrustworthy(keysUrl)) throw new IssuerUnavailable('its keys are not published over https');
  return { keysUrl };
}
