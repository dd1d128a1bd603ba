/** Listens. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { codeOf } from '../store/errors.ts';
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

class CannotListen extends Error {
  readonly code = 'cannot-listen';
  override readonly name = 'CannotListen';
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
  const server = httpServer((request, { incoming, outgoing }) =>
    app.fetch(request, {
      incoming,
      proven: () => {
        const over = connections.current?.proven(incoming.socket);
        if (over !== undefined) outgoing.once('close', over);
      },
    }),
  );
  connections.current = limitConnections(server, { most: maxConnections, maxPerAddress: maxConnectionsPerAddress });
  const admin = app.admin === null ? null : httpServer(app.admin);
  await listen(server, port, host);
  try {
    if (admin !== null) await listen(admin, adminPort, THIS_MACHINE);
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
    url: urlOf(server, host),
    adminUrl: admin === null ? null : urlOf(admin, THIS_MACHINE),
    close: () => (closing ??= closeAll()),
  };
}

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

function httpServer(fetch: (request: Request, exchange: Exchange) => Response | Promise<Response>): Server {
  return createAdaptorServer({
    fetch: (request, exchange) => fetch(request, exchange as Exchange),
    serverOptions: { headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS, connectionsCheckingInterval: CHECK_MS },
  }) as Server;
}

function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (cause) {
    const why = codeOf(cause) === 'EADDRINUSE' ? 'the port is in use' : codeOf(cause) || 'unknown error';
    throw new CannotListen(
      `The events service cannot listen on ${host}:${port}: ${why}. Stop what holds it, or choose another port.`,
      { cause },
    );
  }
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
