/** `/api/v2/oauth/clients`, for reading. No secret is told. */
import { Hono } from 'hono';
import { noSuchResource } from './api-error.ts';
import { listingOf } from './documents.ts';
import { requireRight } from './guard.ts';
import type { SandboxEnv } from './http-context.ts';
import type { SandboxClient } from './oauth.ts';
import type { SandboxOrganisation } from './organisation.ts';

const CLIENTS = '/api/v2/oauth/clients';

export function oauthClientRoutes({ settings }: SandboxOrganisation): Hono<SandboxEnv> {
  const { clients, tokenLifetimeSeconds } = settings;
  const app = new Hono<SandboxEnv>();
  app.use(requireRight('oauth:readonly', 'oauth:client:view'));
  const show = ({ id, scopes, redirectUris }: SandboxClient): object => ({
    id,
    name: id,
    accessTokenValiditySeconds: tokenLifetimeSeconds,
    ...(redirectUris !== undefined && redirectUris !== 'loopback' && { registeredRedirectUri: redirectUris }),
    authorizedGrantType: redirectUris === undefined ? 'CLIENT-CREDENTIALS' : 'CODE',
    scope: redirectUris === undefined ? [] : scopes,
    state: 'active',
    selfUri: `${CLIENTS}/${id}`,
  });
  // All at once: it is not listed page by page.
  app.get('/', (c) => c.json(listingOf(CLIENTS, clients.map(show), { pageNumber: 1, pageSize: 100 }, [])));
  app.get('/:id', (c) => {
    const client = clients.find(({ id }) => id === c.req.param('id'));
    if (client === undefined) throw noSuchResource();
    return c.json(show(client));
  });
  return app;
}
