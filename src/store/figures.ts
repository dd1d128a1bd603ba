/** What the store knows of how things stand, for whoever looks at many rollouts at once. Each answer is bounded. */
import type { Reading } from '../telemetry/measure.ts';
import { GAUGED_PHASES } from '../telemetry/metrics.ts';
import type { Queryable } from './database.ts';

const MAX_COUNTED = 10_000;

/** Which of them this process may read: none reads what is not its own. */
export async function readableFigures(db: Queryable): Promise<readonly Figure[]> {
  const names = [...new Set(FIGURES.flatMap(({ tables }) => tables))];
  const rows = await db.query<{ name: string; readable: boolean }>(
    `select name, has_table_privilege(name, 'select') as readable from unnest($1::text[]) as name`,
    [names],
  );
  const hidden = new Set(rows.filter(({ readable }) => !readable).map(({ name }) => name));
  return FIGURES.filter(({ tables }) => !tables.some((table) => hidden.has(table)));
}

export interface Figure {
  readonly tables: readonly string[];
  readonly read: (db: Queryable) => Promise<readonly Reading[]>;
}

const FIGURES: readonly Figure[] = [
  { tables: ['rollouts'], read: phases },
  { tables: ['rollouts', 'audit'], read: unproven },
  { tables: ['destinations', 'outbox'], read: outboxes },
  { tables: ['dead_letters'], read: deadLetters },
];

async function phases(db: Queryable): Promise<readonly Reading[]> {
  const rows = await db.query<{ phase: string; n: number }>(
    'select phase, count(*) as n from rollouts where ended_at is null group by phase',
  );
  const found = new Map(rows.map(({ phase, n }) => [phase, n]));
  return GAUGED_PHASES.map((phase) => ({
    gauge: 'assist_rollouts_rollouts',
    value: found.get(phase) ?? 0,
    labels: { phase },
  }));
}

/** From the record that it began; whether it is proven is what ends the row. */
async function unproven(db: Queryable): Promise<readonly Reading[]> {
  const [row] = await db.query<{ seconds: number }>(
    `select coalesce(extract(epoch from max(now() - begun.at)), 0)::float8 as seconds
     from rollouts r cross join lateral (
       select max(at) as at from audit a where a.rollout_id = r.rollout_id and a.act = 'rollingBack') as begun
     where r.ended_at is null and r.phase in ('rollingBack', 'needsAttention')`,
  );
  return [{ gauge: 'assist_rollouts_roll_back_unproven_seconds', value: Math.max(0, row?.seconds ?? 0) }];
}

interface OutboxRow {
  readonly destination: string;
  readonly kind: string;
  readonly rows: number;
  readonly age: number;
  readonly failing: number;
}

async function outboxes(db: Queryable): Promise<readonly Reading[]> {
  const rows = await db.query<OutboxRow>(
    `select d.name as destination, d.kind, w.n as rows,
       greatest(0, coalesce(extract(epoch from now() - w.at), 0))::float8 as age,
       greatest(0, coalesce(extract(epoch from now() - d.failing_since), 0))::float8 as failing
     from destinations d cross join lateral (
       select count(*) as n, min(added_at) as at from (
         select o.added_at from outbox o
         where o.destination = d.name and (o.held_until is null or o.held_until <= now())
         order by o.seq limit $1::bigint) as waiting) as w
     where d.enabled order by d.name`,
    [MAX_COUNTED],
  );
  return rows.flatMap(({ destination, kind, rows: value, age, failing }): Reading[] => {
    const labels = { destination, kind };
    return [
      { gauge: 'assist_rollouts_outbox_rows', value, labels },
      { gauge: 'assist_rollouts_outbox_oldest_age_seconds', value: age, labels },
      { gauge: 'assist_rollouts_outbox_failing_seconds', value: failing, labels },
    ];
  });
}

async function deadLetters(db: Queryable): Promise<readonly Reading[]> {
  const rows = await db.query<{ kind: string; n: number }>(
    `select kind, (select count(*) from dead_letters l where l.kind = k.kind and l.replayed_at is null) as n
     from (values ('intake'), ('forward')) as k (kind)`,
  );
  return rows.map(({ kind, n }) => ({ gauge: 'assist_rollouts_dead_letters', value: n, labels: { kind } }));
}
