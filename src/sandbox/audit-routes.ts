/** `/api/v2/audits`: the log read at once (the last 14 days), or by a query that takes its time. */
import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { z } from 'zod';
import { ApiError, badRequest, noSuchResource, parseBody } from './api-error.ts';
import { ASSISTANT, ASSISTANT_QUEUE, INTEGRATION, QUEUE } from './audited-writes.ts';
import type { AuditEntry, Audits } from './audits.ts';
import { requireRight } from './guard.ts';
import type { SandboxEnv } from './http-context.ts';
import { intervalOf } from './interval.ts';
import { jsonBody } from './json-body.ts';
import type { SandboxOrganisation } from './organisation.ts';

const REALTIME_MS = 14 * 86_400_000;

const PROPERTIES = ['UserId', 'TrusteeOrganizationId', 'ClientId', 'Action', 'EntityType', 'EntityId'] as const;
const querySchema = z.object({
  interval: z.string(),
  serviceName: z.string().optional(),
  filters: z.array(z.object({ property: z.enum(PROPERTIES), value: z.string() })).default([]),
  sort: z
    .array(z.object({ name: z.literal('Timestamp'), sortOrder: z.enum(['ascending', 'descending']) }))
    .max(1)
    .default([]),
});
const realtimeSchema = querySchema.extend({
  pageNumber: z.int().min(1).default(1),
  pageSize: z.int().min(1).max(500).default(25),
});
const relatedSchema = z.object({ auditId: z.string() });
const resultsSchema = z.object({
  cursor: z.coerce.number().int().min(0).default(0),
  pageSize: z.coerce.number().int().min(1).max(500).default(25),
});
type Query = z.infer<typeof querySchema>;

interface Execution {
  readonly query: Query;
  readonly startedAt: number;
}

export function auditRoutes({ audits, settings }: SandboxOrganisation): Hono<SandboxEnv> {
  const { now, auditQueryMs } = settings;
  const executions = new Map<string, Execution>();
  const app = new Hono<SandboxEnv>();
  app.use(requireRight('audits:readonly', 'audits:audit:view'));
  const find = (id: string): Execution & { readonly isDone: boolean } => {
    const found = executions.get(id);
    if (found === undefined) throw noSuchResource();
    return { ...found, isDone: now() >= found.startedAt + auditQueryMs };
  };
  app.get('/query/servicemapping', (c) => c.json(SERVICES));
  app.get('/query/realtime/servicemapping', (c) => c.json(SERVICES));
  app.post('/query/realtime', async (c) => {
    const { pageNumber, pageSize, ...query } = parseBody(realtimeSchema, await jsonBody(c));
    if (intervalOf(query.interval)[0] < now() - REALTIME_MS)
      throw badRequest(`The interval ${query.interval} begins more than 14 days ago, the most of a realtime query.`);
    const found = search(audits, query);
    const start = (pageNumber - 1) * pageSize;
    const pageCount = Math.ceil(found.length / pageSize);
    const entities = found.slice(start, start + pageSize);
    return c.json({ entities, pageSize, pageNumber, total: found.length, pageCount });
  });
  app.post('/query/realtime/related', async (c) => {
    const { auditId } = parseBody(relatedSchema, await jsonBody(c));
    return c.json({ entities: audits.all().filter(({ id }) => id === auditId) });
  });
  app.post('/query', async (c) => {
    const query = parseBody(querySchema, await jsonBody(c));
    intervalOf(query.interval);
    const id = randomUUID();
    executions.set(id, { query, startedAt: now() });
    return c.json(presentExecution(id, find(id), 'Queued'), 202);
  });
  app.get('/query/:id', (c) => {
    const found = find(c.req.param('id'));
    return c.json(
      presentExecution(c.req.param('id'), found, found.isDone ? 'Succeeded' : 'Running'),
      found.isDone ? 200 : 202,
    );
  });
  app.get('/query/:id/results', (c) => {
    const id = c.req.param('id');
    const { query, isDone } = find(id);
    if (!isDone) throw notDone();
    const { cursor, pageSize } = parseBody(resultsSchema, c.req.query());
    const found = search(audits, query);
    const next = cursor + pageSize;
    const entities = found.slice(cursor, next);
    return c.json({ id, pageSize, entities, ...(next < found.length && { cursor: String(next) }) });
  });
  return app;
}

function search(audits: Audits, { interval, serviceName, filters, sort }: Query): readonly AuditEntry[] {
  const [fromMs, toMs] = intervalOf(interval);
  const found = audits
    .all()
    .filter(({ eventDate }) => Date.parse(eventDate) >= fromMs && Date.parse(eventDate) < toMs)
    .filter((entry) => serviceName === undefined || entry.serviceName === serviceName)
    .filter((entry) => filters.every(({ property, value }) => valueOf(entry, property) === value));
  return sort[0]?.sortOrder === 'ascending' ? found : found.toReversed();
}

function valueOf(entry: AuditEntry, property: (typeof PROPERTIES)[number]): string | undefined {
  switch (property) {
    case 'UserId':
      return entry.user?.id;
    case 'ClientId':
      return entry.client.id;
    case 'Action':
      return entry.action;
    case 'EntityType':
      return entry.entityType;
    case 'EntityId':
      return entry.entity.id;
    case 'TrusteeOrganizationId':
      return undefined;
  }
}

function presentExecution(id: string, { query, startedAt }: Execution, state: string): object {
  return { id, state, startDate: new Date(startedAt).toISOString(), ...query };
}

const ACTIONS = ['Create', 'Update', 'Delete'];
const KINDS = [INTEGRATION, ASSISTANT, ASSISTANT_QUEUE, QUEUE];
const SERVICES = {
  services: [...new Set(KINDS.map(({ serviceName }) => serviceName))].map((name) => ({
    name,
    entities: KINDS.filter(({ serviceName }) => serviceName === name).map(({ entityType }) => ({
      name: entityType,
      actions: ACTIONS,
    })),
  })),
};

function notDone(): ApiError {
  const message = 'The request conflicts with the current state of the target resource.';
  return new ApiError({ status: 409, code: 'request.conflict', message });
}
