/** `/api/v2/authorization/subjects/me`: what the caller may, as grants of roles. */
import { Hono } from 'hono';
import { ApiError } from './api-error.ts';
import { requireRight } from './guard.ts';
import type { SandboxEnv } from './http-context.ts';
import type { SandboxOrganisation } from './organisation.ts';
import { HOME_DIVISION } from './routing.ts';

/** Of who has every permission. */
const DOMAINS =
  'agentassist analytics assistants audits conversation integrations oauth recording routing speechAndTextAnalytics';

export function authorizationRoutes({ settings }: SandboxOrganisation): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  app.get('/subjects/me', requireRight('authorization:readonly'), (c) => {
    const { id, userId, permissions, divisionIds = [HOME_DIVISION] } = c.get('client');
    if (userId === undefined && !settings.clientsHaveGrants) throw notAUser();
    const policies = permissions?.map(policyOf) ?? DOMAINS.split(' ').map((domain) => policyOf(`${domain}:*:*`));
    return c.json({
      id: userId ?? id,
      name: userId ?? id,
      grants: divisionIds.map((division) => ({
        subjectId: userId ?? id,
        division: { id: division, name: 'Home', description: 'Home' },
        role: { id: 'sandbox-role', name: 'Sandbox', policies },
      })),
      version: 1,
      selfUri: '/api/v2/authorization/subjects/me',
    });
  });
  return app;
}

function policyOf(permission: string): object {
  const [domain = '', entityName = '', action = ''] = permission.split(':');
  return { domain, entityName, actions: [action] };
}

function notAUser(): ApiError {
  return new ApiError({
    status: 403,
    code: 'not.authorized',
    message: 'You are not authorized to perform that action.',
  });
}
