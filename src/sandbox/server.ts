/** Starts the organisation on a port of this machine. */
import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import type { ServerType } from '@hono/node-server';
import { createSandboxApp } from './app.ts';
import { serveSockets } from './notification-socket.ts';
import { createOrganisation } from './organisation.ts';
import type { SandboxOrganisation } from './organisation.ts';
import type { SandboxOptions } from './options.ts';
import { SandboxError } from './sandbox-error.ts';

/** Longer than clients keep a connection that is idle: one that is closed just as it is used again is an error. */
const KEEP_ALIVE_MS = 75_000;
/** Traffic and pushes move in ticks: no timer per card. */
const TICK_MS = 50;

export interface SandboxHandle {
  /** Both login and API host. */
  readonly url: string;
  readonly org: SandboxOrganisation;
  close(): Promise<void>;
}

/** Rejects with a `SandboxError` when the port is taken or the state file is not readable. */
export async function startSandbox(options: SandboxOptions = {}): Promise<SandboxHandle> {
  const org = createOrganisation(options);
  const { host, port } = org.settings;
  const server = await listen(org, host, port).catch(async (cause: unknown) => {
    await org.close();
    throw cannotListen(host, port, cause);
  });
  const ticker = setInterval(() => {
    org.tick();
  }, TICK_MS);
  const sockets = serveSockets(server as Server, org.channels, org.settings.notifications.heartbeatMs);
  const address = server.address();
  const actualPort = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actualPort}`,
    org,
    close: async () => {
      clearInterval(ticker);
      await org.close();
      sockets.close();
      await closed(server);
    },
  };
}

function listen(org: SandboxOrganisation, hostname: string, port: number): Promise<ServerType> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: createSandboxApp(org).fetch, hostname, port }, () => {
      resolve(server);
    });
    (server as Server).keepAliveTimeout = KEEP_ALIVE_MS;
    server.once('error', reject);
  });
}

function closed(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
}

function cannotListen(host: string, port: number, cause: unknown): SandboxError {
  const isTaken = (cause as NodeJS.ErrnoException).code === 'EADDRINUSE';
  return isTaken
    ? new SandboxError(
        'sandbox-port-in-use',
        `Port ${port} of ${host} is in use. Stop what listens there, or name another port (0 takes any free one).`,
        { cause },
      )
    : new SandboxError(
        'sandbox-cannot-listen',
        `The sandbox cannot listen on ${host}:${port}: ${String(cause)}. Name an address of this machine and a ` +
          'port it may use.',
        { cause },
      );
}
