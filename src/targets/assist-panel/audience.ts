/** Whether there is anybody in an audience, as the organisation says. Reads only. */
import type { Audience } from '../../domain/split/audience.ts';
import { membershipsOf } from '../../domain/split/audience.ts';
import type { GenesysClient } from '../../genesys/client.ts';
import { isGenesysError } from '../../genesys/errors.ts';
import { membersOf } from '../../store/panel/members.ts';

/** What is not there, or has nobody in it, in a clause each. */
export async function audienceTroubles(
  { routing, people }: Pick<GenesysClient, 'routing' | 'people'>,
  of: Audience,
): Promise<readonly string[]> {
  const { queues = [], agents = [] } = of;
  const found = await routing.lookUp('queue', queues);
  const known = new Set<string>();
  if (agents.length > 0) for await (const { id } of people.users(agents)) known.add(id);
  const groups = await Promise.all(
    membershipsOf(of).map(async (group) => {
      const name = `${group.kind} ${group.groupId}`;
      try {
        const first = await membersOf(people, group)[Symbol.asyncIterator]().next();
        return first.done === true ? [`nobody is in ${name}`] : [];
      } catch (error) {
        if (isGenesysError(error, 'notFound')) return [`there is no ${name}`];
        if (isGenesysError(error, 'forbidden')) return [`our client may not see who is in ${name}`];
        throw error;
      }
    }),
  );
  return [
    ...found.unknown.map((id) => `there is no queue ${id}`),
    ...agents.filter((id) => !known.has(id)).map((id) => `there is no user ${id}`),
    ...groups.flat(),
  ];
}
