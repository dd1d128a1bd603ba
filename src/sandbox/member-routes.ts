/** `/api/v2/routing/queues/{id}/members`: read page by page, without a total; added and removed in bulk. */
import { Hono } from 'hono';
import { z } from 'zod';
import { ApiError, parseBody } from './api-error.ts';
import { pageOf } from './documents.ts';
import { requireRight } from './guard.ts';
import type { SandboxEnv } from './http-context.ts';
import { jsonBody } from './json-body.ts';
import type { SandboxOrganisation } from './organisation.ts';
import type { Person } from './people.ts';
import { presentUser } from './people-routes.ts';
import { queueAsked } from './routing-routes.ts';

/** On a page, and in one write. */
const MAX_MEMBERS = 100;

const membersSchema = z.array(z.looseObject({ id: z.uuid() })).max(MAX_MEMBERS);

export function memberRoutes({ routing, people }: SandboxOrganisation): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  app.get('/:id/members', requireRight('routing:readonly', 'routing:queue:view'), (c) => {
    const { id, memberIds } = queueAsked(c, routing, 'routing:queue:view');
    const { pageNumber, pageSize, name } = pageOf(c.req.query(), MAX_MEMBERS);
    const members = people
      .agents()
      .filter((person) => memberIds?.includes(person.id) ?? true)
      .filter((person) => person.name.toLowerCase().includes(name.toLowerCase()))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const ordered = c.req.query('sortOrder') === 'desc' ? members.toReversed() : members;
    const start = (pageNumber - 1) * pageSize;
    const base = `/api/v2/routing/queues/${id}/members`;
    const uri = (page: number): string => `${base}?pageSize=${pageSize}&pageNumber=${page}`;
    return c.json({
      entities: ordered.slice(start, start + pageSize).map((person) => presentMember(base, person)),
      pageNumber,
      pageSize,
      firstUri: uri(1),
      selfUri: uri(pageNumber),
      ...(pageNumber > 1 && { previousUri: uri(pageNumber - 1) }),
      ...(start + pageSize < ordered.length && { nextUri: uri(pageNumber + 1) }),
    });
  });
  app.post('/:id/members', requireRight('routing', 'routing:queue:edit'), async (c) => {
    const queue = queueAsked(c, routing, 'routing:queue:edit');
    const ids = parseBody(membersSchema, await jsonBody(c)).map(({ id }) => id);
    if (ids.some((id) => people.find(id) === undefined)) throw noSuchMember();
    const now = queue.memberIds ?? people.agents().map(({ id }) => id);
    const others = now.filter((id) => !ids.includes(id));
    routing.put({ ...queue, memberIds: c.req.query('delete') === 'true' ? others : [...others, ...ids] });
    return c.body(null, 200);
  });
  return app;
}

function presentMember(base: string, person: Person): object {
  const { id, name } = person;
  return { id, name, user: presentUser(person), joined: true, memberBy: 'user', selfUri: `${base}/${id}` };
}

function noSuchMember(): ApiError {
  return new ApiError({ status: 404, code: 'resource.not.found', message: 'The resource could not be found.' });
}
