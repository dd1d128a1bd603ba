/** The sandbox organisation behind a door where a test steps in, with the hands of others in it. */
import { createGenesysClient } from '../../../src/genesys/client.ts';
import type { GenesysClient } from '../../../src/genesys/client.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { signIn } from '../../helpers/organisation-api.ts';
import { PATIENCE_MS } from '../../helpers/patience.ts';
import { startScriptedServer } from '../../helpers/scripted-server.ts';
import type { Reply, SeenRequest } from '../../helpers/scripted-server.ts';

const WIDGET = 'embedded-client-app-interaction-widget';

interface Config {
  readonly version: number;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly advanced: Readonly<Record<string, unknown>>;
}

export interface PanelOrganisation {
  readonly client: GenesysClient;
  /** Asked by our client, with what it asked; null: let it pass. */
  stepIn: (request: SeenRequest) => Promise<Reply | null> | Reply | null;
  /** Of our client, but for reads. */
  writes(): string[];
  /** All that our client asked, tokens apart. */
  calls(): number;
  integrations(): Promise<readonly { readonly id: string; readonly name: string; readonly intendedState: string }[]>;
  configOf(id: string): Promise<Config>;
  /** What a person does in the organisation. */
  edit(id: string, change: (config: Config) => object): Promise<void>;
  create(name: string): Promise<string>;
  switchTo(id: string, intendedState: 'ENABLED' | 'DISABLED'): Promise<void>;
  remove(id: string): Promise<void>;
  /** The agent goes into that team. */
  join(teamId: string, userId: string): Promise<void>;
  close(): Promise<void>;
}

export async function startPanelOrganisation(): Promise<PanelOrganisation> {
  const sandbox = await startSandbox({ rateLimitPerMinute: 30_000 });
  const door = await startScriptedServer(
    async (request) => (await org.stepIn(request)) ?? forward(sandbox.url, request),
  );
  const client = createGenesysClient({
    loginUrl: sandbox.url,
    apiUrl: door.url,
    clientId: 'sandbox-client',
    clientSecret: 'sandbox-secret',
    callsPerMinute: 30_000,
    requestTimeoutMs: PATIENCE_MS,
    now: Date.now,
    sleep: () => Promise.resolve(),
  });
  const call = await signIn(sandbox.url);
  const configOf = (id: string) => call<Config>('GET', `integrations/${id}/config/current`);
  const org: PanelOrganisation = {
    client,
    stepIn: () => null,
    writes: () =>
      door.requests.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${shorten(path)}`),
    calls: () => door.requests.length,
    integrations: async () =>
      (await call<{ entities: Awaited<ReturnType<PanelOrganisation['integrations']>> }>('GET', 'integrations'))
        .entities,
    configOf,
    edit: async (id, change) => {
      const config = await configOf(id);
      await call('PUT', `integrations/${id}/config/current`, { ...config, ...change(config) });
    },
    create: async (name) =>
      (await call<{ id: string }>('POST', 'integrations', { name, integrationType: { id: WIDGET } })).id,
    switchTo: async (id, intendedState) => void (await call('PATCH', `integrations/${id}`, { intendedState })),
    remove: async (id) => void (await call('DELETE', `integrations/${id}`)),
    join: async (teamId, userId) => void (await call('POST', `teams/${teamId}/members`, { memberIds: [userId] })),
    close: async () => {
      client.close();
      await door.close();
      await sandbox.close();
    },
  };
  return org;
}

function shorten(path: string): string {
  return path.replace('/api/v2/', '').replace(/[0-9a-f-]{36}/, 'ID');
}

async function forward(url: string, request: SeenRequest): Promise<Reply> {
  const query = request.query.toString();
  const answer = await fetch(`${url}${request.path}${query === '' ? '' : `?${query}`}`, {
    method: request.method,
    headers: { authorization: request.headers.authorization ?? '', 'content-type': 'application/json' },
    ...(request.text !== '' && { body: request.text }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? '' : (JSON.parse(text) as unknown) };
}
