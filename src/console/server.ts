/** The running console. */
import type { AddressInfo } from 'node:net';
import { closeHonoServer, createHonoServer } from '../http/hono-server.ts';
import { listenOn } from '../http/listen.ts';
import { observedRequests } from '../telemetry/requests.ts';
import { createConsoleApp } from './app.ts';
import type { ConsoleAppDeps } from './parts.ts';
import { originsOf } from './origin.ts';

export interface ConsoleOptions extends Omit<ConsoleAppDeps, 'origins'> {
  /** 0 takes any free one. */
  readonly port: number;
  readonly host: string;
  /** Where browsers reach it; null: at this machine alone. */
  readonly publicUrl: string | null;
}

export interface ConsoleServer {
  readonly url: string;
  close(): Promise<void>;
}

const MAX_CONNECTIONS = 2_048;

export async function startConsole({ port, host, publicUrl, ...deps }: ConsoleOptions): Promise<ConsoleServer> {
  const origins = originsOf(publicUrl, () => (server.address() as AddressInfo).port);
  const app = createConsoleApp({ ...deps, origins });
  const server = createHonoServer(
    observedRequests('console', (request, bindings: object) => app.fetch(request, bindings)),
  );
  server.maxConnections = MAX_CONNECTIONS;
  const url = await listenOn(server, { port, host, what: 'The console' });
  // So that the first who looks does not wait for the list.
  void deps.board.now().catch(() => undefined);
  let closing: Promise<void> | undefined;
  return {
    url,
    close: () => {
      app.close();
      deps.board.close();
      return (closing ??= closeHonoServer(server));
    },
  };
}
