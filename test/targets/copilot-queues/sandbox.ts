/** The sandbox organisation with some queues of its own, behind a door that notes and refuses what a test says. */
import { createGenesysClient } from '../../../src/genesys/client.ts';
import type { GenesysClient, GenesysClientOptions } from '../../../src/genesys/client.ts';
import type { CopilotSettings } from '../../../src/sandbox/copilot/settings.ts';
import { SEEDED_ASSISTANTS } from '../../../src/sandbox/copilot/seeded-assistants.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { signIn } from '../../helpers/organisation-api.ts';
import { PATIENCE_MS } from '../../helpers/patience.ts';
import { startScriptedServer } from '../../helpers/scripted-server.ts';
import type { Reply, SeenRequest } from '../../helpers/scripted-server.ts';
import { errorBody } from '../../genesys/with-organisation.ts';

export interface CopilotSandbox {
  readonly client: GenesysClient;
  /** Another one of the same organisation, closed with it. */
  readonly clientWith: (more: Partial<GenesysClientOptions>) => GenesysClient;
  readonly queueIds: readonly string[];
  /** Of each queue, as analytics tells them. */
  readonly volumes: Map<string, number>;
  /** As the client asked. */
  readonly requests: readonly SeenRequest[];
  readonly call: Awaited<ReturnType<typeof signIn>>;
  /** Queue to assistant. */
  assistantsOfQueues(): Promise<ReadonlyMap<string, string>>;
  mediaTypesOf(queue: string): Promise<readonly string[]>;
  put(assistant: string, queue: string, mediaTypes?: readonly string[]): Promise<void>;
  createAssistant(name: string): Promise<string>;
  /** Switches the first rule of the assistant. */
  editRules(assistant: string): Promise<void>;
  fault(rule: object): Promise<void>;
  /** After so many writes of it, the client may do it no more. */
  revokeAfter(writes: number, permission: string): void;
  /** No write of this queue is allowed. */
  refuse(queue: string): void;
  grantAgain(): void;
  deleteQueue(queue: string): Promise<void>;
  close(): Promise<void>;
}

const NO_QUEUE = '/none';
const idOf = (at: number): string => `aaaaaaaa-0000-4000-8000-${String(at).padStart(12, '0')}`;

export async function startCopilotSandbox(
  queues: number,
  copilot: Partial<CopilotSettings> = {},
): Promise<CopilotSandbox> {
  const queueIds = Array.from({ length: queues }, (_, at) => idOf(at));
  const sandbox = await startSandbox({
    moreQueues: queueIds.map((id, at) => ({ id, name: `Queue ${at}` })),
    rateLimitPerMinute: 30_000,
    copilot,
  });
  const volumes = new Map(queueIds.map((id, at) => [id, 10 + 7 * at]));
  const right = { left: Infinity, permission: '', queue: NO_QUEUE };
  const door = await startScriptedServer(async (request) => {
    if (request.method === 'PUT' && right.left-- <= 0) return forbidden(right.permission);
    if (request.method === 'PUT' && request.path.endsWith(right.queue)) return forbidden('assistants:queue:edit');
    if (request.path.endsWith('/aggregates/query')) return { body: aggregatesOf(volumes) };
    return forward(sandbox.url, request);
  });
  const clients: GenesysClient[] = [];
  const clientWith = (more: Partial<GenesysClientOptions>): GenesysClient => {
    const made = createGenesysClient({
      loginUrl: sandbox.url,
      apiUrl: door.url,
      clientId: 'sandbox-client',
      clientSecret: 'sandbox-secret',
      callsPerMinute: 30_000,
      requestTimeoutMs: PATIENCE_MS,
      now: Date.now,
      sleep: () => Promise.resolve(),
      ...more,
    });
    clients.push(made);
    return made;
  };
  const call = await signIn(sandbox.url);
  const put = async (assistant: string, id: string, mediaTypes: readonly string[] = ['Call']): Promise<void> =>
    void (await call('PUT', `assistants/${assistant}/queues/${id}`, { id, mediaTypes }));
  for (const id of queueIds) await put(SEEDED_ASSISTANTS.baseline.id, id);
  const listed = async (): Promise<Listed['entities']> =>
    (await call<Listed>('GET', `assistants/queues?expand=assistant&pageSize=200&queueIds=${queueIds.join(',')}`))
      .entities;
  return {
    client: clientWith({}),
    clientWith,
    queueIds,
    volumes,
    requests: door.requests,
    call,
    put,
    assistantsOfQueues: async () => new Map((await listed()).map(({ id, assistant }) => [id, assistant.id])),
    mediaTypesOf: async (queue) => (await listed()).find(({ id }) => id === queue)?.mediaTypes ?? [],
    createAssistant: async (name) =>
      (await call<{ id: string }>('POST', 'assistants', { name, transcriptionConfig: { vendorName: 'Genesys' } })).id,
    async editRules(assistant) {
      const copilot = await call<Copilot>('GET', `assistants/${assistant}/copilot`);
      const [first, ...rest] = copilot.ruleEngineConfig.rules;
      const rules = [{ ...first, enabled: first?.enabled === false }, ...rest];
      await call('PUT', `assistants/${assistant}/copilot`, {
        ...copilot,
        ruleEngineConfig: { ...copilot.ruleEngineConfig, rules },
      });
    },
    async fault(rule) {
      await fetch(`${sandbox.url}/sandbox/faults`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(rule),
      });
    },
    revokeAfter: (writes, permission) => void Object.assign(right, { left: writes, permission }),
    refuse: (queue) => void Object.assign(right, { queue }),
    grantAgain: () => void Object.assign(right, { left: Infinity, queue: NO_QUEUE }),
    deleteQueue: async (queue) => void (await call('DELETE', `routing/queues/${queue}?forceDelete=true`)),
    async close() {
      for (const one of clients) one.close();
      await door.close();
      await sandbox.close();
    },
  };
}

export const askedOf = (org: CopilotSandbox, method: string): readonly SeenRequest[] =>
  org.requests.filter((request) => request.method === method);

interface Listed {
  readonly entities: readonly {
    readonly id: string;
    readonly mediaTypes: readonly string[];
    readonly assistant: { readonly id: string };
  }[];
}

interface Copilot {
  readonly ruleEngineConfig: { readonly rules: readonly { readonly enabled: boolean }[] };
}

function aggregatesOf(volumes: ReadonlyMap<string, number>): object {
  const results = [...volumes].map(([queueId, count]) => ({
    group: { queueId },
    data: [{ interval: 'all of it', metrics: [{ metric: 'nConnected', stats: { count } }] }],
  }));
  return { results };
}

function forbidden(permission: string): Reply {
  const message = `You are missing the following permission(s): ${permission}`;
  return { status: 403, body: errorBody(403, 'missing.permissions', { message }) };
}

async function forward(url: string, request: SeenRequest): Promise<Reply> {
  const query = request.query.toString();
  const answer = await fetch(`${url}${request.path}${query === '' ? '' : `?${query}`}`, {
    method: request.method,
    headers: { authorization: request.headers.authorization ?? '', 'content-type': 'application/json' },
    ...(request.text !== '' && { body: request.text }),
  }).catch(() => null);
  if (answer === null) return 'drop';
  const text = await answer.text();
  const body: unknown = text === '' ? '' : JSON.parse(text);
  const retryAfter = answer.headers.get('retry-after');
  return {
    status: answer.status,
    body,
    ...(retryAfter !== null && { headers: { 'retry-after': retryAfter } }),
  };
}
