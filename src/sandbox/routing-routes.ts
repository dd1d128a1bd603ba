/** `/api/v2/routing/queues`, their members, and `/api/v2/routing/skills`. */
import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { z } from 'zod';
import { ApiError, noSuchResource, parseBody } from './api-error.ts';
import { assertUuid, missingInDivision } from './division-error.ts';
import { listingOf, pageOf } from './documents.ts';
import { mayDo, missingPermission, requireRight } from './guard.ts';
import type { SandboxContext, SandboxEnv } from './http-context.ts';
import { jsonBody } from './json-body.ts';
import type { Caller } from './oauth.ts';
import type { SandboxOrganisation } from './organisation.ts';
import { listed } from './query.ts';
import { HOME_DIVISION } from './routing.ts';
import type { Queue, RoutingDirectory, RoutingEntity } from './routing.ts';

const QUEUES = '/api/v2/routing/queues';
const SKILLS = '/api/v2/routing/skills';
const SCOPE = 'routing:readonly';
const SKILL_VIEW = 'routing:skill:view';
const QUEUE_VIEW = 'routing:queue:view';

/** What the organisation adds itself is not taken from a body. */
const OWN_FIELDS = [
  'id',
  'memberCount',
  'userMemberCount',
  'joinedMemberCount',
  'dateCreated',
  'dateModified',
  'selfUri',
];

const queueBodySchema = z.looseObject({
  name: z.string().min(1).max(256),
  division: z.looseObject({ id: z.uuid() }).optional(),
});

/** A listing leaves out what is in a division that the client may not see; asked for by itself, that is a 403. */
export function queueRoutes(org: SandboxOrganisation): Hono<SandboxEnv> {
  const { routing, people } = org;
  const app = new Hono<SandboxEnv>();
  const view = requireRight(SCOPE, QUEUE_VIEW);
  const show = (queue: Queue): object => presentQueue(queue, queue.memberIds?.length ?? people.agents().length);
  app.get('/', view, (c) => {
    const asked = listed(c, 'id');
    for (const id of asked) assertUuid(id);
    const { name } = pageOf(c.req.query());
    const seen = routing.queues().filter((queue) => isNamed(queue, name) && maySeeDivision(c.get('client'), queue));
    return c.json(listing(c, QUEUES, seen, show));
  });
  app.get('/:id', view, (c) => c.json(show(queueAsked(c, routing, QUEUE_VIEW))));
  app.post('/', requireRight('routing', 'routing:queue:add'), async (c) => {
    const queue = written(c, await jsonBody(c), { id: randomUUID(), memberIds: [] });
    return c.json(show(put(routing, queue)));
  });
  app.put('/:id', requireRight('routing', 'routing:queue:edit'), async (c) => {
    const old = queueAsked(c, routing, 'routing:queue:edit');
    return c.json(show(put(routing, written(c, await jsonBody(c), old))));
  });
  app.delete('/:id', requireRight('routing', 'routing:queue:delete'), (c) => {
    const { id } = queueAsked(c, routing, 'routing:queue:delete');
    if (c.req.query('forceDelete') !== 'true' && isBusy(org, id))
      throw new ApiError({ status: 400, code: 'active.queue', message: 'Queue contains active conversations.' });
    routing.remove(id);
    org.copilot.queues.forget(id);
    return c.body(null, 200);
  });
  return app;
}

/** The permission is asked for only where a skill has a division. */
export function skillRoutes({ routing }: SandboxOrganisation): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  app.use(requireRight(SCOPE));
  app.get('/', (c) => {
    const { name } = pageOf(c.req.query());
    const seen = routing.skills().filter((skill) => skill.name.startsWith(name) && maySeeSkill(c.get('client'), skill));
    return c.json(listing(c, SKILLS, seen, presentSkill));
  });
  app.get('/:id', (c) => {
    const skill = routing.skills().find(({ id }) => id === c.req.param('id'));
    if (skill === undefined)
      throw new ApiError({
        status: 404,
        code: 'skillsservice.skillnotfound',
        message: 'The Skill could not be found.',
      });
    const client = c.get('client');
    if (!maySeeSkill(client, skill))
      throw mayDo(client, SKILL_VIEW) ? missingInDivision(SKILL_VIEW) : missingPermission(SKILL_VIEW);
    return c.json(presentSkill(skill));
  });
  return app;
}

/** The queue of the path, where the client may do this to it. */
export function queueAsked(c: SandboxContext, routing: RoutingDirectory, permission: string): Queue {
  const id = c.req.param('id') ?? '';
  assertUuid(id);
  const queue = routing.queue(id);
  if (queue === undefined) throw noSuchResource();
  if (!maySeeDivision(c.get('client'), queue)) throw missingInDivision(permission);
  return queue;
}

function listing<Entity extends RoutingEntity>(
  c: SandboxContext,
  base: string,
  found: readonly Entity[],
  show: (entity: Entity) => object,
): Record<string, unknown> {
  const asked = listed(c, 'id');
  const { name, ...page } = pageOf(c.req.query());
  const order = c.req.query('sortOrder');
  const chosen = asked.length === 0 ? found : found.filter(({ id }) => asked.includes(id));
  const parameters = [
    ...(name === '' ? [] : [['name', name] as const]),
    ...(order === undefined ? [] : [['sortOrder', order] as const]),
    ...asked.map((id) => ['id', id] as const),
  ];
  return listingOf(base, (order === 'desc' ? chosen.toReversed() : chosen).map(show), page, parameters);
}

/** The whole of it is replaced, but for its members. */
function written(c: SandboxContext, body: unknown, old: Partial<Queue> & { readonly id: string }): Queue {
  const { name, division, ...rest } = parseBody(queueBodySchema, body);
  const divisionId = division?.id ?? old.divisionId ?? HOME_DIVISION;
  if (!maySeeDivision(c.get('client'), { divisionId })) throw missingInDivision('routing:queue:edit');
  const more = Object.fromEntries(Object.entries(rest).filter(([field]) => !OWN_FIELDS.includes(field)));
  return { id: old.id, name, divisionId, more, ...(old.memberIds !== undefined && { memberIds: old.memberIds }) };
}

function put(routing: RoutingDirectory, queue: Queue): Queue {
  if (routing.queues().some(({ id, name }) => name === queue.name && id !== queue.id))
    throw new ApiError({ status: 400, code: 'duplicate.name', message: 'A queue with this name already exists.' });
  routing.put(queue);
  return queue;
}

function isBusy({ conversations, settings }: SandboxOrganisation, queueId: string): boolean {
  return conversations.all().some((one) => one.queueId === queueId && one.endMs > settings.now());
}

function presentQueue({ id, name, divisionId, more }: Queue, memberCount: number): object {
  const counts = { memberCount, userMemberCount: memberCount, joinedMemberCount: memberCount };
  return { ...more, id, name, division: { id: divisionId }, ...counts, selfUri: `${QUEUES}/${id}` };
}

function presentSkill({ id, name }: RoutingEntity): object {
  return { id, name, state: 'active', selfUri: `${SKILLS}/${id}` };
}

/** With asterisks at its ends a name is a part; without it is the whole. */
function isNamed(queue: Queue, name: string): boolean {
  const part = name.replaceAll(/^\*|\*$/g, '');
  if (name === '') return true;
  if (name.startsWith('*')) return name.endsWith('*') ? queue.name.includes(part) : queue.name.endsWith(part);
  return name.endsWith('*') ? queue.name.startsWith(part) : queue.name === name;
}

function maySeeDivision({ divisionIds }: Caller, { divisionId }: Pick<RoutingEntity, 'divisionId'>): boolean {
  return divisionId === undefined || divisionIds === undefined || divisionIds.includes(divisionId);
}

function maySeeSkill(client: Caller, skill: RoutingEntity): boolean {
  return skill.divisionId === undefined || (mayDo(client, SKILL_VIEW) && maySeeDivision(client, skill));
}
