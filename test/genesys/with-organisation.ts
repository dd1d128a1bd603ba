/** A little organisation for tests: tokens, and whatever documents a test puts in, with unique names and pages. */
import { createGenesysClient } from '../../src/genesys/client.ts';
import type { GenesysClient, GenesysClientOptions } from '../../src/genesys/client.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import { startScriptedServer } from '../helpers/scripted-server.ts';
import type { Reply, ScriptedServer, SeenRequest } from '../helpers/scripted-server.ts';

export type Document = Record<string, unknown> & { readonly id: string; readonly name: string };

/**
 * Runs before the organisation's own answer; undefined lets the organisation answer. `after` is told when the work is
 * done.
 */
export type Interruption = (request: SeenRequest, work: () => Reply) => Reply | undefined;

export interface Organisation {
  readonly server: ScriptedServer;
  readonly client: GenesysClient;
  readonly documents: Map<string, Document>;
  /** Replies to come first, for as long as it is set. */
  interrupt: Interruption | undefined;
  /** Every state that a write left behind, in order. */
  readonly states: Document[][];
  close(): Promise<void>;
}

export const CLIENT = { clientId: 'the-client', clientSecret: 'very-secret-secret' };
export const TOKEN = 'token-that-must-not-be-seen';

export async function startOrganisation(
  collection: string,
  options: Partial<GenesysClientOptions> = {},
): Promise<Organisation> {
  const documents = new Map<string, Document>();
  const states: Document[][] = [];
  const organisation = { interrupt: undefined as Interruption | undefined };
  const server = await startScriptedServer((request) => {
    const work = (): Reply => {
      const reply = answer(`/api/v2/${collection}`, documents, request);
      if (request.method !== 'GET') states.push([...documents.values()]);
      return reply;
    };
    if (request.path === '/oauth/token')
      return { body: { access_token: TOKEN, token_type: 'bearer', expires_in: 3600 } };
    return organisation.interrupt?.(request, work) ?? work();
  });
  const client = clientOf(server.url, options);
  return Object.assign(organisation, {
    server,
    client,
    documents,
    states,
    close: async () => {
      client.close();
      await server.close();
    },
  });
}

/** A client without waiting: the clock stands and sleeping is refused, so that no test depends on time. */
export function clientOf(url: string, options: Partial<GenesysClientOptions> = {}): GenesysClient {
  return createGenesysClient({
    loginUrl: url,
    apiUrl: url,
    ...CLIENT,
    callsPerMinute: 3000,
    requestTimeoutMs: PATIENCE_MS,
    now: () => 1_000_000,
    sleep: () => Promise.reject(new Error('a test slept')),
    ...options,
  });
}

function answer(base: string, documents: Map<string, Document>, request: SeenRequest): Reply {
  if (!request.path.startsWith(base)) return { status: 404, body: errorBody(404, 'not.found') };
  const id = request.path.slice(base.length + 1);
  if (id === '') return request.method === 'POST' ? create(documents, request) : list(documents, request);
  const found = documents.get(id);
  if (found === undefined)
    return { status: 404, body: errorBody(404, 'not.found'), headers: { 'inin-correlation-id': 'corr-404' } };
  if (request.method === 'PUT') documents.set(id, { ...(request.body as Document), id });
  if (request.method === 'DELETE') documents.delete(id);
  return request.method === 'DELETE'
    ? { status: 204 }
    : { body: documents.get(id), headers: { 'inin-correlation-id': `corr-${id}` } };
}

function create(documents: Map<string, Document>, request: SeenRequest): Reply {
  const body = request.body as Document;
  if ([...documents.values()].some((one) => one.name === body.name))
    return { status: 409, body: errorBody(409, 'request.conflict') };
  const id = `made-${documents.size + 1}`;
  documents.set(id, { ...body, id });
  return { body: documents.get(id) };
}

function list(documents: Map<string, Document>, request: SeenRequest): Reply {
  const [number, size] = [Number(request.query.get('pageNumber')), Number(request.query.get('pageSize'))];
  const found = [...documents.values()].filter((one) => one.name.startsWith(request.query.get('name') ?? ''));
  const entities = found.slice((number - 1) * size, number * size);
  return {
    body: {
      entities,
      pageNumber: number,
      pageSize: size,
      total: found.length,
      pageCount: Math.ceil(found.length / size),
    },
  };
}

export function errorBody(status: number, code: string, more: object = {}): object {
  return {
    message: `refused with ${code}`,
    code,
    status,
    contextId: `context-${code}`,
    details: [],
    errors: [],
    ...more,
  };
}
