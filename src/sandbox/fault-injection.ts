/** Lets ordered faults happen to requests of the organisation's own API; the sandbox's controls are spared. */
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { MiddlewareHandler } from 'hono';
import { delayOf, errorOf } from './faults.ts';
import type { SandboxContext, SandboxEnv } from './http-context.ts';
import { bearerOf } from './guard.ts';
import { refuseToken, throttled } from './oauth.ts';
import type { SandboxOrganisation } from './organisation.ts';

export function injectFaults(org: SandboxOrganisation): MiddlewareHandler<SandboxEnv> {
  return async (c, next) => {
    const { pathname } = new URL(c.req.url);
    const token = bearerOf(c);
    const client = token === undefined ? undefined : org.oauth.callerOf(token)?.id;
    const fault = org.faults.take(c.req.method, pathname, client);
    if (fault === undefined) return next();
    await delayOf(fault);
    if (fault.dropAnswer === 'beforeWork') return cut(c);
    if (fault.dropAnswer === 'afterWork') {
      await next();
      return cut(c);
    }
    if (fault.status === undefined) return next();
    if (pathname === '/oauth/token' && fault.status < 429) return refuse(c, fault.status, fault.retryAfterSeconds);
    throw errorOf(fault.status, fault.retryAfterSeconds);
  };
}

/** The caller sees a connection that was reset, as when a proxy dies. */
function cut(c: SandboxContext): Response {
  c.env.incoming?.socket.destroy();
  c.res = undefined;
  return RESPONSE_ALREADY_SENT;
}

/** The token endpoint's own shape of error. */
function refuse(c: SandboxContext, status: number, retryAfterSeconds: number | undefined): Response {
  const answer =
    status === 400 ? throttled(retryAfterSeconds ?? 1) : refuseToken('invalid_client', 'authentication failed');
  return c.json(answer.body, status as 400);
}
