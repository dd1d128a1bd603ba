/** Who may call, how often, and what: bearer token, then rate limit, then scope, then permission. */
import type { MiddlewareHandler } from 'hono';
import { ApiError, tooManyRequests } from './api-error.ts';
import type { SandboxEnv } from './http-context.ts';
import type { SandboxOrganisation } from './organisation.ts';

export function requireToken(org: SandboxOrganisation): MiddlewareHandler<SandboxEnv> {
  return async (c, next) => {
    const token = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    if (token === undefined) throw noToken();
    const client = org.oauth.clientOf(token);
    if (client === undefined) throw badToken();
    org.calls.set(client.id, (org.calls.get(client.id) ?? 0) + 1);
    const quota = org.callLimit.take(token);
    if (!quota.allowed) throw tooManyRequests(quota.resetSeconds);
    c.set('client', client);
    c.header('inin-ratelimit-count', String(quota.count));
    c.header('inin-ratelimit-allowed', String(quota.limit));
    c.header('inin-ratelimit-reset', String(quota.resetSeconds));
    await next();
  };
}

export function requireScope(scope: string): MiddlewareHandler<SandboxEnv> {
  return async (c, next) => {
    if (!c.get('client').scopes.includes(scope)) throw missingScope(scope);
    await next();
  };
}

export function requireRight(scope: string, permission: string): MiddlewareHandler<SandboxEnv> {
  return async (c, next) => {
    const { scopes, permissions } = c.get('client');
    if (!scopes.includes(scope)) throw missingScope(scope);
    if (permissions !== undefined && !permissions.includes(permission)) throw missingPermission(permission);
    await next();
  };
}

/** Scopes do not apply to client credentials: what the client may do is a matter of its roles alone. */
export function requirePermission(permission: string): MiddlewareHandler<SandboxEnv> {
  return async (c, next) => {
    if (c.get('client').permissions?.includes(permission) === false) throw missingPermission(permission);
    await next();
  };
}

function noToken(): ApiError {
  const message = 'No authentication bearer token specified in authorization header.';
  return new ApiError({ status: 401, code: 'authentication.required', message });
}

function badToken(): ApiError {
  return new ApiError({ status: 401, code: 'bad.credentials', message: 'Invalid login credentials.' });
}

function missingScope(scope: string): ApiError {
  return new ApiError({
    status: 403,
    code: 'app.not.authorized.for.scope',
    message: `App not authorized to use scope [${scope}]`,
    headers: { 'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${scope}"` },
  });
}

export function missingPermission(permission: string): ApiError {
  const message = 'Unable to perform the requested action. You are missing the following permission(s): ';
  return new ApiError({ status: 403, code: 'missing.permissions', message: message + permission });
}
