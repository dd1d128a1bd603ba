/** `/api/v2/tokens/me`: what the token of the request is. */
import { Hono } from 'hono';
import { requireRight } from './guard.ts';
import type { SandboxEnv } from './http-context.ts';
import type { SandboxOrganisation } from './organisation.ts';
import { ORGANISATION } from './seeded-organisation.ts';

/** A `HEAD` is answered by the `GET`, without its body. */
export function tokenInfoRoutes({ oauth }: SandboxOrganisation): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  app.use(requireRight('user-basic-info'));
  app.get('/', (c) => {
    const { id, scopes, userId, expiresAt } = c.get('client');
    return c.json({
      organization: ORGANISATION,
      homeOrganization: ORGANISATION,
      authorizedScope: userId === undefined ? [] : scopes,
      dateTokenIdles: new Date(expiresAt).toISOString(),
      OAuthClient: {
        id,
        name: id,
        authorizedGrantType: userId === undefined ? 'CLIENT-CREDENTIALS' : 'CODE',
        organization: ORGANISATION,
      },
    });
  });
  app.delete('/', (c) => {
    oauth.revoke(c.get('token'));
    return c.body(null, 200);
  });
  return app;
}
