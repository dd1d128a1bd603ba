/** A client of a server that answers as a test says; both are closed after the test. */
import type { GenesysClient, GenesysClientOptions } from '../../src/genesys/client.ts';
import { startScriptedServer } from '../helpers/scripted-server.ts';
import type { Reply, ScriptedServer, SeenRequest } from '../helpers/scripted-server.ts';
import { clientOf } from './with-organisation.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

export function closeAfter(...close: (() => unknown)[]): void {
  closers.push(...close);
}

export interface Answering {
  readonly client: GenesysClient;
  /** All but the requests for tokens. */
  readonly seen: readonly SeenRequest[];
  readonly server: ScriptedServer;
}

export async function clientAnswering(
  script: (request: SeenRequest) => Reply,
  options: Partial<GenesysClientOptions> = {},
): Promise<Answering> {
  const seen: SeenRequest[] = [];
  const server = await startScriptedServer((request) => {
    if (request.path === '/oauth/token') return { body: { access_token: 'our-own-token', expires_in: 3600 } };
    seen.push(request);
    return script(request);
  });
  const client = clientOf(server.url, options);
  closeAfter(
    () => client.close(),
    () => server.close(),
  );
  return { client, seen, server };
}

/** `GET /api/v2/...` of each, in order. */
export function callsOf(seen: readonly SeenRequest[]): string[] {
  return seen.map(({ method, path, query }) => `${method} ${path}${query.size === 0 ? '' : `?${query.toString()}`}`);
}

export async function all<T>(entities: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const entity of entities) found.push(entity);
  return found;
}
