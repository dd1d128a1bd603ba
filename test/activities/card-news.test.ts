/** Who is woken by what: with a real PostgreSQL, whose notifications may be lost. */
import { createCardNews } from '../../src/activities/card-news.ts';
import type { CardNews } from '../../src/activities/card-news.ts';
import type { Database } from '../../src/store/database.ts';
import { EXPOSURES_CHANNEL } from '../../src/store/events.ts';
import { lastSeq } from '../../src/store/exposures.ts';
import { describePostgres } from '../helpers/database.ts';
import { eventOf, metricEventOf, NOON } from '../helpers/events.ts';
import { storeEvents } from '../helpers/store-events.ts';
import { openPatiently } from '../helpers/patient-store.ts';

const LOOK_MS = 100;
/** As if it were never looked: what wakes is heard. */
const NEVER_MS = 3_600_000;

describePostgres('the news of cards', (postgres) => {
  let db: Database;
  let asked: string[];
  let heard: Set<(payload: string) => void>;
  let isDeaf: boolean;
  /** The store; while it is deaf every notification is lost. */
  let ear: Pick<Database, 'listen' | 'query'>;
  beforeEach(async () => {
    db = await openPatiently(await postgres().createDatabase());
    asked = [];
    heard = new Set();
    isDeaf = false;
    ear = {
      query: (sql, params) => {
        asked.push(sql);
        return db.query(sql, params);
      },
      listen: async (channel, onNotify) => {
        heard.add(onNotify);
        const stop = await db.listen(channel, (payload) => {
          if (!isDeaf) onNotify(payload);
        });
        return async () => {
          heard.delete(onNotify);
          await stop();
        };
      },
    };
  });
  afterEach(() => db.close());

  let cards = 0;
  const card = (actionId: string, cardId = `card-${cards++}`, kind: 'triggered' | 'accepted' = 'triggered') =>
    storeEvents(db, [eventOf(cardId, kind, 0, { actionId })], { source: 'genesys', receivedAt: new Date(NOON) });

  interface Woken {
    times(): number;
    /** Once it was woken so often. */
    until(times: number): Promise<void>;
    stop(): void;
  }
  const follow = async (news: CardNews, actionIds: readonly string[], cursor = () => 0): Promise<Woken> => {
    let times = 0;
    let tell = (): void => undefined;
    const stop = await news.follow({
      actionIds,
      cursor,
      wake: () => {
        times += 1;
        tell();
      },
    });
    const until = (wanted: number): Promise<void> =>
      new Promise((resolve) => {
        tell = () => times >= wanted && resolve();
        tell();
      });
    return { times: () => times, until, stop };
  };
  /** Until two more looks were taken. */
  const looks = async (look = (): void => undefined): Promise<void> => {
    const before = asked.length;
    while (asked.length < before + 2) {
      look();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  /** The first of them, and what looks: when the test says so, however slow the machine is. */
  const followByHand = async (news: CardNews, actionIds: readonly string[]): Promise<[Woken, () => void]> => {
    const set = jest.spyOn(globalThis, 'setInterval').mockReturnValueOnce({} as never);
    const one = await follow(news, actionIds);
    const [look] = set.mock.calls[0] ?? [];
    set.mockRestore();
    if (look === undefined) throw new Error('Nothing looks.');
    return [one, look];
  };

  test('a card wakes all who watch its version, and nobody else, over one ear', async () => {
    const news = createCardNews(ear, NEVER_MS);
    const [one, same, other] = [
      await follow(news, ['a', 'b']),
      await follow(news, ['b', 'c']),
      await follow(news, ['d']),
    ];
    expect(heard.size).toBe(1);
    await card('b');
    await Promise.all([one.until(1), same.until(1)]);
    await card('c');
    await same.until(2);
    expect([one.times(), same.times(), other.times()]).toEqual([1, 2, 0]);
    for (const woken of [one, same, other]) woken.stop();
  });

  test('who has left is woken no more, and with the last the ear is closed; who comes then hears again', async () => {
    const news = createCardNews(ear, NEVER_MS);
    const [gone, stays] = [await follow(news, ['a']), await follow(news, ['a'])];
    gone.stop();
    gone.stop();
    await card('a');
    await stays.until(1);
    expect(gone.times()).toBe(0);
    stays.stop();
    while (heard.size > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const later = await follow(news, ['a']);
    await card('a');
    await later.until(1);
    expect(stays.times()).toBe(1);
    later.stop();
  });

  test('a notification that was lost is found by the look, by whom it concerns: a card, an answer, a value', async () => {
    const news = createCardNews(ear, LOOK_MS);
    await card('a', 'early');
    const [one, other] = [await follow(news, ['a', 'b']), await follow(news, ['c'])];
    isDeaf = true;
    await Promise.all([one.until(1), other.until(1)]);
    await card('b', 'lost');
    await one.until(2);
    await card('b', 'lost', 'accepted');
    await one.until(3);
    await storeEvents(db, [metricEventOf('early', 'handleTime', 7, 0)], {
      source: 'genesys',
      receivedAt: new Date(NOON),
    });
    await one.until(4);
    await looks();
    expect([one.times(), other.times()]).toEqual([4, 1]);
    one.stop();
    other.stop();
  });

  test('cards that were taken wake nobody', async () => {
    const news = createCardNews(ear, LOOK_MS);
    await card('a');
    const cursor = await lastSeq(db);
    const quiet = await follow(news, ['a'], () => cursor);
    await quiet.until(1);
    await looks();
    expect(quiet.times()).toBe(1);
    quiet.stop();
  });

  test('who hears all is not asked for', async () => {
    const [one, look] = await followByHand(createCardNews(ear, LOOK_MS), ['a']);
    for (let heardOf = 1; heardOf <= 20; heardOf++) {
      await db.query(`select pg_notify('${EXPOSURES_CHANNEL}', 'a')`);
      await one.until(heardOf);
      look();
    }
    expect(asked).toEqual([]);
    one.stop();
  });

  test('a thousand watches that hear nothing cost one question', async () => {
    const news = createCardNews(ear, LOOK_MS);
    const [first, look] = await followByHand(news, ['a0', 'b0']);
    const others = Array.from({ length: 999 }, (_, i) => follow(news, [`a${i + 1}`, `b${i + 1}`]));
    const all = [first, ...(await Promise.all(others))];
    // They have just come, which counts as heard.
    look();
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    expect(asked).toEqual([]);
    look();
    await Promise.all(all.map((one) => one.until(1)));
    expect(asked).toHaveLength(1);
    await card('b700');
    await all[700]?.until(2);
    await looks(look);
    expect(all.reduce((sum, one) => sum + one.times(), 0)).toBeLessThanOrEqual(1002);
    for (const woken of all) woken.stop();
  });

  test('a database that ends wakes everybody, who find out; what came while nobody listened is found when it is back', async () => {
    const news = createCardNews(ear, LOOK_MS);
    const one = await follow(news, ['a']);
    await one.until(1);
    await postgres().kill();
    await one.until(one.times() + 1);
    await postgres().start();
    await card('a');
    await one.until(one.times() + 1);
    await card('a');
    await one.until(one.times() + 1);
    one.stop();
  });
});
