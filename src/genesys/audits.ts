/** What was done in the organisation, by whom. Read only: the platform takes no audits from outside. */
import { z } from 'zod';
import { GenesysError } from './errors.ts';
import type { Api } from './http.ts';

export interface AuditQuery {
  /** ms since the epoch. */
  readonly fromMs: number;
  readonly toMs: number;
  /** `Integrations` or `Assistants`, for example. */
  readonly service: string;
  /** `EntityId`, `EntityType`, `Action`, `UserId` or `ClientId`. */
  readonly filters?: readonly { readonly property: string; readonly value: string }[];
}

export interface Audits {
  /** The last 14 days of some services, at once. */
  recent(query: AuditQuery): AsyncGenerator<AuditEntry, void, undefined>;
  /** Any service and time: the platform gathers the entries first. The id is for `state` and `results`. */
  start(query: AuditQuery): Promise<string>;
  state(queryId: string): Promise<'Queued' | 'Running' | 'Succeeded' | 'Failed' | 'Cancelled'>;
  results(queryId: string): AsyncGenerator<AuditEntry, void, undefined>;
}

const reference = z.looseObject({ id: z.string().nullish(), name: z.string().nullish() }).nullish();
const entrySchema = z.looseObject({
  id: z.string().nullish(),
  eventDate: z.string().nullish(),
  serviceName: z.string().nullish(),
  action: z.string().nullish(),
  entityType: z.string().nullish(),
  entity: reference,
  user: reference,
  client: reference,
  status: z.string().nullish(),
});
export type AuditEntry = z.infer<typeof entrySchema>;

export function createAudits(api: Api): Audits {
  return {
    recent: (query) => recent(api, query),
    start: async (query) =>
      (await api({ method: 'POST', path: PATH, body: bodyOf(query), schema: z.object({ id: z.string().min(1) }) }))
        .value.id,
    state: async (queryId) =>
      (await api({ method: 'GET', path: `${PATH}/${encodeURIComponent(queryId)}`, schema: stateSchema })).value.state,
    results: (queryId) => results(api, queryId),
  };
}

const PATH = 'audits/query';
const PAGE_SIZE = 100;
/** A query that never ends would eat the whole rate limit. */
const MAX_PAGES = 200;

const stateSchema = z.object({ state: z.enum(['Queued', 'Running', 'Succeeded', 'Failed', 'Cancelled']) });
const pageSchema = z.object({
  entities: z.array(entrySchema).nullish(),
  pageCount: z.number().nullish(),
  cursor: z.string().nullish(),
});

async function* recent(api: Api, query: AuditQuery): AsyncGenerator<AuditEntry, void, undefined> {
  const path = `${PATH}/realtime`;
  for (let pageNumber = 1; pageNumber <= MAX_PAGES; pageNumber += 1) {
    const body = { ...bodyOf(query), pageNumber, pageSize: PAGE_SIZE };
    const { entities, pageCount } = (await api({ method: 'POST', path, body, schema: pageSchema })).value;
    yield* entities ?? [];
    if (pageNumber >= (pageCount ?? 1)) return;
  }
  throw endless(path);
}

async function* results(api: Api, queryId: string): AsyncGenerator<AuditEntry, void, undefined> {
  const path = `${PATH}/${encodeURIComponent(queryId)}/results`;
  const turned = new Set<string>();
  for (let cursor = ''; turned.size < MAX_PAGES; turned.add(cursor)) {
    const query = { pageSize: PAGE_SIZE, ...(cursor === '' ? {} : { cursor }) };
    const { value } = await api({ method: 'GET', path, query, schema: pageSchema });
    yield* value.entities ?? [];
    cursor = value.cursor ?? '';
    if (cursor === '') return;
    if (turned.has(cursor)) break;
  }
  throw endless(path);
}

function endless(path: string): GenesysError {
  const came = `the cursor of a page that was read already, or no last page among the first ${MAX_PAGES}`;
  return new GenesysError({ kind: 'badAnswer', asked: `/api/v2/${path}`, came });
}

/** Newest first, so that who reads the first page has what matters. */
function bodyOf({ fromMs, toMs, service, filters }: AuditQuery): object {
  return {
    interval: `${new Date(fromMs).toISOString()}/${new Date(toMs).toISOString()}`,
    serviceName: service,
    filters: (filters ?? []).map(({ property, value }) => ({ property, value })),
    sort: [{ name: 'Timestamp', sortOrder: 'descending' }],
  };
}
