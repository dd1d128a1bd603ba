/** `/api/v2/teams`: who is in which. An agent is in one team; adding to one takes from the other. */
import { Hono } from 'hono';
import { z } from 'zod';
import { ApiError, parseBody } from './api-error.ts';
import { requireRight } from './guard.ts';
import type { SandboxContext, SandboxEnv } from './http-context.ts';
import { jsonBody } from './json-body.ts';
import type { SandboxOrganisation } from './organisation.ts';
import type { Group } from './people.ts';
import { HOME_DIVISION } from './routing.ts';

const MAX_PAGE = 100;
const added = z.looseObject({ memberIds: z.array(z.uuid()).min(1).max(25) });

export function teamRoutes({ people }: SandboxOrganisation): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  const asked = (c: SandboxContext): Group => {
    const team = people.teams().find(({ id }) => id === c.req.param('id'));
    if (team !== undefined) return team;
    throw new ApiError({ status: 404, code: 'not.found', message: 'The requested resource was not found.' });
  };
  app.get('/:id', requireRight('groups:readonly', 'groups:team:view'), (c) => {
    const { id, name } = asked(c);
    return c.json({
      id,
      name,
      division: { id: HOME_DIVISION, selfUri: `/api/v2/authorization/divisions/${HOME_DIVISION}` },
      memberCount: people.inTeam(id).length,
      selfUri: `/api/v2/teams/${id}`,
    });
  });
  app.get('/:id/members', requireRight('groups:readonly', 'groups:team:view'), (c) => {
    const { id } = asked(c);
    const members = people.inTeam(id).toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const after = c.req.query('after') ?? '';
    const pageSize = Math.min(MAX_PAGE, Number(c.req.query('pageSize') ?? 25));
    const rest = members.filter((person) => person.id > after);
    const page = rest.slice(0, pageSize);
    const base = `/api/v2/teams/${id}/members`;
    return c.json({
      entities: page.map((person) => ({ id: person.id, name: person.name, selfUri: `/api/v2/users/${person.id}` })),
      ...(rest.length > page.length && { nextUri: `${base}?pageSize=${pageSize}&after=${page.at(-1)?.id}` }),
      selfUri: `${base}?pageSize=${pageSize}`,
    });
  });
  app.post('/:id/members', requireRight('groups', 'groups:team:assign'), async (c) => {
    const { id } = asked(c);
    const { memberIds } = parseBody(added, await jsonBody(c));
    for (const memberId of memberIds) people.moveToTeam(memberId, id);
    return c.json({ failures: [] });
  });
  return app;
}
