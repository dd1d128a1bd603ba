/** Members of teams and divisions that audiences go by, as the organisation told them last. */
import type { Membership } from '../../domain/split/audience.ts';
import type { Database, Queryable } from '../database.ts';

/** Tells who is in one. */
export interface GroupSource {
  membersOfTeam(teamId: string): AsyncIterable<{ readonly id: string }>;
  usersOfDivision(divisionId: string): AsyncIterable<{ readonly id: string }>;
}

/** As they are in the organisation now. Twice does no harm. */
export async function readMembers(db: Database, source: GroupSource, groups: readonly Membership[]): Promise<void> {
  for (const group of groups) {
    const ids: string[] = [];
    for await (const { id } of membersOf(source, group)) ids.push(id);
    await keepMembers(db, group, ids);
  }
}

export function membersOf(source: GroupSource, { kind, groupId }: Membership): AsyncIterable<{ readonly id: string }> {
  return kind === 'team' ? source.membersOfTeam(groupId) : source.usersOfDivision(groupId);
}

/** These and nobody else, from now on. */
async function keepMembers(db: Database, { kind, groupId }: Membership, userIds: readonly string[]): Promise<void> {
  await db.tx(async (trx) => {
    // Whoever reads the same group waits here.
    await trx.query(
      `insert into panel_groups (kind, group_id, read_at) values ($1, $2, clock_timestamp())
       on conflict (kind, group_id) do update set read_at = excluded.read_at`,
      [kind, groupId],
    );
    await trx.query('delete from panel_members where kind = $1 and group_id = $2 and user_id <> all($3::text[])', [
      kind,
      groupId,
      userIds,
    ]);
    await trx.query(
      `insert into panel_members (kind, group_id, user_id) select $1, $2, u from unnest($3::text[]) as t (u)
       on conflict do nothing`,
      [kind, groupId, userIds],
    );
  });
}

/** Those of the groups that are due, which the caller has to read now: nobody else is told of them until they are due again. */
export async function dueGroups(
  db: Queryable,
  groups: readonly Membership[],
  everyMs: Readonly<Record<Membership['kind'], number>>,
): Promise<Membership[]> {
  return db.query<Membership>(
    `update panel_groups g set read_at = clock_timestamp()
     from rows from (unnest($1::text[]), unnest($2::text[]), unnest($3::float8[])) as t (kind, group_id, every_ms)
     where g.kind = t.kind and g.group_id = t.group_id
       and g.read_at < clock_timestamp() - t.every_ms * interval '1 millisecond'
     returning g.kind, g.group_id as "groupId"`,
    [groups.map(({ kind }) => kind), groups.map(({ groupId }) => groupId), groups.map(({ kind }) => everyMs[kind])],
  );
}
