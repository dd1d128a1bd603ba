/** The configurator over the api process: for whoever acts with a token and reaches no Temporal. */
import { randomUUID } from 'node:crypto';
import type { BoundedFetch } from '../http/bounded-fetch.ts';
import type { Configurator } from '../configurator.ts';
import type { AssistErrorCode } from './errors.ts';
import { AssistError } from './errors.ts';
import { follow } from './follow.ts';
import type { RolloutList } from './list.ts';
import type { RolloutView } from './rollouts.ts';
import type { WavesView } from './waves.ts';
import { TOKEN_HOLDER } from './token-holder.ts';

export interface RemoteOptions {
  /** Base of the api process, without a slash at its end. */
  readonly url: string;
  readonly fetch: BoundedFetch;
  /** Of who acts; asked before each request. Null: nobody acts. */
  readonly token: (() => Promise<string>) | null;
}

type Query = Readonly<Record<string, string | number | boolean | Date | null | undefined>>;
type Ask = <T>(path: string, query?: Query) => Promise<T>;
type Unspoken = Omit<RolloutList, 'unseen'> & Partial<RolloutList>;
type Send = <T>(path: string, body: object) => Promise<T>;

export function createRemoteConfigurator(options: RemoteOptions): Configurator {
  const ask: Ask = (path, query = {}) => request(options, 'GET', `${path}${queryOf(query)}`);
  const send: Send = (path, body) => request(options, 'POST', path, nameless(body));
  const of = (action: string): string => `/v1/rollouts/${encodeURIComponent(action)}`;
  const wavesOf = (name: string): string => `/v1/waves/${encodeURIComponent(name)}`;
  const status = (action: string, run?: string): Promise<RolloutView> => ask(of(action), { run });
  const waves = (name: string, run?: string): Promise<WavesView> => ask(wavesOf(name), { run });
  const remote: Pick<Configurator, Exclude<keyof Configurator, (typeof ELSEWHERE)[number]>> = {
    startRollout: (plan, act) => send('/v1/rollouts', { plan, ...act }),
    followRollout: (action, { runId, ...more } = {}) => follow(() => status(action, runId), more),
    status,
    act: (name, action, act, run) => send(`${of(action)}/${name}`, { ...act, ...(run !== undefined && { run }) }),
    undo: (action, act) => send(`${of(action)}/undo`, act),
    recover: (action, act) => send(`${of(action)}/recover`, act),
    freeze: async (act) => (await send<{ freezes: never }>('/v1/freezes', act)).freezes,
    freezes: () => ask('/v1/freezes'),
    calendar: (question) => send('/v1/calendar', question),
    history: async (action, limit) => (await ask<{ rollouts: [] }>(`${of(action)}/history`, { limit })).rollouts,
    version: (action, version = 'last') => ask(`${of(action)}/versions/${encodeURIComponent(version)}`),
    startWaves: (plan, act) => send('/v1/waves', { waves: plan, ...act }),
    waves,
    followWaves: (name, { runId, ...more } = {}) => follow(() => waves(name, runId), more, 'The waves go on'),
    actOnAll: async (name, act) => (await send<{ members: [] }>(`/v1/all/${name}`, act)).members,
    actOnWaves: (act, name, by) => send(`${wavesOf(name)}/${act}`, by),
    list: async (limit, filter = {}) => {
      // One of before says nothing of what it did not look at.
      const { rollouts, unseen = null } = await ask<Unspoken>('/v1/rollouts', { limit, ...filter });
      return { rollouts, unseen };
    },
    story: (action, rollout) => ask(`${of(action)}/report`, { rollout }),
    auditLines: (question) => ask('/v1/audit', question),
    isRunning: async (workflow, run) =>
      (await ask<{ running: boolean }>(`/v1/runs/${encodeURIComponent(run)}`, { workflow })).running,
    close: async () => undefined,
  };
  return { ...remote, ...Object.fromEntries(ELSEWHERE.map((name) => [name, notHere])) } as Configurator;
}

/** What takes the organisation, the database, or an own connection to Temporal. */
const ELSEWHERE = [
  'validate',
  'dryRun',
  'runningWaves',
  'deployVersion',
  'setSplit',
  'evaluateTrigger',
  'setUpEventExport',
  'showEventExport',
  'removeEventExport',
  'writeEngagementEntry',
  'decisionRecord',
  'actingFor',
] as const satisfies readonly (keyof Configurator)[];

function notHere(): never {
  throw new AssistError(
    'api-not-here',
    'The api process does not do that.',
    'Unset ASSIST_API_URL, and run it where DATABASE_URL or GENESYS_* are set. Nothing was done.',
  );
}

/** The api process takes the name from the token. */
function nameless(body: object): object {
  const { by, ...rest } = body as { readonly by?: string };
  return by === undefined || by === TOKEN_HOLDER ? rest : body;
}

function queryOf(query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === null || value === false
      ? []
      : [[name, value instanceof Date ? value.toISOString() : String(value)]],
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}

/** An act has one key for both tries: it is taken once. */
export async function request<T>(
  options: RemoteOptions,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
): Promise<T> {
  const headers = {
    accept: 'application/json',
    ...(body !== undefined && { 'content-type': 'application/json', 'idempotency-key': randomUUID() }),
    ...(options.token !== null && { authorization: `Bearer ${await options.token()}` }),
  };
  const asked = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
  const once = (): Promise<Response> => options.fetch(`${options.url}${path}`, asked);
  const response = await once().catch(once).catch(unreachable(options.url));
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok && typeof answer === 'object' && answer !== null) return answer as T;
  throw refusalIn(answer, response.status, options.url);
}

function unreachable(url: string): (cause: unknown) => never {
  return (cause) => {
    throw new AssistError(
      'api-unreachable',
      `No api process answers at ${url} (${(cause as { code?: string }).code ?? 'no whole answer'}).`,
      'Check ASSIST_API_URL, or try again in a moment. `status` shows whether an act was taken.',
      { cause },
    );
  };
}

function refusalIn(answer: unknown, status: number, url: string): AssistError {
  const { code, detail, remedy, details } = (answer ?? {}) as Partial<Record<string, unknown>>;
  if (typeof code !== 'string' || typeof detail !== 'string')
    return new AssistError(
      'api-unreachable',
      `What answers at ${url} with status ${status} is no api process of ours.`,
      'Check ASSIST_API_URL.',
    );
  return new AssistError(code as AssistErrorCode, detail, typeof remedy === 'string' ? remedy : '', {
    details: (details ?? {}) as Record<string, string | null>,
  });
}
