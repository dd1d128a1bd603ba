/** The running api process. */
import { createHonoServer, closeHonoServer } from '../http/hono-server.ts';
import { listenOn } from '../http/listen.ts';
import { observedRequests } from '../telemetry/requests.ts';
import { createApiApp } from './app.ts';
import type { ApiAppDeps } from './app.ts';

export interface ApiOptions extends ApiAppDeps {
  /** 0 takes any free one. */
  readonly port: number;
  readonly host: string;
}

export interface ApiServer {
  readonly url: string;
  close(): Promise<void>;
}

const MAX_CONNECTIONS = 1_024;

export async function startApi(options: ApiOptions): Promise<ApiServer> {
  const app = createApiApp(options);
  const server = createHonoServer(observedRequests('api', (request) => app.fetch(request)));
  server.maxConnections = MAX_CONNECTIONS;
  const url = await listenOn(server, { ...options, what: 'The api process' });
  let closing: Promise<void> | undefined;
  return { url, close: () => (closing ??= closeHonoServer(server)) };
}
