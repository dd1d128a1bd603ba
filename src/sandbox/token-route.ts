/** `POST /oauth/token`: credentials by HTTP Basic or in the form; or a code with its verifier. */
import type { Handler } from 'hono';
import type { SandboxEnv } from './http-context.ts';
import { refuseToken } from './oauth.ts';
import type { CodeRequest, CredentialsRequest, OAuth, TokenAnswer } from './oauth.ts';
import type { SandboxOrganisation } from './organisation.ts';

export function tokenRoute({ oauth }: SandboxOrganisation): Handler<SandboxEnv> {
  return async (c) => {
    if (!(c.req.header('content-type') ?? '').startsWith('application/x-www-form-urlencoded')) {
      return c.json(refuseToken('invalid_request', 'expected application/x-www-form-urlencoded').body, 400);
    }
    const form = new URLSearchParams(await c.req.text());
    const answer = grant(oauth, credentialsOf(c.req.header('authorization'), form), form);
    return c.json(answer.body, answer.status);
  };
}

function grant(oauth: OAuth, credentials: CredentialsRequest, form: URLSearchParams): TokenAnswer {
  switch (form.get('grant_type')) {
    case 'client_credentials':
      return oauth.grantToClient(credentials);
    case 'authorization_code':
      return oauth.grantForCode(codeOf(credentials.id, form));
    default:
      return refuseToken('unsupported_grant_type', 'grant type not supported');
  }
}

function codeOf(clientId: string | undefined, form: URLSearchParams): CodeRequest {
  const text = (name: string): string => form.get(name) ?? '';
  return { clientId, code: text('code'), verifier: text('code_verifier'), redirectUri: text('redirect_uri') };
}

function credentialsOf(authorization: string | undefined, form: URLSearchParams): CredentialsRequest {
  const basic = /^Basic +(\S+)$/i.exec(authorization ?? '')?.[1];
  if (basic === undefined)
    return { id: form.get('client_id') ?? undefined, secret: form.get('client_secret') ?? undefined };
  const [id, ...secret] = Buffer.from(basic, 'base64').toString('utf8').split(':');
  return { id, secret: secret.join(':') };
}
