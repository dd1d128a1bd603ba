/** `POST /oauth/token`: credentials by HTTP Basic, or in the form. */
import type { Handler } from 'hono';
import type { SandboxEnv } from './http-context.ts';
import { refuseToken } from './oauth.ts';
import type { TokenRequest } from './oauth.ts';
import type { SandboxOrganisation } from './organisation.ts';

export function tokenRoute(org: SandboxOrganisation): Handler<SandboxEnv> {
  return async (c) => {
    if (!(c.req.header('content-type') ?? '').startsWith('application/x-www-form-urlencoded')) {
      return c.json(refuseToken('invalid_request', 'expected application/x-www-form-urlencoded').body, 400);
    }
    const form = new URLSearchParams(await c.req.text());
    const answer = org.oauth.grant(credentialsOf(c.req.header('authorization'), form));
    return c.json(answer.body, answer.status);
  };
}

function credentialsOf(authorization: string | undefined, form: URLSearchParams): TokenRequest {
  const grantType = form.get('grant_type') ?? undefined;
  const basic = /^Basic +(\S+)$/i.exec(authorization ?? '')?.[1];
  if (basic === undefined) {
    return { grantType, id: form.get('client_id') ?? undefined, secret: form.get('client_secret') ?? undefined };
  }
  const [id, ...secret] = Buffer.from(basic, 'base64').toString('utf8').split(':');
  return { grantType, id, secret: secret.join(':') };
}
