/** What PostgreSQL itself says, whichever verb asked it, on a real server: one clear error, with its way out. */
import { describePostgres } from '../helpers/database.ts';
import { openPatiently } from '../helpers/patient-store.ts';
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
