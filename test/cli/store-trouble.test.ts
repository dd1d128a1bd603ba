/** What PostgreSQL itself says, whichever verb asked it, on a real server: one clear error, with its way out. */
import { describePostgres } from '../helpers/database.ts';
import { openPatiently } from '../helpers/patient-store.ts';
import { toFailure } from '../../src/activities/failures.ts';
import { describeError } from '../../src/cli/errors.ts';
import { cli } from './fixtures.ts';

const VERBS = [
  ['history', 'Card'],
  ['audit', 'list'],
  ['events', 'stats'],
  ['notify', 'list'],
  ['show', 'Card@1.0.0'],
];

describePostgres('a verb that asks the database', (postgres) => {
  /** As a role that may do nothing. */
  async function urlOf(role: string): Promise<string> {
    const url = new URL(await postgres().createDatabase());
    const maker = await openPatiently(url.href);
    try {
      await maker.query(`create role ${role} login`);
      await maker.query(`grant select on schema_migrations to ${role}`);
    } finally {
      await maker.close();
    }
    url.username = role;
    return url.href;
  }

  test('says what its role may not do, and who can let it', async () => {
    const url = await urlOf('stranger');
    for (const verb of VERBS) {
      const { code, stdout } = await cli([...verb, '--json'], { env: { DATABASE_URL: url } });
      expect([verb, code, JSON.parse(stdout)]).toMatchObject([
        verb,
        2,
        {
          code: 'store-forbidden',
          message: expect.stringMatching(/may not do this: permission denied for table/) as string,
          remedy: expect.stringContaining('`assist-rollouts database setup`') as string,
        },
      ]);
    }
  });

  test('says that it takes no writes, and of what has gone on the way that it did not answer', async () => {
    const url = await postgres().createDatabase();
    const db = await openPatiently(url);
    try {
      await db.query(`alter database "${new URL(url).pathname.slice(1)}" set default_transaction_read_only to on`);
    } finally {
      await db.close();
    }
    const { code, stdout } = await cli(['retention', '--older-than', '90d', '--json'], { env: { DATABASE_URL: url } });
    expect([code, JSON.parse(stdout)]).toMatchObject([
      2,
      { code: 'store-read-only', remedy: expect.stringContaining('promote it') as string },
    ]);
    const again = await openPatiently(url);
    const error = await again
      .query('select pg_terminate_backend(pg_backend_pid())')
      .catch((thrown: unknown) => thrown as Error);
    await again.close();
    expect(toFailure(error, Math.random).message).toMatch(/^The database did not answer the question: .*Try again/);
  });
});

test.each(['57014', '53300', '08006'])(
  'a database that had no time or no room (%s) is told as one, with what to look at',
  (code) => {
    const error = Object.assign(new Error('canceling statement due to statement timeout'), { code });
    expect(describeError(error)).toMatchObject({
      code: 'store-unreachable',
      message: expect.stringContaining('canceling statement due to statement timeout') as string,
      remedy: expect.stringContaining('statement_timeout') as string,
    });
  },
);

test.each([
  [
    '42501',
    'permission denied for table audit',
    /^The role of DATABASE_URL may not do this: permission denied.*`assist-rollouts database setup`/,
  ],
  ['25006', 'cannot execute INSERT', /^The database takes no writes: cannot execute INSERT.*promote it/],
  [
    '42P01',
    'relation "x" does not exist',
    /^The tables are not those of this program: .*`assist-rollouts database setup`/,
  ],
  ['53100', 'No space left on device', /^The disk of the database is full: .*retention/],
])('what a rollout waits for says of %s what is the matter, and who mends it', (code, message, says) => {
  expect(toFailure(Object.assign(new Error(message), { code }), Math.random).message).toMatch(says);
});
