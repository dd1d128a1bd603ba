/** An HTTP server for a Hono app, and its end: what is under way is answered, within a bound. */
import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';

export type HonoFetch = (
  request: Request,
  bindings: { readonly incoming: IncomingMessage; readonly outgoing: ServerResponse },
) => Response | Promise<Response>;

const HEADERS_MS = 5_000;
const REQUEST_MS = 30_000;
const CLOSE_MS = 5_000;

export function createHonoServer(fetch: HonoFetch): Server {
  return createAdaptorServer({
    fetch: (request, bindings) => fetch(request, bindings as Parameters<HonoFetch>[1]),
    serverOptions: { headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS },
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
