/** The api process that the environment names, and the token with which it is asked. */
import { join } from 'node:path';
import { ConfigError } from '../config/error.ts';
import type { Env } from '../config/secrets.ts';
import type { Configurator } from '../configurator.ts';
import { createRemoteConfigurator } from '../configurator/remote.ts';
import { isTrustworthy } from '../domain/identity/issuer-url.ts';
import { createBoundedFetch } from '../http/bounded-fetch.ts';
import type { BoundedFetch } from '../http/bounded-fetch.ts';
import { IdentityError } from '../identity/errors.ts';
import { refresh } from '../identity/sign-in.ts';
import { changeLogin, readLogin } from '../identity/token-file.ts';
import type { Login } from '../identity/token-file.ts';
import { openAgents } from './agents.ts';
import { configFolder } from './operator-key.ts';
import { readSecretOf } from './secrets.ts';

/** Waits for an act that waits for a worker, and takes a page of history with its evidence. */
const ANSWER_MS = 75_000;
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
/** So long before its end a token is refreshed: clocks differ, and an act takes a while. */
const FRESH_MS = 60_000;

/** Null: acts go to Temporal directly. A token goes nowhere without https, but to this machine. */
export function apiUrl(env: Env): string | null {
  const given = env['ASSIST_API_URL'] ?? '';
  if (given === '') return null;
  if (isTrustworthy(given)) return given.replace(/\/+$/, '');
  throw new ConfigError([
    { name: 'ASSIST_API_URL', message: 'is no https address; plain http is for this machine alone' },
  ]);
}

export function demandApi(env: Env): string {
  const url = apiUrl(env);
  if (url !== null) return url;
  throw new ConfigError([{ name: 'ASSIST_API_URL', message: 'is not set; expected the address of the api process' }]);
}

export function loginFile(env: Env): string {
  return join(configFolder(env), 'login.json');
}

/** Of the api process and of identity providers. */
export function openClientFetch(env: Env): BoundedFetch & { readonly close: () => void } {
  const agents = openAgents(env);
  const fetch = createBoundedFetch({ timeoutMs: ANSWER_MS, maxBytes: MAX_ANSWER_BYTES, agentFor: agents.agentFor });
  return Object.assign(fetch, { close: agents.close });
}

export function openRemoteConfigurator(env: Env, url: string, now: () => number): Configurator {
  const fetch = openClientFetch(env);
  const remote = createRemoteConfigurator({ url, fetch, token: () => tokenFor(env, url, { fetch, now }) });
  return { ...remote, close: async () => fetch.close() };
}

/** That of a CI job where one is given; else of who is signed in, refreshed when it is about to end. */
export async function tokenFor(
  env: Env,
  url: string,
  { fetch, now }: { readonly fetch: BoundedFetch; readonly now: () => number },
): Promise<string> {
  const given = readSecretOf({ env }, 'ASSIST_TOKEN');
  if (given !== undefined) return given.trim();
  const file = loginFile(env);
  const isFresh = (login: Login): boolean => login.expiresAtMs - now() > FRESH_MS;
  const found = await readLogin(file, url);
  if (found !== null && isFresh(found)) return found.token;
  // Of two processes at once one refreshes: a refresh token is often good once.
  const login = await changeLogin(file, url, async (current) => {
    if (current === null || isFresh(current) || current.refreshToken === null) return current;
    const { issuer, clientId, scopes, kind, refreshToken } = current;
    const fresh = await refresh({ issuer, clientId, scopes, token: kind }, refreshToken, { fetch, now });
    return fresh === null ? null : { ...current, ...fresh };
  });
  if (login !== null && login.expiresAtMs > now()) return login.token;
  throw new IdentityError(
    'login-missing',
    found === null ? `You are not signed in at ${url}.` : `You are not signed in at ${url} any more.`,
    'Sign in with `assist-rollouts login`; a CI job gives its token in ASSIST_TOKEN. Nothing was done.',
  );
}
