/** What was frozen by hand; all times are the database's. */
import type { Freeze, FreezeScope, FreezeUntil, PastFreeze } from '../domain/calendar/freeze.ts';
import type { Database, Queryable, Transaction } from './database.ts';

/** Told at each change; whoever waits for a window listens. */
const FREEZES_CHANNEL = 'freezes';

interface Row {
  readonly id: string;
  readonly kind: FreezeScope['kind'];
  readonly name: string;
  readonly by: string;
  readonly verifiedBy: string | null;
  readonly reason: string;
  readonly from: Date;
  readonly until: Date;
  readonly liftedAt: Date | null;
  readonly liftedBy: string | null;
  readonly liftedFor: string | null;
}

const COLUMNS = `id, scope_kind as kind, scope_name as name, frozen_by as by, verified_by as "verifiedBy", reason,
  from_at as "from", until_at as until, lifted_at as "liftedAt", lifted_by as "liftedBy", lifted_for as "liftedFor"`;

/** Those that hold now. */
export async function activeFreezes(db: Queryable): Promise<Freeze[]> {
  const rows = await db.query<Row>(
    `select ${COLUMNS} from freezes where lifted_at is null and until_at > clock_timestamp() order by until_at, id`,
  );
  return rows.map(freezeOf);
}

/** All that held at any time since then, each until it was over. */
export async function freezesSince(db: Queryable, sinceMs: number): Promise<Freeze[]> {
  const rows = await db.query<Row>(
    `select ${COLUMNS} from freezes where least(coalesce(lifted_at, until_at), until_at) > to_timestamp($1::float8 / 1000)
     order by until_at, id`,
    [sinceMs],
  );
  return rows.map((row) => ({ ...freezeOf(row), untilMs: (row.liftedAt ?? row.until).getTime() }));
}

/** The last ones that are over, the newest first. */
export async function pastFreezes(db: Queryable, most: number): Promise<PastFreeze[]> {
  const rows = await db.query<Row>(
    `select ${COLUMNS} from freezes where lifted_at is not null or until_at <= clock_timestamp()
     order by least(coalesce(lifted_at, until_at), until_at) desc, id limit $1::bigint`,
    [most],
  );
  return rows.map((row) => ({
    ...freezeOf(row),
    endedAtMs: (row.liftedAt ?? row.until).getTime(),
    lifted: row.liftedBy === null ? null : { by: row.liftedBy, reason: row.liftedFor ?? '' },
  }));
}

export interface NewFreeze extends Pick<Freeze, 'id' | 'scope' | 'by' | 'verifiedBy' | 'reason'> {
  readonly until: FreezeUntil;
}

/** By this id, once however often it is asked; null: it would be over already, or last longer than may be. */
export async function addFreeze(trx: Transaction, freeze: NewFreeze, maxMs: number): Promise<Freeze | null> {
  const { id, scope, by, verifiedBy, reason, until } = freeze;
  await trx.query(
    `with asked as (
       select now() as begins, coalesce(to_timestamp($7::float8 / 1000), now() + $8::float8 * interval '1 millisecond') as ends)
     insert into freezes (id, scope_kind, scope_name, frozen_by, verified_by, reason, from_at, until_at)
     select $1, $2, $3, $4, $5, $6, begins, ends from asked
     where ends > begins and ends <= begins + $9::float8 * interval '1 millisecond'
     on conflict (id) do nothing`,
    [
      id,
      scope.kind,
      scope.kind === 'all' ? '' : scope.name,
      by,
      verifiedBy,
      reason,
      'atMs' in until ? until.atMs : null,
      'forMs' in until ? until.forMs : null,
      maxMs,
    ],
  );
  const [row] = await trx.query<Row>(`select ${COLUMNS} from freezes where id = $1`, [id]);
  if (row === undefined) return null;
  await tell(trx);
  return freezeOf(row);
}

export interface Lifting {
  /** Of whoever lifts, so that a repeat finds what it did. */
  readonly id: string;
  readonly scope: FreezeScope;
  readonly by: string;
  readonly reason: string;
}

/** All that hold on this very scope; empty where none does. */
export async function liftFreezes(trx: Transaction, { id, scope, by, reason }: Lifting): Promise<Freeze[]> {
  await trx.query(
    `update freezes set lifted_at = clock_timestamp(), lifted_by = $3, lifted_for = $4, lifting_id = $5
     where scope_kind = $1 and scope_name = $2 and lifted_at is null and until_at > clock_timestamp()
       and not exists (select 1 from freezes where lifting_id = $5)`,
    [scope.kind, scope.kind === 'all' ? '' : scope.name, by, reason, id],
  );
  const rows = await trx.query<Row>(`select ${COLUMNS} from freezes where lifting_id = $1 order by id`, [id]);
  if (rows.length > 0) await tell(trx);
  return rows.map(freezeOf);
}

async function tell(trx: Transaction): Promise<void> {
  await trx.query(`select pg_notify('${FREEZES_CHANNEL}', '')`);
}

export function onFreezes(db: Database, heard: () => void): Promise<() => Promise<void>> {
  return db.listen(FREEZES_CHANNEL, heard);
}

function freezeOf({ id, kind, name, by, verifiedBy, reason, from, until }: Row): Freeze {
  const scope: FreezeScope = kind === 'all' ? { kind } : { kind, name };
  return { id, scope, by, verifiedBy, reason, fromMs: from.getTime(), untilMs: until.getTime() };
}
