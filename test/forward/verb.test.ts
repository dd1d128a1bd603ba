import { setDestinations } from '../../src/store/destinations.ts';
import { cli } from '../cli/fixtures.ts';
import { describeSharedPostgres } from '../helpers/database.ts';
import { eventOf } from '../helpers/events.ts';
import { startScriptedServer } from '../helpers/scripted-server.ts';
import { testTemporal } from '../helpers/temporal.ts';
import { openPatiently } from '../helpers/patient-store.ts';
import { SECRET, eventIds, store, until } from './helpers.ts';

test('without a destination it says what to set', async () => {
  const { code, stdout } = await cli(['forward', '--json'], { env: { DATABASE_URL: 'postgres://127.0.0.1:1/none' } });
  expect([code, JSON.parse(stdout)]).toMatchObject([
    2,
    { code: 'config-incomplete', remedy: expect.stringContaining('COACHING_URL') },
  ]);
});

describeSharedPostgres('the verb forward', (postgres) => {
  test('sends what the outbox holds until it is stopped', async () => {
    const url = await postgres().createDatabase();
    const { address, namespace } = await testTemporal();
    const db = await openPatiently(url);
    const server = await startScriptedServer(() => ({}));
    const stop = new AbortController();
    try {
      await setDestinations(db, ['coaching']);
      await store(db, eventOf('c1', 'triggered', 0));
      const ran = cli(['forward', '--json'], {
        env: {
          TEMPORAL_ADDRESS: address,
          TEMPORAL_NAMESPACE: namespace,
          DATABASE_URL: url,
          COACHING_URL: server.url,
          COACHING_SIGNING_SECRET: SECRET,
        },
        signal: stop.signal,
      });
      await until(() => server.requests.length > 0, 'a message');
      stop.abort();
      const { code, stdout } = await ran;
      expect([code, JSON.parse(stdout)]).toMatchObject([
        0,
        { kind: 'ready', process: 'forward', destinations: ['coaching'] },
      ]);
      expect(eventIds(server.requests)).toEqual(['c1-triggered']);
    } finally {
      await server.close();
      await db.close();
    }
  });
});
