/**
 * Tables only grow between two releases: what a release reads and writes is there in the next one, so that workers of
 * both run beside each other. `RECORD_HISTORIES=<release>` keeps a new one.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from '../../src/store/database.ts';
import { MIGRATIONS } from '../../src/store/migrations/index.ts';
import { openInMemory } from '../helpers/in-memory.ts';
import { takenAway } from './schema.ts';
import type { KeptSchema } from './schema.ts';
import { readSchema } from './schema.ts';

const folder = join(__dirname, 'schemas');
const release = process.env.RECORD_HISTORIES;
const files = (): string[] => (existsSync(folder) ? readdirSync(folder) : []);

let db: Database;
let now: KeptSchema;
beforeAll(async () => {
  db = await openInMemory();
  now = await readSchema(db);
  if (release !== undefined) writeFileSync(join(folder, `${release}.json`), `${JSON.stringify(now, null, 1)}\n`);
});
afterAll(() => db.close());

const read = (file: string): KeptSchema => JSON.parse(readFileSync(join(folder, file), 'utf8')) as KeptSchema;

test('the schema of a release is kept', () => expect(files()).toContain('0.1.0.json'));

test.each(files())('what %s reads is there, and nothing is asked for that it does not write', (file) => {
  expect(takenAway(read(file), now)).toEqual([]);
});

test.each(files())('each migration after %s says that programs of that release work beside it', (file) => {
  const { migration } = read(file);
  const later = MIGRATIONS.filter(({ id }) => id > migration);
  expect(later.filter(({ besides }) => besides === undefined || besides > migration)).toEqual([]);
});

test.each<[string, string]>([
  ['a column that is gone', 'alter table rollouts drop column reason'],
  ['a table that is gone', 'drop table forecasts'],
  ['a column under another name', 'alter table forecasts rename column made_at to at'],
  ['another type', 'alter table forecasts alter column forecast type text using forecast::text'],
  ['a value that must be there', 'alter table rollouts alter column ended_at set not null'],
  ['a new column that must be there', 'alter table forecasts add column why text not null'],
  ['a new check', 'alter table forecasts add constraint short check (length(rollout_id) < 9)'],
  ['a new key', 'create unique index one_a_day on forecasts (made_at)'],
  [
    'a trigger',
    'create trigger stop before insert on forecasts for each row execute function suppress_redundant_updates_trigger()',
  ],
])('%s is noticed', async (_, statement) => {
  await db
    .tx(async (trx) => {
      await trx.query(statement);
      expect(takenAway(now, await readSchema(trx))).not.toEqual([]);
      throw new Undone();
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undone)) throw error;
    });
});

test('a new table, a new column that may be empty or has a default, and a new index are growth', async () => {
  await db
    .tx(async (trx) => {
      await trx.query('create table of_tomorrow (id integer primary key)');
      await trx.query('alter table forecasts add column note text, add column times integer not null default 0');
      await trx.query('create index by_note on forecasts (note)');
      expect(takenAway(now, await readSchema(trx))).toEqual([]);
      throw new Undone();
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undone)) throw error;
    });
});

class Undone extends Error {}
