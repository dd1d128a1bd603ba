/** Listens. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { createLingeringServer } from '../http/hono-server.ts';
import type { HonoFetch } from '../http/hono-server.ts';
import { listenOn } from '../http/listen.ts';
import { observedRequests } from '../telemetry/requests.ts';
import { createIngestApp } from './app.ts';
import type { IngestOptions } from './app.ts';
import { limitConnections } from './connections.ts';
import type { Connections } from './connections.ts';

export interface IngestServerOptions extends IngestOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly host?: string;
  /** Of /admin, on this machine alone; any free one if absent. Nothing listens there without a token. */
  readonly adminPort?: number;
  readonly maxConnections?: number;
  readonly maxConnectionsPerAddress?: number;
}

export interface IngestServer {
  /** Of the service; pushes go to `${url}/events`. */
  readonly url: string;
  /** Of what the verbs ask; null without a token. */
  readonly adminUrl: string | null;
  /** Answers what was accepted, then stops. Leaves the database open. */
  close(): Promise<void>;
}

/** A whole push is small: what takes longer is a network that does not deliver, or somebody who holds a place. */
const HEADERS_MS = 5_000;
const REQUEST_MS = 30_000;
const CHECK_MS = 1_000;
const CLOSE_MS = 5_000;
const MAX_CONNECTIONS = 2_048;
/** A proxy in front is one address. */
const MAX_PER_ADDRESS = 1_024;
const THIS_MACHINE = '127.0.0.1';
const WHAT = 'The events service';

export async function startIngest(options: IngestServerOptions): Promise<IngestServer> {
  const {
    port,
    host = THIS_MACHINE,
    adminPort = 0,
    maxConnections = MAX_CONNECTIONS,
    maxConnectionsPerAddress = MAX_PER_ADDRESS,
  } = options;
  const connections: { current?: Connections } = {};
  const app = createIngestApp({ ...options, cutConnections: () => connections.current?.cut ?? 0 });
  const answer = observedRequests('events', app.fetch);
  const server = httpServer((request, { incoming, outgoing }) =>
    answer(request, {
      incoming,
      proven: () => {
        const over = connections.current?.proven(incoming.socket);
        if (over !== undefined) outgoing.once('close', over);
      },
    }),
  );
  connections.current = limitConnections(server, { most: maxConnections, maxPerAddress: maxConnectionsPerAddress });
  const admin = app.admin === null ? null : httpServer(app.admin);
  const url = await listenOn(server, { port, host, what: WHAT });
  let adminUrl: string | null = null;
  try {
    if (admin !== null) adminUrl = await listenOn(admin, { port: adminPort, host: THIS_MACHINE, what: WHAT });
  } catch (error) {
    await close(server, () => Promise.resolve());
    throw error;
  }
  let closing: Promise<void> | undefined;
  const closeAll = async (): Promise<void> => {
    await Promise.all([
      close(server, () => app.drain()),
      admin === null ? undefined : close(admin, () => Promise.resolve()),
    ]);
  };
  return {
    url,
    adminUrl,
    close: () => (closing ??= closeAll()),
  };
}

function httpServer(fetch: HonoFetch): Server {
  return createLingeringServer(fetch, {
    headersTimeout: HEADERS_MS,
    requestTimeout: REQUEST_MS,
    connectionsCheckingInterval: CHECK_MS,
  });
}

async function close(server: Server, drain: () => Promise<void>): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const last = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
  await drain();
  server.closeIdleConnections();
  await closed;
  clearTimeout(last);
}
