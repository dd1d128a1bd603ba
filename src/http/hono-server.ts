/** An HTTP server for a Hono app, and its end: what is under way is answered, within a bound. */
import { once } from 'node:events';
import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { canAnswer, lingerAfter } from './linger.ts';

export type HonoFetch = (
  request: Request,
  bindings: { readonly incoming: IncomingMessage; readonly outgoing: ServerResponse },
) => Response | Promise<Response>;

const HEADERS_MS = 5_000;
const REQUEST_MS = 30_000;
const CLOSE_MS = 5_000;

export function createHonoServer(fetch: HonoFetch): Server {
  return createLingeringServer(fetch, { headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS });
}

/** Whoever is answered before they have sent all reads the answer. */
export function createLingeringServer(fetch: HonoFetch, serverOptions: ServerOptions): Server {
  return createAdaptorServer({
    fetch: (request, bindings) => {
      const { incoming, outgoing } = bindings as Parameters<HonoFetch>[1];
      if (!canAnswer(incoming)) {
        incoming.socket.destroy();
        return new Response(null, { status: 503 });
      }
      lingerAfter(incoming, outgoing);
      return fetch(request, { incoming, outgoing });
    },
    serverOptions,
    // It would close the connection half a second after the answer, whatever comes on it.
    autoCleanupIncoming: false,
  }) as Server;
}

export async function closeHonoServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const last = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
  await closed;
  clearTimeout(last);
}
