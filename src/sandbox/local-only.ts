/** The control routes ask for no token, so they answer this machine only. */
import type { MiddlewareHandler } from 'hono';
import { ApiError } from './api-error.ts';
import type { SandboxEnv } from './http-context.ts';

/**
 * By both: who is connected, and the host that was asked for. A page of a stranger can have its own name point at
 * 127.0.0.1, and
 * its browser then asks from this machine; but it tells that name.
 */
export const localOnly: MiddlewareHandler<SandboxEnv> = async (c, next) => {
  const peer = c.env.incoming?.socket.remoteAddress ?? '';
  if (!LOOPBACK_ADDRESS.test(peer) || !LOOPBACK_HOST.test(c.req.header('host') ?? '')) throw notLocal();
  await next();
};

const LOOPBACK_ADDRESS = /^(::ffff:)?127(\.\d{1,3}){3}$|^::1$/;
const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;

function notLocal(): ApiError {
  const message =
    'The control routes answer this machine only. Ask for http://127.0.0.1:<port>/sandbox/... on the machine, ' +
    'or in the container, of the sandbox.';
  return new ApiError({ status: 403, code: 'not.local', message });
}
