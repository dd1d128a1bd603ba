/** `/api/v2/users`, `/users/me`, `/groups`, and the conversations that the agent of the token is on. */
import { Hono } from 'hono';
import { ApiError, noSuchResource } from './api-error.ts';
import { activeConversation } from './active-conversation.ts';
import type { Conversation } from './conversations.ts';
import { listingOf, pageOf } from './documents.ts';
import { requireRight } from './guard.ts';
import type { SandboxContext, SandboxEnv } from './http-context.ts';
import type { SandboxOrganisation } from './organisation.ts';
import type { Group, Person } from './people.ts';
import { listed } from './query.ts';
import { HOME_DIVISION } from './routing.ts';

const USERS = '/api/v2/users';
const GROUPS = '/api/v2/groups';

export function userRoutes({ people }: SandboxOrganisation): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  const read = requireRight('users:readonly');
  const show = (c: SandboxContext, person: Person): object =>
    listed(c, 'expand').includes('groups') ? presentUser(person, groupsOf(people, person)) : presentUser(person);
  app.get('/me', requireRight('user-basic-info'), (c) => c.json(show(c, agentOf(c, people))));
  app.get('/', read, (c) => {
    const found = chosen(c, people.agents()).map((person) => show(c, person));
    return c.json(listingOf(USERS, found, pageOf(c.req.query()), idsOf(c)));
  });
  app.get('/:id', read, (c) => {
    const person = people.find(c.req.param('id'));
    if (person === undefined) throw notFound('Unable to find a user with that userId');
    return c.json(show(c, person));
  });
  return app;
}

export function groupRoutes({ people }: SandboxOrganisation): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  app.use(requireRight('groups:readonly'));
  const show = (group: Group): object => presentGroup(group, people.membersOf(group.id).length);
  app.get('/', (c) => c.json(listingOf(GROUPS, chosen(c, people.groups()).map(show), pageOf(c.req.query()), idsOf(c))));
  app.get('/:id', (c) => {
    const group = people.groups().find(({ id }) => id === c.req.param('id'));
    if (group === undefined) throw notFound('Unable to find a group with that groupId');
    return c.json(show(group));
  });
  return app;
}

/** `/api/v2/conversations`: no permission is asked for one's own. */
export function conversationRoutes({ people, conversations, settings }: SandboxOrganisation): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  const show = (conversation: Conversation): object => activeConversation(conversation, settings.now());
  app.get('/', requireRight('conversations:readonly'), (c) => {
    const running = conversations.runningOf(agentOf(c, people).id, settings.now()).map(show);
    return c.json(listingOf('/api/v2/conversations', running, { pageNumber: 1, pageSize: 100 }, []));
  });
  app.get('/:id', requireRight('conversations:readonly', 'conversation:communication:view'), (c) => {
    const conversation = conversations.find(c.req.param('id'));
    if (conversation === undefined) throw noSuchResource();
    return c.json(show(conversation));
  });
  return app;
}

/** Client credentials speak for nobody. */
function agentOf(c: SandboxContext, people: SandboxOrganisation['people']): Person {
  const { userId } = c.get('client');
  const person = userId === undefined ? undefined : people.find(userId);
  if (person !== undefined) return person;
  const message =
    'This request requires a user context. Client credentials cannot be used for requests to this resource.';
  throw new ApiError({ status: 400, code: 'not.a.user', message });
}

function chosen<Item extends { readonly id: string; readonly name: string }>(
  c: SandboxContext,
  items: readonly Item[],
): readonly Item[] {
  const ids = listed(c, 'id');
  if (ids.length > 100)
    throw new ApiError({ status: 400, code: 'max.user.ids', message: 'Only 100 users can be requested at a time.' });
  const found = (ids.length === 0 ? items : items.filter(({ id }) => ids.includes(id))).toSorted((a, b) =>
    a.name < b.name ? -1 : 1,
  );
  return /^desc/i.test(c.req.query('sortOrder') ?? '') ? found.toReversed() : found;
}

function idsOf(c: SandboxContext): readonly (readonly [string, string])[] {
  return listed(c, 'id').map((id) => ['id', id] as const);
}

export function presentUser({ id, name, email }: Person, groups?: readonly object[]): object {
  return {
    id,
    name,
    division: { id: HOME_DIVISION, name: 'Home', selfUri: `/api/v2/authorization/divisions/${HOME_DIVISION}` },
    email,
    username: email,
    state: 'active',
    version: 1,
    ...(groups !== undefined && { groups }),
    selfUri: `${USERS}/${id}`,
  };
}

function groupsOf(people: SandboxOrganisation['people'], { groupIds }: Person): object[] {
  const groups = people.groups().filter(({ id }) => groupIds.includes(id));
  return groups.map((group) => presentGroup(group, people.membersOf(group.id).length));
}

function presentGroup({ id, name }: Group, memberCount: number): object {
  const settled = { state: 'active', type: 'official', visibility: 'public', rulesVisible: true, version: 1 };
  return { id, name, memberCount, ...settled, selfUri: `${GROUPS}/${id}` };
}

function notFound(message: string): ApiError {
  return new ApiError({ status: 404, code: 'general.resource.not.found', message });
}
