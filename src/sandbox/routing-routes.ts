/** `/api/v2/routing/queues` and `/api/v2/routing/skills`, for reading. */
import { Hono } from 'hono';
import { ApiError, noSuchResource } from './api-error.ts';
import { listingOf, pageOf } from './documents.ts';
import { mayDo, missingPermission, requireRight } from './guard.ts';
import type { SandboxContext, SandboxEnv } from './http-context.ts';
import type { Caller } from './oauth.ts';
import type { SandboxOrganisation } from './organisation.ts';
import type { RoutingEntity } from './routing.ts';

const QUEUES = '/api/v2/routing/queues';
const SKILLS = '/api/v2/routing/skills';
const SCOPE = 'routing:readonly';
const SKILL_VIEW = 'routing:skill:view';
const QUEUE_VIEW = 'routing:queue:view';

/** A listing leaves out what is in a division that the client may not see; asked for by itself, that is a 403. */
export function queueRoutes({ routing }: SandboxOrganisation): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  app.use(requireRight(SCOPE, QUEUE_VIEW));
  app.get('/', (c) => {
    const asked = idsAsked(c);
    for (const id of asked) assertUuid(id);
    const { name } = pageOf(c.req.query());
    return c.json(
      listing(
        c,
        QUEUES,
        routing.all('queue').filter((queue) => isNamed(queue, name) && maySeeDivision(c.get('client'), queue)),
      ),
    );
  });
  app.get('/:id', (c) => {
    const id = c.req.param('id');
    assertUuid(id);
    const queue = routing.find('queue', id);
    if (queue === undefined) throw noSuchResource();
    if (!maySeeDivision(c.get('client'), queue)) throw missingInDivision(QUEUE_VIEW);
    return c.json(present(QUEUES, queue));
  });
  return app;
}

/** The permission is asked for only where a skill has a division. */
export function skillRoutes({ routing }: SandboxOrganisation): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  app.use(requireRight(SCOPE));
  app.get('/', (c) => {
    const { name } = pageOf(c.req.query());
    return c.json(
      listing(
        c,
        SKILLS,
        routing.all('skill').filter((skill) => skill.name.startsWith(name) && maySeeSkill(c.get('client'), skill)),
      ),
    );
  });
  app.get('/:id', (c) => {
    const skill = routing.find('skill', c.req.param('id'));
    if (skill === undefined)
      throw new ApiError({
        status: 404,
        code: 'skillsservice.skillnotfound',
        message: 'The Skill could not be found.',
      });
    const client = c.get('client');
    if (!maySeeSkill(client, skill))
      throw !mayDo(client, SKILL_VIEW) ? missingPermission(SKILL_VIEW) : missingInDivision(SKILL_VIEW);
    return c.json(present(SKILLS, skill));
  });
  return app;
}

function listing(c: SandboxContext, base: string, found: readonly RoutingEntity[]): Record<string, unknown> {
  const asked = idsAsked(c);
  const { name, ...page } = pageOf(c.req.query());
  const chosen = asked.length === 0 ? found : found.filter(({ id }) => asked.includes(id));
  const parameters = [...(name === '' ? [] : [['name', name] as const]), ...asked.map((id) => ['id', id] as const)];
  return listingOf(
    base,
    chosen.map((entity) => present(base, entity)),
    page,
    parameters,
  );
}

function idsAsked(c: SandboxContext): string[] {
  return c.req.queries('id') ?? [];
}

function present(base: string, { id, name, divisionId }: RoutingEntity): object {
  return {
    id,
    name,
    ...(divisionId !== undefined && { division: { id: divisionId } }),
    ...(base === SKILLS && { state: 'active' }),
    selfUri: `${base}/${id}`,
  };
}

/** With asterisks at its ends a name is a part; without it is the whole. */
function isNamed(queue: RoutingEntity, name: string): boolean {
  const part = name.replaceAll(/^\*|\*$/g, '');
  if (name === '') return true;
  if (name.startsWith('*')) return name.endsWith('*') ? queue.name.includes(part) : queue.name.endsWith(part);
  return name.endsWith('*') ? queue.name.startsWith(part) : queue.name === name;
}

function maySeeDivision({ divisionIds }: Caller, { divisionId }: RoutingEntity): boolean {
  return divisionId === undefined || divisionIds === undefined || divisionIds.includes(divisionId);
}

function maySeeSkill(client: Caller, skill: RoutingEntity): boolean {
  return skill.divisionId === undefined || (mayDo(client, SKILL_VIEW) && maySeeDivision(client, skill));
}

function assertUuid(id: string): void {
  if (/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id)) return;
  throw new ApiError({ status: 400, code: 'invalid.id', message: 'A non-UUID value was specified for an ID field.' });
}

function missingInDivision(permission: string): ApiError {
  const message =
    `Unable to perform the requested action. You are missing the following permission '${permission}' in the ` +
    'provided division(s).';
  return new ApiError({ status: 403, code: 'missing.division.permission', message });
}
