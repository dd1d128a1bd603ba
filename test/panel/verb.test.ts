/** The verb `panel`, from what is said in the sandbox to what a simulated desk tells of its card. */
import { randomUUID } from 'node:crypto';
import { freePort } from '../../bench/lib/ports.ts';
import type { Database } from '../../src/store/database.ts';
import { openDatabase } from '../../src/store/open.ts';
import { publishVersion } from '../../src/store/panel/versions.ts';
import { writeSplit } from '../../src/store/panel/splits.ts';
import { SEEDED } from '../../src/sandbox/seeded-organisation.ts';
import { cli, jsonLines } from '../cli/fixtures.ts';
import { describeSharedPostgres } from '../helpers/database.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import { givenSandbox } from '../sandbox/helpers.ts';
import { givenWidget } from '../sandbox/widget.ts';
import { armOf, contentOf } from '../store/panel/fixtures.ts';
import { until } from './fixtures.ts';

describeSharedPostgres('the verb panel', (postgres) => {
  test('what is said becomes a card on the agent’s page; at its end nobody waits for it', async () => {
    const url = await postgres().createDatabase();
    const db = await openDatabase({ kind: 'pg', url });
    const client = await givenSandbox({
      integrations: { switchMs: 0 },
      desks: { hiddenShare: 0 },
    });
    const port = await freePort();
    await givenWidget(client, { url: `http://127.0.0.1:${port}/panel?conversation={{gcConversationId}}` });
    const ending = new AbortController();
    let isReady = (): void => undefined;
    const ready = new Promise<void>((resolve) => (isReady = resolve));
    const env = {
      DATABASE_URL: url,
      GENESYS_LOGIN_URL: client.sandbox.url,
      GENESYS_API_URL: client.sandbox.url,
      GENESYS_CLIENT_ID: 'sandbox-client',
      GENESYS_CLIENT_SECRET: 'sandbox-secret',
      PANEL_PORT: String(port),
      PANEL_PUBLIC_URL: `http://127.0.0.1:${port}`,
      PANEL_OAUTH_CLIENT_ID: 'sandbox-panel',
      PANEL_SESSION_SECRET: 'a-secret-0123456789',
    };
    const ran = cli(['panel', '--json'], { env, signal: ending.signal, onStdout: () => isReady() });
    await Promise.race([ready, ran]);
    await splitOf(db);
    const isHeard = async (): Promise<boolean> => {
      const health = await (await fetch(`http://127.0.0.1:${port}/health`)).json();
      const { feed } = health as { feed: { isOpen: boolean; queues: string[] } };
      return feed.isOpen && feed.queues.includes(SEEDED.queues.billing.id);
    };
    await until(isHeard);
    // Said again and again: what comes before the conversation's topic is followed surfaces no card.
    const said = Array.from({ length: 60 }, (_, n) => ({
      afterMs: 1_500 + n * 2_000,
      text: 'I want a refund',
      confidence: 0.95,
    }));
    await client.call('POST', '/sandbox/conversations', { agent: 0, lastsMs: 2 * PATIENCE_MS, utterances: said });
    const told = async (): Promise<string[]> =>
      (await db.query<{ type: string }>('select type from events')).map(({ type }) => type.split('.').at(-1) ?? '');
    await until(async () => (await told()).includes('rendered'));
    expect(await told()).toEqual(expect.arrayContaining(['triggered', 'rendered']));
    ending.abort();
    const { code, stdout } = await ran;
    expect(code).toBe(0);
    expect(jsonLines(stdout)).toMatchObject([{ kind: 'ready', process: 'panel', url: `http://127.0.0.1:${port}` }]);
    expect(await db.query('select id from panel_instances')).toEqual([]);
    await db.close();
  });

  test('without its settings it says all that it lacks', async () => {
    const { code, stdout, stderr } = await cli(['panel', '--json'], { env: {} });
    expect(code).toBe(2);
    for (const name of [
      'DATABASE_URL',
      'PANEL_PUBLIC_URL',
      'PANEL_OAUTH_CLIENT_ID',
      'PANEL_SESSION_SECRET',
      'GENESYS_CLIENT_ID',
    ])
      expect(stdout + stderr).toContain(name);
  });
});

async function splitOf(db: Database): Promise<void> {
  const action = `Refund ${randomUUID()}`;
  const version = await publishVersion(db, {
    action,
    version: '1',
    content: contentOf('<p>Refund</p>'),
    contentSha256: 'x',
    rolloutId: 'r',
  });
  const queues = Object.values(SEEDED.queues).map(({ id }) => id);
  await writeSplit(db, { action, arms: [armOf(version, 'control', 100)], queues, changedBy: 'test' }, null);
}
