/** Queues with their members, and groups. */
import { z } from 'zod';
import type { Api } from './http.ts';
import { listAll, listByCursor } from './paging.ts';

export interface People {
  /** Queues whose name is this one; `*` stands for anything. All of them without a name. */
  queues(name?: string): AsyncGenerator<Queue, void, undefined>;
  /** All who belong to the queue; `joined` is false for those who left it for the time being. */
  membersOf(queueId: string): AsyncGenerator<QueueMember, void, undefined>;
  groups(): AsyncGenerator<Group, void, undefined>;
  /** Those of them that there are; 100 ids at most. */
  users(ids: readonly string[]): AsyncGenerator<User, void, undefined>;
  /** Needs `groups:team:view`. */
  membersOfTeam(teamId: string): AsyncGenerator<Pick<User, 'id'>, void, undefined>;
  /** A call for each hundred users of the whole organisation: no listing goes by division. */
  usersOfDivision(divisionId: string): AsyncGenerator<User, void, undefined>;
}

const queueSchema = z.looseObject({
  id: z.string().min(1),
  name: z.string().nullish(),
  memberCount: z.number().nullish(),
  /** Whether what is said in its conversations becomes text; a flow may switch it on as well. */
  enableTranscription: z.boolean().nullish(),
});
export type Queue = z.infer<typeof queueSchema>;

const memberSchema = z.looseObject({
  /** That of the user. */
  id: z.string().min(1),
  name: z.string().nullish(),
  joined: z.boolean().nullish(),
  memberBy: z.string().nullish(),
});
export type QueueMember = z.infer<typeof memberSchema>;

const groupSchema = z.looseObject({ id: z.string().min(1), name: z.string().nullish(), state: z.string().nullish() });
export type Group = z.infer<typeof groupSchema>;

const userSchema = z.looseObject({
  id: z.string().min(1),
  division: z.looseObject({ id: z.string().nullish() }).nullish(),
});
type User = z.infer<typeof userSchema>;

export function createPeople(api: Api): People {
  return {
    queues: (name) =>
      listAll(api, { path: 'routing/queues', query: name === undefined ? {} : { name }, entity: queueSchema }),
    membersOf: (queueId) =>
      listAll(api, {
        path: `routing/queues/${encodeURIComponent(queueId)}/members`,
        query: {},
        entity: memberSchema,
      }),
    users: (ids) => listAll(api, { path: 'users', query: { id: ids }, entity: userSchema }),
    membersOfTeam: (teamId) =>
      listByCursor(api, { path: `teams/${encodeURIComponent(teamId)}/members`, query: {}, entity: userSchema }),
    usersOfDivision: (divisionId) => usersOf(api, divisionId),
    groups: () => listAll(api, { path: 'groups', query: {}, entity: groupSchema }),
  };
}

async function* usersOf(api: Api, divisionId: string): AsyncGenerator<User, void, undefined> {
  for await (const user of listAll(api, { path: 'users', query: {}, entity: userSchema }))
    if (user.division?.id === divisionId) yield user;
}
