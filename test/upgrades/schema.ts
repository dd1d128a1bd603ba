/** What a program of one release can rely on in the tables, and what of it a later schema has taken away. */
import type { Queryable } from '../../src/store/database.ts';
import { MIGRATIONS } from '../../src/store/migrations/index.ts';

export interface KeptSchema {
  /** The last of that release. */
  readonly migration: number;
  /** By `table.column`. */
  readonly columns: Readonly<Record<string, { readonly type: string; readonly mayBeLeftOut: boolean }>>;
  /** Checks, keys, foreign keys and triggers, by `table`: what can refuse or change a write. */
  readonly rules: Readonly<Record<string, readonly string[]>>;
  readonly functions: readonly string[];
  readonly sequences: readonly string[];
}

export async function readSchema(db: Queryable): Promise<KeptSchema> {
  const columns = await db.query<{ name: string; type: string; left: boolean }>(
    `select c.relname || '.' || a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
       (not a.attnotnull or a.atthasdef or a.attidentity <> '') as left
     from pg_attribute a join pg_class c on c.oid = a.attrelid
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
     order by 1`,
  );
  const rules = await db.query<{ of: string; rule: string }>(
    `select conrelid::regclass::text as of, pg_get_constraintdef(oid) as rule from pg_constraint
       where connamespace = 'public'::regnamespace and conrelid <> 0 and contype <> 'n'
     union all
     select indrelid::regclass::text, pg_get_indexdef(indexrelid) from pg_index
       where indisunique and not indisprimary and indrelid in
         (select oid from pg_class where relnamespace = 'public'::regnamespace)
     union all
     select tgrelid::regclass::text, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
     order by 1, 2`,
  );
  const names = async (query: string): Promise<string[]> =>
    (await db.query<{ name: string }>(query)).map(({ name }) => name);
  return {
    migration: MIGRATIONS.at(-1)?.id ?? 0,
    columns: Object.fromEntries(columns.map(({ name, type, left }) => [name, { type, mayBeLeftOut: left }])),
    rules: grouped(rules),
    functions: await names(
      "select oid::regprocedure::text as name from pg_proc where pronamespace = 'public'::regnamespace order by 1",
    ),
    sequences: await names(
      "select relname::text as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'S' order by 1",
    ),
  };
}

function grouped(rows: readonly { readonly of: string; readonly rule: string }[]): Record<string, string[]> {
  const all: Record<string, string[]> = {};
  for (const { of, rule } of rows) (all[of] ??= []).push(rule);
  return all;
}

/** In words, one for each; empty: `later` only adds. */
export function takenAway(kept: KeptSchema, later: KeptSchema): string[] {
  const tables = new Set(Object.keys(kept.columns).map((name) => name.split('.')[0]));
  return [
    ...Object.entries(kept.columns).flatMap(([name, { type, mayBeLeftOut }]) => {
      const now = later.columns[name];
      if (now === undefined) return [`${name} is gone`];
      if (now.type !== type) return [`${name} was ${type} and is ${now.type}`];
      return mayBeLeftOut && !now.mayBeLeftOut ? [`${name} must be given now`] : [];
    }),
    ...Object.entries(later.columns).flatMap(([name, { mayBeLeftOut }]) =>
      tables.has(name.split('.')[0]) && kept.columns[name] === undefined && !mayBeLeftOut
        ? [`${name} is new and must be given`]
        : [],
    ),
    ...Object.entries(later.rules).flatMap(([table, rules]) =>
      tables.has(table)
        ? rules.filter((rule) => !kept.rules[table]?.includes(rule)).map((rule) => `${table} has a new rule: ${rule}`)
        : [],
    ),
    ...kept.functions.filter((name) => !later.functions.includes(name)).map((name) => `function ${name} is gone`),
    ...kept.sequences.filter((name) => !later.sequences.includes(name)).map((name) => `sequence ${name} is gone`),
  ];
}
