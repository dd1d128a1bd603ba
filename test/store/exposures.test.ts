import { cardsSince, lastSeq, readCards } from '../../src/store/exposures.ts';
import type { CardsQuery } from '../../src/store/exposures.ts';
import { audienceShares } from '../../src/store/audience-share.ts';
import { readMembers } from '../../src/store/panel/members.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import type { Audience } from '../../src/domain/split/audience.ts';
import { storeEvents } from '../helpers/store-events.ts';
import type { PushedEvent } from '../../src/domain/events/event.ts';
import { describeEachStore, describeSharedPostgres } from '../helpers/database.ts';
import { NOON, eventOf, iso, metricEventOf } from '../helpers/events.ts';
import { openPatiently } from '../helpers/patient-store.ts';

async function* people() {
  yield { id: 'kim' };
}

const LATER = new Date(NOON + 3_600_000);

describeEachStore('exposures', (db) => {
  const store = (events: readonly PushedEvent[], receivedAtMs = NOON) =>
    storeEvents(db(), events, { source: 'genesys', receivedAt: new Date(receivedAtMs) });
  const read = (more: Partial<CardsQuery> = {}) =>
    readCards(db(), { actionIds: ['action-a', 'action-b'], afterSeq: 0, settledBefore: LATER, limit: 100, ...more });

  afterEach(async () => {
    await db().query('truncate events, exposures, custom_values');
  });

  test('how many of the cards came in an audience is told by queues and known members, and by nothing else', async () => {
    const at = (cardId: string, queueId: string, agentId: string) =>
      eventOf(cardId, 'triggered', 0, { queueId, agentId });
    await store([at('c1', 'q1', 'ana'), at('c2', 'q2', 'ben'), at('c3', 'q2', 'kim'), at('c4', 'q2', 'kim')]);
    const share = async (of: Audience): Promise<number | null | undefined> => {
      const plan = { action: { name: 'RefundAssist' }, steps: [{ kind: 'setSplit', percent: 5, of }] };
      return (await audienceShares(db(), plan as unknown as Plan, new Date(NOON)))[0]?.share;
    };
    expect(await share({ queues: ['q1'], agents: ['ben'] })).toBe(0.5);
    expect(await share({ teams: ['night'] })).toBeNull();
    const members = { membersOfTeam: () => people(), usersOfDivision: () => people() };
    await readMembers(db(), members, [{ kind: 'team', groupId: 'night' }]);
    expect(await share({ queues: ['q1'], teams: ['night'] })).toBe(0.75);
    await store([at('c5', 'q1', `agent~${'0'.repeat(32)}`)]);
    expect([await share({ teams: ['night'] }), await share({ queues: ['q1'] })]).toEqual([null, 0.4]);
  });

  test('a card is read with its outcome, its latency and its place', async () => {
    await store([eventOf('c1', 'accepted', 900, { renderedAt: iso(NOON + 120), triggeredAt: iso(NOON) })]);
    const { cards, nextSeq, head } = await read();
    expect(cards).toEqual([
      {
        seq: nextSeq,
        actionId: 'action-a',
        conversationId: 'conversation of c1',
        agentId: 'agent-1',
        queueId: 'queue-1',
        outcomes: ['accepted'],
        latencyMs: 120,
        skewed: false,
        triggeredAtMs: NOON,
        arrivedAtMs: NOON,
        firstOfConversation: true,
      },
    ]);
    expect(head).toBeNull();
    expect(await lastSeq(db())).toBe(nextSeq);
  });

  test('a card whose clock is a day ahead was triggered no later than it arrived, and is no card of tomorrow', async () => {
    await store([eventOf('c1', 'accepted', 86_400_000, { triggeredAt: iso(NOON + 86_400_000) })], NOON + 1_000);
    expect((await read()).cards).toMatchObject([{ triggeredAtMs: NOON + 1_000, arrivedAtMs: NOON + 1_000 }]);
    expect(await cardsSince(db(), 'action-a', new Date(NOON + 2_000))).toMatchObject({ cards: 0 });
    expect(await cardsSince(db(), 'action-a', new Date(NOON))).toMatchObject({ cards: 1 });
  });

  test('media type and language come with the card where the events say them', async () => {
    await store([eventOf('c1', 'accepted', 1, { mediaType: 'chat', language: 'en-us' }), eventOf('c2', 'accepted', 2)]);
    const [first, second] = (await read()).cards;
    expect(first).toMatchObject({ mediaType: 'chat', language: 'en-us' });
    expect(second).not.toHaveProperty('mediaType');
    expect(second).not.toHaveProperty('language');
  });

  test('a card never rendered has no latency; one rendered before it was triggered has none either, and says so', async () => {
    await store([
      eventOf('c1', 'accepted', 1),
      eventOf('c2', 'accepted', 2, { renderedAt: iso(NOON - 5) }),
      eventOf('c3', 'accepted', 3, { renderedAt: iso(NOON) }),
    ]);
    const { cards } = await read();
    expect(cards.map(({ latencyMs, skewed }) => ({ latencyMs, skewed }))).toEqual([
      { latencyMs: null, skewed: false },
      { latencyMs: null, skewed: true },
      { latencyMs: 0, skewed: false },
    ]);
  });

  test('reading stops at the first card that may still get an outcome, and names when it was seen', async () => {
    await store([eventOf('c1', 'accepted', 1)], NOON);
    await store([eventOf('c2', 'triggered', 2)], NOON + 1_000);
    await store([eventOf('c3', 'dismissed', 3)], NOON + 2_000);
    const waiting = await read({ settledBefore: new Date(NOON + 999) });
    expect(waiting.cards.map(({ outcomes }) => outcomes)).toEqual([['accepted']]);
    expect(waiting.head).toEqual({ firstSeenAt: NOON + 1_000 });
    const settled = await read({ afterSeq: waiting.nextSeq, settledBefore: new Date(NOON + 1_000) });
    expect(settled.cards.map(({ outcomes }) => outcomes)).toEqual([[], ['dismissed']]);
    expect(settled.head).toBeNull();
    const end = await read({ afterSeq: settled.nextSeq });
    expect(end).toEqual({ cards: [], nextSeq: settled.nextSeq, head: null });
  });

  test('an outcome unblocks what stood behind its card', async () => {
    await store([eventOf('c1', 'triggered', 1), eventOf('c2', 'accepted', 2)]);
    expect((await read({ settledBefore: new Date(0) })).cards).toEqual([]);
    await store([eventOf('c1', 'dismissed', 9)]);
    expect((await read({ settledBefore: new Date(0) })).cards.map(({ outcomes }) => outcomes)).toEqual([
      ['dismissed'],
      ['accepted'],
    ]);
  });

  test('paging with a cursor reads every card once, in order, and only of the actions asked for', async () => {
    await store(
      Array.from({ length: 25 }, (_, n) =>
        eventOf(`c${n}`, 'accepted', n, { actionId: ['action-a', 'action-b', 'other'][n % 3] ?? '' }),
      ),
    );
    const seen: number[] = [];
    let afterSeq = 0;
    for (let page = await read({ limit: 4 }); page.cards.length > 0; page = await read({ limit: 4, afterSeq })) {
      expect(page.cards.length).toBeLessThanOrEqual(4);
      seen.push(...page.cards.map(({ seq }) => seq));
      afterSeq = page.nextSeq;
    }
    expect(seen).toHaveLength(17);
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
  });

  test('only the first card of a conversation says so, across pages, arms and outcomes', async () => {
    const conversationId = 'shared';
    await store([eventOf('x0', 'accepted', 0, { conversationId, actionId: 'other' })]);
    await store([eventOf('c1', 'accepted', 1, { conversationId })]);
    await store([eventOf('c2', 'accepted', 2, { conversationId, actionId: 'action-b' })]);
    await store([eventOf('c3', 'accepted', 3)]);
    const first = await read({ limit: 1 });
    const rest = await read({ afterSeq: first.nextSeq });
    expect([...first.cards, ...rest.cards].map(({ firstOfConversation }) => firstOfConversation)).toEqual([
      true,
      false,
      true,
    ]);
  });

  test('the cards since are counted by when they were triggered', async () => {
    const triggered = (card: string, atMs: number, actionId: string) =>
      eventOf(card, 'triggered', atMs, { actionId, triggeredAt: iso(NOON + atMs) });
    await store(
      [
        triggered('c1', 10, 'action-a'),
        triggered('c2', 20, 'action-a'),
        triggered('c3', 20, 'action-b'),
        triggered('c4', 30, 'action-a'),
      ],
      NOON + 30,
    );
    expect(await cardsSince(db(), 'action-a', new Date(NOON + 10))).toMatchObject({ cards: 2 });
    expect(await cardsSince(db(), 'action-b', new Date(NOON + 20))).toMatchObject({ cards: 0 });
  });

  test('where the trigger fired and no card was shown is read only where it is asked for, once for each conversation', async () => {
    const inTalk = (conversationId: string) => ({ conversationId });
    await store([eventOf('w1', 'withheld', 1, inTalk('one')), metricEventOf('w1', 'handleTime', 300, 5)]);
    await store([eventOf('w2', 'withheld', 2, inTalk('one')), eventOf('c3', 'accepted', 3, inTalk('one'))]);
    await store([eventOf('w4', 'withheld', 4, inTalk('two'))]);
    const shown = await read();
    expect(shown.cards).toMatchObject([{ conversationId: 'one', outcomes: ['accepted'], firstOfConversation: true }]);
    expect(shown.cards[0]).not.toHaveProperty('withheld');
    const awaited = { custom: ['handleTime'], outcomes: [] };
    const both = await read({ withWithheld: true, awaited, settledBefore: new Date(NOON - 1) });
    expect(both.cards).toMatchObject([{ conversationId: 'one', withheld: true, custom: { handleTime: 300 } }]);
    expect(both.head).toEqual({ firstSeenAt: NOON });
    expect((await read({ withWithheld: true })).cards.map(({ conversationId }) => conversationId)).toEqual([
      'one',
      'two',
    ]);
    expect(await cardsSince(db(), 'action-a', new Date(NOON - 1))).toMatchObject({ cards: 1 });
  });

  test('whoever tells more of a card than that it was withheld says that it was shown, in whatever order', async () => {
    await store([eventOf('a', 'withheld', 1), eventOf('a', 'triggered', 2), eventOf('b', 'rendered', 1)]);
    await store([eventOf('b', 'withheld', 2), eventOf('c', 'withheld', 1)]);
    await store([eventOf('c', 'accepted', 2)]);
    expect((await read()).cards.map(({ conversationId }) => conversationId).toSorted()).toEqual(
      ['a', 'b', 'c'].map((card) => `conversation of ${card}`),
    );
  });

  test('an empty store has no last card', async () => {
    expect(await lastSeq(db())).toBe(0);
  });
});

describeSharedPostgres('exposures with several writers', (postgres) => {
  test('a reader that follows the cursor while many processes write misses no card', async () => {
    const url = await postgres().createDatabase();
    const [reader, ...writers] = await Promise.all(Array.from({ length: 5 }, () => openPatiently(url)));
    if (!reader) throw new Error('no reader');
    let writing = true;
    const seen: number[] = [];
    const follow = async (): Promise<void> => {
      for (let last = false; ;) {
        const page = await readCards(reader, {
          actionIds: ['action-a'],
          afterSeq: seen.at(-1) ?? 0,
          settledBefore: LATER,
          limit: 50,
        });
        seen.push(...page.cards.map(({ seq }) => seq));
        if (page.cards.length === 0 && last) return;
        last = !writing;
      }
    };
    const following = follow();
    await Promise.all(
      writers.map(async (writer, w) => {
        for (let n = 0; n < 60; n++) {
          await storeEvents(
            writer,
            [1, 2, 3].map((k) => eventOf(`c-${w}-${n}-${k}`, 'accepted', k)),
            { source: 'genesys', receivedAt: new Date(NOON) },
          );
        }
      }),
    );
    writing = false;
    await following;
    await Promise.all([reader, ...writers].map((db) => db.close()));
    expect(new Set(seen).size).toBe(4 * 60 * 3);
  });
});
