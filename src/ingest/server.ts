/** Listens. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { codeOf } from '../store/errors.ts';
import { createIngestApp } from './app.ts';
import type { IngestOptions } from './app.ts';

export interface IngestServerOptions extends IngestOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly host?: string;
}

export interface IngestServer {
  /** Of the service; pushes go to `${url}/events`. */
  readonly url: string;
  /** Answers what was accepted, then stops. Leaves the database open. */
  close(): Promise<void>;
}

export class CannotListen extends Error {
  readonly code = 'cannot-listen';
  override readonly name = 'CannotListen';
}

const REQUEST_MS = 30_000;
const CLOSE_MS = 5_000;

export async function startIngest({ port, host = '127.0.0.1', ...options }: IngestServerOptions): Promise<IngestServer> {
  const app = createIngestApp(options);
  const server = createAdaptorServer({ fetch: app.fetch, serverOptions: { requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS } }) as Server;
  await listen(server, port, host);
  const { port: taken } = server.address() as AddressInfo;
  let closing: Promise<void> | undefined;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    close: () => (closing ??= close(server, () => app.drain())),
  };
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (cause) {
    const why = codeOf(cause) === 'EADDRINUSE' ? 'the port is in use' : codeOf(cause) || 'unknown error';
    throw new CannotListen(`The events service cannot listen on ${host}:${port}: ${why}. Stop what holds it, or choose another port.`, { cause });
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
