/** Who may call, how often, and what: bearer token, then rate limit, then scope, then permission. */
import type { MiddlewareHandler } from 'hono';
import { ApiError, tooManyRequests } from './api-error.ts';
import type { SandboxContext, SandboxEnv } from './http-context.ts';
import type { Caller } from './oauth.ts';
import type { SandboxOrganisation } from './organisation.ts';

export function requireToken(org: SandboxOrganisation): MiddlewareHandler<SandboxEnv> {
  return async (c, next) => {
    const token = bearerOf(c);
    if (token === undefined) throw noToken();
    const caller = org.oauth.callerOf(token);
    if (caller === undefined) throw badToken();
    org.calls.set(caller.id, (org.calls.get(caller.id) ?? 0) + 1);
    const quota = org.callLimit.take(token, caller.callsPerMinute);
    if (!quota.allowed) throw tooManyRequests(quota.resetSeconds);
    c.set('client', caller);
    c.set('token', token);
    c.header('inin-ratelimit-count', String(quota.count));
    c.header('inin-ratelimit-allowed', String(quota.limit));
    c.header('inin-ratelimit-reset', String(quota.resetSeconds));
    await next();
  };
}

export function bearerOf(c: SandboxContext): string | undefined {
  return /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
}

/** Of these there is no scope for writing beside it. */
const ONLY_READABLE = ['audits:readonly'];

/**
 * `scope` binds agents only: client credentials have none. `x:readonly` is also held by who holds `x`. Without a
 * permission whoever has a token may; of several all are needed.
 */
export function requireRight(scope: string, ...permissions: readonly string[]): MiddlewareHandler<SandboxEnv> {
  const isOfTwo = scope.endsWith(':readonly') && !ONLY_READABLE.includes(scope);
  const anyOf = isOfTwo ? [scope, scope.replace(/:readonly$/, '')] : [scope];
  return async (c, next) => {
    const caller = c.get('client');
    if (caller.userId !== undefined && !anyOf.some((one) => caller.scopes.includes(one))) throw missingScope(anyOf);
    assertPermissions(caller, permissions);
    await next();
  };
}

/** For the resources that the platform does not have: as the tutorial tells it, a scope binds clients too. */
export function requireTutorialRight(scope: string, permission: string): MiddlewareHandler<SandboxEnv> {
  return async (c, next) => {
    const caller = c.get('client');
    if (!caller.scopes.includes(scope)) throw missingScope([scope]);
    assertPermissions(caller, [permission]);
    await next();
  };
}

export function mayDo({ permissions }: Pick<Caller, 'permissions'>, permission: string): boolean {
  return permissions === undefined || permissions.includes(permission);
}

function assertPermissions(caller: Caller, permissions: readonly string[]): void {
  const missing = permissions.filter((permission) => !mayDo(caller, permission));
  if (missing.length > 0) throw missingPermission(missing.join(', '));
}

function noToken(): ApiError {
  const message = 'No authentication bearer token specified in authorization header.';
  return new ApiError({ status: 401, code: 'authentication.required', message });
}

function badToken(): ApiError {
  return new ApiError({ status: 401, code: 'bad.credentials', message: 'Invalid login credentials.' });
}

function missingScope(anyOf: readonly string[]): ApiError {
  return new ApiError({
    status: 403,
    code: 'app.not.authorized.for.scope',
    message: `App not authorized to use scope [${anyOf.join(', ')}]`,
    headers: { 'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${anyOf.join(' ')}"` },
  });
}

export function missingPermission(permission: string): ApiError {
  const message = 'Unable to perform the requested action. You are missing the following permission(s): ';
  return new ApiError({ status: 403, code: 'missing.permissions', message: message + permission });
}
