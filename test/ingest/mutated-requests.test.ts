import { randomBytes } from 'node:crypto';
import { fuzzIntake } from '../../bench/intake/fuzz.ts';
import { startIngest } from '../../src/ingest/server.ts';
import { describeEachStore } from '../helpers/database.ts';
import { NOON } from '../helpers/events.ts';
import { newSecret } from '../helpers/push.ts';

describeEachStore('mutated requests', (db) => {
  test('no 5xx, no crash, every acknowledged event stored, and nothing kept that nobody signed', async () => {
    const secrets = { webhook: newSecret(), hub: randomBytes(32).toString('base64') };
    const server = await startIngest({
      db: db(),
      secrets: [secrets.webhook],
      hubSecrets: [secrets.hub],
      now: () => NOON,
      port: 0,
    });
    const report = await fuzzIntake({ url: server.url, db: db(), secrets, requests: 300, seed: 7, now: () => NOON });
    await server.close();
    expect(report.faults).toEqual([]);
    expect(report.statuses).toEqual(
      expect.objectContaining({ 200: expect.any(Number), 400: expect.any(Number), 401: expect.any(Number) }),
    );
  });
});
