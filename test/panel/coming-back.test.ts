/** What is kept of a page that comes back while the store is slow, or fails. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PanelServer } from '../../src/panel/server.ts';
import type { Database, Transaction } from '../../src/store/database.ts';
import { describeEachStore } from '../helpers/database.ts';
import { openPage, openSession, startTestPanel, until } from './fixtures.ts';

/** After that what is kept of a page that has not come back goes. */
const GONE_MS = 2_500;

/** What befalls the statements that open and close pages: a row is written and not yet committed, or about to go. */
interface Store {
  opened: () => Promise<void>;
  closing: () => Promise<void>;
}

function withDelays(db: Database, store: Store): Database {
  return {
    ...db,
    query: async (sql, values) => {
      if (sql.startsWith('delete from panel_sessions where id')) await store.closing();
      return db.query(sql, values);
    },
    tx: (work) =>
      db.tx((trx) => {
        const query: Transaction['query'] = async (sql, values) => {
          const rows = await trx.query(sql, values);
          if (sql.includes('insert into panel_sessions')) await store.opened();
          return rows as never;
        };
        return work({ ...trx, query });
      }),
  };
}

describeEachStore('a page that comes back', (db) => {
  const atOnce = (): Promise<void> => Promise.resolve();
  const store: Store = { opened: atOnce, closing: atOnce };
  let panel: PanelServer;
  let session: string;
  let pageId: string;
  beforeAll(async () => {
    panel = await startTestPanel(withDelays(db(), store), { limits: { streamsPerSession: 1 } });
    await until(() => !panel.instance.isFenced);
  });
  afterAll(() => panel.close());
  beforeEach(async () => {
    Object.assign(store, { opened: atOnce, closing: atOnce });
    session = await openSession(panel, randomUUID());
    pageId = randomUUID();
  });

  const isKept = async (id = pageId): Promise<boolean> =>
    (await db().query('select 1 from panel_sessions where id = $1::uuid', [id])).length > 0;
  const open = () => openPage(panel, session, { pageId });

  test('to a slow store stays on record', async () => {
    (await open()).close();
    store.opened = () => sleep(GONE_MS);
    const page = await open();
    await sleep(GONE_MS);
    expect(await isKept()).toBe(true);
    page.close();
  });

  test('while it is being closed stays on record', async () => {
    let goOn = (): void => undefined;
    let isClosing = false;
    store.closing = async () => {
      isClosing = true;
      await new Promise<void>((resolve) => (goOn = resolve));
    };
    (await open()).close();
    await until(() => isClosing);
    const coming = open();
    await sleep(200);
    goOn();
    const page = await coming;
    await sleep(200);
    expect(await isKept()).toBe(true);
    store.closing = atOnce;
    page.close();
  });

  test('and cannot be opened is on record no more', async () => {
    (await open()).close();
    store.opened = async () => {
      await sleep(GONE_MS);
      throw new Error('The store is away.');
    };
    await expect(open()).rejects.toThrow('panel-store-unavailable');
    await until(async () => !(await isKept()));
  });

  test('and cannot be opened takes the place of no other', async () => {
    const page = await open();
    store.opened = () => Promise.reject(new Error('The store is away.'));
    await expect(openPage(panel, session)).rejects.toThrow('panel-store-unavailable');
    store.opened = atOnce;
    expect(page.events('end')).toEqual([]);
    const end = page.next('end');
    const newer = await openPage(panel, session);
    expect(await end).toEqual({ why: 'replaced' });
    newer.close();
  });
});
