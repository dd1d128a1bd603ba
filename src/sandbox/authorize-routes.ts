/**
 * `/oauth/authorize` of the login host: an agent is picked instead of a password asked for. Who has picked stays
 * logged in, so that the next page gets its code at once.
 */
import { Hono } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { html } from 'hono/html';
import { isLoopbackName } from '../domain/identity/loopback.ts';
import type { SandboxContext, SandboxEnv } from './http-context.ts';
import type { SandboxClient } from './oauth.ts';
import type { SandboxOrganisation } from './organisation.ts';
import type { Person } from './people.ts';

/** Its value is the id of the agent who is logged in; the desktop sets it too. */
const LOGIN_COOKIE = 'sandbox-agent';

export function authorizeRoutes(org: SandboxOrganisation): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  app.get('/', (c) => {
    const { client_id: clientId, redirect_uri: redirectUri = '' } = c.req.query();
    const client = org.oauth.client(clientId);
    // Neither is anybody's own page: an answer must not be sent there.
    if (client?.redirectUris === undefined) return refused(c, `No client of the code grant has the id ${clientId}.`);
    if (!mayReturnTo(client, redirectUri)) return refused(c, `${redirectUri} is not a redirect URI of the client.`);
    return answer(c, org, client.id, redirectUri);
  });
  return app;
}

function answer(
  c: SandboxContext,
  org: SandboxOrganisation,
  clientId: string,
  redirectUri: string,
): Response | Promise<Response> {
  const query = c.req.query();
  const back = (answered: Record<string, string>): Response => {
    const url = new URL(redirectUri);
    for (const [name, value] of Object.entries(answered)) url.searchParams.set(name, value);
    if (query['state'] !== undefined) url.searchParams.set('state', query['state']);
    return c.redirect(url.href, 302);
  };
  const challenge = query['code_challenge'] ?? '';
  if (query['response_type'] !== 'code') return back({ error: 'unsupported_response_type' });
  if (query['code_challenge_method'] !== 'S256' || !/^[\w-]{43}$/.test(challenge))
    return back({ error: 'invalid_request', error_description: 'code_challenge with S256 is expected' });
  const picked = query['agent'] ?? (query['prompt'] === 'login' ? undefined : getCookie(c, LOGIN_COOKIE));
  const agent = picked === undefined ? undefined : org.people.find(picked);
  if (agent === undefined) return c.html(pickPage(new URL(c.req.url), org.people.agents()));
  logIn(c, agent.id);
  return back({ code: org.oauth.authorize({ clientId, userId: agent.id, redirectUri, challenge }) });
}

/** From here on the browser is this agent's. */
export function logIn(c: SandboxContext, userId: string): void {
  setCookie(c, LOGIN_COOKIE, userId, { path: '/oauth', httpOnly: true, sameSite: 'Lax' });
}

function mayReturnTo({ redirectUris }: SandboxClient, redirectUri: string): boolean {
  if (!URL.canParse(redirectUri)) return false;
  if (redirectUris !== 'loopback') return redirectUris?.includes(redirectUri) === true;
  const { protocol, hostname } = new URL(redirectUri);
  return /^https?:$/.test(protocol) && isLoopbackName(hostname);
}

type Html = ReturnType<typeof html>;

function refused(c: SandboxContext, why: string): Response | Promise<Response> {
  return c.html(
    html`<!doctype html><title>Log in</title>
      <p>${why}</p>`,
    400,
  ) as Response;
}

function pickPage(asked: URL, agents: readonly Person[]): Html {
  const links = agents.slice(0, 200).map(({ id, name }) => {
    const query = new URLSearchParams(asked.searchParams);
    query.set('agent', id);
    return html`<li><a href="${`${asked.pathname}?${query.toString()}`}" data-agent="${id}">${name}</a></li>`;
  });
  return html`<!doctype html>
    <html lang="en">
      <title>Log in</title>
      <h1>Who are you?</h1>
      <ul>
        ${links}
      </ul>
    </html>`;
}
