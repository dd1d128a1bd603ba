import { randomUUID } from 'node:crypto';
import type { EngagementEvent } from '../../../src/domain/events/event.ts';
import { engagementEventSchema } from '../../../src/domain/events/event.ts';
import { addCards, cardsToShow, PANEL_CARDS_CHANNEL, readPanelStates } from '../../../src/store/panel/cards.ts';
import { renewInstance } from '../../../src/store/panel/instances.ts';
import { storePageEvents } from '../../../src/store/panel/page-events.ts';
import type { PageEvent } from '../../../src/store/panel/page-events.ts';
import { closeSession, openSession, setVisibility } from '../../../src/store/panel/sessions.ts';
import type { Visibility } from '../../../src/store/panel/sessions.ts';
import { LOCKS } from '../../../src/store/locks.ts';
import { readCards } from '../../../src/store/exposures.ts';
import { describeEachStore, describeSharedPostgres } from '../../helpers/database.ts';
import { openPatiently } from '../../helpers/patient-store.ts';
import { armOf, cardOf, conversationIn, publish, startPair } from './fixtures.ts';
import { writeSplit } from '../../../src/store/panel/splits.ts';

describeEachStore('cards of the panel', (db) => {
  const instanceId = randomUUID();
  const openPage = async (conversationId: string, state: Visibility, userId = 'agent-1') => {
    const id = randomUUID();
    await openSession(db(), { id, conversationId, userId, instanceId, state });
    return id;
  };
  const eventsTold = async () =>
    (await db().query<{ raw: EngagementEvent }>('select raw from events order by id')).map(({ raw }) => raw);
  const typesTold = async () => (await eventsTold()).map(({ type }) => type.slice('agentassist.action.'.length));
  const age = (cardId: string, ms: number) =>
    db().query(
      `update panel_cards set created_at = created_at - $2::float8 * interval '1 millisecond',
         triggered_at = triggered_at - $2::float8 * interval '1 millisecond' where card_id = $1::uuid`,
      [cardId, ms],
    );
  const pageTells = (conversationId: string, events: readonly PageEvent[], userId = 'agent-1') =>
    storePageEvents(db(), [{ conversationId, userId, events }]).then(([result]) => result);

  beforeEach(async () => {
    await renewInstance(db(), { id: instanceId, epoch: 0 });
  });
  afterEach(async () => {
    await db().query('truncate panel_sessions, panel_split, panel_cards, events, exposures');
  });

  test('a card that can be seen at once is triggered at once, as the judge reads it', async () => {
    const { candidate } = await startPair(db(), 100);
    const card = cardOf(candidate, { mediaType: 'voice', language: 'en-GB' });
    await openPage(card.conversationId, 'visible');
    expect(await addCards(db(), [card])).toEqual(['added']);
    const [event] = await eventsTold();
    expect(engagementEventSchema.parse(event)).toMatchObject({
      type: 'agentassist.action.triggered',
      cardId: card.cardId,
      actionId: candidate.id,
      actionName: `${candidate.action} v2`,
      version: '2',
      agentId: 'agent-1',
      queueId: 'queue-1',
      mediaType: 'voice',
      language: 'en-GB',
    });
    const { cards } = await readCards(db(), {
      actionIds: [candidate.id],
      afterSeq: 0,
      settledBefore: new Date(Date.now() + 60_000),
      limit: 10,
    });
    expect(cards).toMatchObject([{ conversationId: card.conversationId, latencyMs: null }]);
    const [shown] = await cardsToShow(db(), [card.conversationId]);
    expect(shown).toMatchObject({ cardId: card.cardId, versionId: candidate.id, agentId: 'agent-1' });
  });

  test('the same utterance gives one card, whoever saw it and however often', async () => {
    const { candidate } = await startPair(db(), 100);
    const card = cardOf(candidate);
    await openPage(card.conversationId, 'visible');
    const others = Array.from({ length: 4 }, () => ({ ...card, cardId: randomUUID() }));
    const answers = await Promise.all([card, ...others].map((one) => addCards(db(), [one, one])));
    expect(answers.flat().filter((answer) => answer === 'added').length).toBeGreaterThan(0);
    expect(await db().query('select count(*) as n from panel_cards')).toEqual([{ n: 1 }]);
    expect(await typesTold()).toEqual(['triggered']);
  });

  test('a card of a version that does not serve the conversation now is not made', async () => {
    const { action, baseline, candidate, epoch, split } = await startPair(db(), 50);
    const [low, high] = [conversationIn(0, 50), conversationIn(50, 100)];
    const cards = [
      cardOf(candidate, { conversationId: low }),
      cardOf(baseline, { conversationId: low }),
      cardOf(candidate, { conversationId: high }),
      cardOf(baseline, { conversationId: high }),
      cardOf(baseline, { action: 'another' }),
    ];
    expect(await addCards(db(), cards)).toEqual(['added', 'none', 'none', 'added', 'none']);
    await split(0, epoch);
    expect(await addCards(db(), [cardOf(candidate, { conversationId: low })])).toEqual(['none']);
    expect(action).toBe(candidate.action);
  });

  test('a roll back takes the candidate from screens in its own transaction, and no card slips in beside it', async () => {
    const { baseline, candidate, epoch, split } = await startPair(db(), 50);
    const cards = Array.from({ length: 30 }, () => cardOf(candidate, { conversationId: conversationIn(0, 50) }));
    const kept = cardOf(baseline, { conversationId: conversationIn(50, 100) });
    await addCards(db(), [kept]);
    await Promise.all([...cards.map((card) => addCards(db(), [card])), split(0, epoch)]);
    const ids = [...cards, kept].map(({ conversationId }) => conversationId);
    expect((await cardsToShow(db(), ids)).map(({ cardId }) => cardId)).toEqual([kept.cardId]);
  });

  test('a hidden or absent page makes no exposure; the page that comes into view does', async () => {
    const { candidate } = await startPair(db(), 100);
    const [hidden, absent] = [cardOf(candidate), cardOf(candidate)];
    const page = await openPage(hidden.conversationId, 'hidden');
    await addCards(db(), [hidden, absent]);
    expect(await typesTold()).toEqual([]);
    await setVisibility(db(), { id: page, conversationId: 'another', userId: 'agent-1', state: 'visible' });
    expect(await typesTold()).toEqual([]);
    await setVisibility(db(), { id: page, ...hidden, userId: 'agent-1', state: 'visible' });
    await setVisibility(db(), { id: page, ...hidden, userId: 'agent-1', state: 'visible' });
    expect((await eventsTold()).map(({ cardId }) => cardId)).toEqual([hidden.cardId]);
    await openPage(absent.conversationId, 'visible', 'another agent');
    expect(await typesTold()).toEqual(['triggered']);
    await openPage(absent.conversationId, 'visible');
    expect(await typesTold()).toEqual(['triggered', 'triggered']);
    expect(await readPanelStates(db(), new Date(0))).toEqual([
      {
        action: candidate.action,
        version: '2',
        versionId: candidate.id,
        cards: 2,
        visible: 0,
        hidden: 1,
        absent: 1,
        unseen: 0,
      },
    ]);
  });

  test('after five minutes what was said is over: the card is neither shown nor an exposure', async () => {
    const { candidate } = await startPair(db(), 100);
    const card = cardOf(candidate);
    await addCards(db(), [card]);
    await age(card.cardId, 5 * 60_000);
    await openPage(card.conversationId, 'visible');
    expect([await typesTold(), await cardsToShow(db(), [card.conversationId])]).toEqual([[], []]);
    expect(await readPanelStates(db(), new Date(0))).toMatchObject([{ absent: 1, unseen: 1 }]);
  });

  test('a page that was closed, or whose process is dead, is no page', async () => {
    const { candidate } = await startPair(db(), 100);
    const [closed, dead] = [cardOf(candidate), cardOf(candidate)];
    const id = await openPage(closed.conversationId, 'visible');
    await closeSession(db(), { id, instanceId: randomUUID() });
    expect(await db().query('select * from panel_sessions')).toHaveLength(1);
    await closeSession(db(), { id, instanceId });
    await openPage(dead.conversationId, 'visible');
    await db().query('update panel_instances set lease_until = now()');
    await addCards(db(), [closed, dead]);
    expect(await readPanelStates(db(), new Date(0))).toMatchObject([{ absent: 2 }]);
  });

  test('a card made while its page comes into view is always an exposure', async () => {
    const { candidate } = await startPair(db(), 100);
    const cards = Array.from({ length: 20 }, () => cardOf(candidate));
    const pages = await Promise.all(cards.map(({ conversationId }) => openPage(conversationId, 'hidden')));
    await Promise.all([
      addCards(db(), cards.slice(0, 10)),
      ...cards.map((card, at) =>
        setVisibility(db(), { id: pages[at] ?? '', ...card, userId: 'agent-1', state: 'visible' }),
      ),
      addCards(db(), cards.slice(10).toReversed()),
    ]);
    expect(new Set((await eventsTold()).map(({ cardId }) => cardId)).size).toBe(20);
  });

  test('against no card only what was in view at once counts, of both arms: a card out of view calls for a look, no card does not', async () => {
    const version = await publish(db(), `Card ${randomUUID()}`, '1');
    const arms = [{ ...armOf(version, 'candidate', 30), standsAlone: true }];
    await writeSplit(db(), { action: version.action, arms, queues: [], changedBy: 'test' }, null);
    const shown = cardOf(version, { conversationId: conversationIn(0, 30) });
    const withheld = cardOf(version, { conversationId: conversationIn(30, 100) });
    const pages = [await openPage(shown.conversationId, 'hidden'), await openPage(withheld.conversationId, 'hidden')];
    expect(await addCards(db(), [shown, withheld])).toEqual(['added', 'withheld']);
    await setVisibility(db(), {
      id: pages[0] ?? '',
      conversationId: shown.conversationId,
      userId: 'agent-1',
      state: 'visible',
    });
    await openPage(withheld.conversationId, 'visible');
    const told = { id: 'e1', kind: 'accepted', cardId: shown.cardId, afterMs: 1 } as const;
    expect(await pageTells(shown.conversationId, [told])).toMatchObject({ stored: 0 });
    expect(await typesTold()).toEqual([]);
  });

  test('what a page tells late of a card that nobody knew in view was shown when it says, and not after a roll back', async () => {
    const { candidate, epoch, split } = await startPair(db(), 100);
    const card = cardOf(candidate);
    await openPage(card.conversationId, 'hidden');
    await addCards(db(), [card]);
    await split(0, epoch);
    // An instant that is read in the very millisecond of the roll back would not be after it.
    await new Promise((resolve) => setTimeout(resolve, 5));
    const [{ now: rolledBackAt } = { now: new Date(0) }] = await db().query<{ now: Date }>(
      'select clock_timestamp() as now',
    );
    await new Promise((resolve) => setTimeout(resolve, 30));
    await pageTells(card.conversationId, [{ id: 'e1', kind: 'accepted', cardId: card.cardId, afterMs: 3 }]);
    const [event] = (await eventsTold()).filter(({ type }) => type.endsWith('.triggered'));
    expect(Date.parse(event?.occurredAt ?? '')).toBeLessThan(rolledBackAt.getTime());
  });

  test('where nobody serves the conversation the card is told as withheld, by the same rule, and never shown', async () => {
    const version = await publish(db(), 'First', '1');
    const arms = [{ ...armOf(version, 'candidate', 30), standsAlone: true }];
    await writeSplit(db(), { action: 'First', arms, queues: [], changedBy: 'test' }, null);
    const withheld = cardOf(version, { conversationId: conversationIn(30, 100) });
    const served = cardOf(version, { conversationId: conversationIn(0, 30) });
    await openPage(withheld.conversationId, 'visible');
    expect(await addCards(db(), [withheld, served])).toEqual(['withheld', 'added']);
    expect(await typesTold()).toEqual(['withheld']);
    expect(await cardsToShow(db(), [withheld.conversationId])).toEqual([]);
    const told = [{ id: 'e1', kind: 'accepted', cardId: withheld.cardId, afterMs: 1 }] as const;
    expect(await pageTells(withheld.conversationId, told)).toMatchObject({ refused: { unknownCard: 1 } });
  });

  test('listeners hear of conversations with new cards, however many', async () => {
    const { candidate } = await startPair(db(), 100);
    const heard = new Set<string>();
    const stop = await db().listen(PANEL_CARDS_CHANNEL, (note) => note.split(',').forEach((id) => heard.add(id)));
    const cards = Array.from({ length: 300 }, () => cardOf(candidate));
    await addCards(db(), cards);
    while (heard.size < 300) await new Promise((resolve) => setTimeout(resolve, 10));
    await stop();
    expect([...heard].sort()).toEqual(cards.map(({ conversationId }) => conversationId).sort());
  });

  describe('what a page tells', () => {
    const start = async () => {
      const { candidate } = await startPair(db(), 100);
      const card = cardOf(candidate);
      await openPage(card.conversationId, 'visible');
      await addCards(db(), [card]);
      await age(card.cardId, 10_000);
      const rendered = { id: 'e1', kind: 'rendered', cardId: card.cardId, afterMs: 250 } as const;
      return { card, rendered: { ...rendered, sha256: candidate.htmlSha256 } };
    };
    const exposureOf = async (cardId: string) =>
      (
        await db().query<{ latency: number; outcomes: Readonly<Record<string, number>>; late: boolean }>(
          `select (extract(epoch from rendered_at - triggered_at) * 1000)::float8 as latency, outcomes,
             rendered_at > now() as late from exposures where card_id = $1`,
          [cardId],
        )
      )[0];

    test('becomes events of the card, each once, with no clock of the page', async () => {
      const { card, rendered } = await start();
      const accepted = { id: 'e2', kind: 'accepted', cardId: card.cardId, afterMs: 4_000 } as const;
      const none = { unknownCard: 0, foreignCard: 0, otherContent: 0 };
      expect(await pageTells(card.conversationId, [rendered, accepted])).toEqual({
        stored: 2,
        duplicates: 0,
        refused: none,
      });
      expect(await pageTells(card.conversationId, [rendered, accepted])).toMatchObject({ stored: 0, duplicates: 2 });
      expect(await exposureOf(card.cardId)).toMatchObject({ latency: 250, outcomes: { accepted: expect.any(Number) } });
    });

    test.each([-5, 1e15])('a time of %p ms is neither before its trigger nor after its arrival', async (afterMs) => {
      const { card, rendered } = await start();
      await pageTells(card.conversationId, [{ ...rendered, afterMs }]);
      const exposure = await exposureOf(card.cardId);
      expect(exposure?.late).toBe(false);
      expect(exposure?.latency).toBeGreaterThanOrEqual(0);
    });

    test('is not taken of another conversation, agent or content, nor of a card that is none', async () => {
      const { card, rendered } = await start();
      const foreign = { stored: 0, refused: { foreignCard: 1 } };
      expect(await pageTells('another', [rendered])).toMatchObject(foreign);
      expect(await pageTells(card.conversationId, [rendered], 'another agent')).toMatchObject(foreign);
      const { sha256: _none, ...unproven } = rendered;
      const events = [
        { ...rendered, sha256: 'f'.repeat(64) },
        unproven,
        { id: 'e3', kind: 'accepted', cardId: card.cardId, afterMs: 1, sha256: '' } as const,
        { ...rendered, cardId: randomUUID() },
        { ...rendered, cardId: "'; drop table events; --" },
      ];
      expect(await pageTells(card.conversationId, events)).toEqual({
        stored: 0,
        duplicates: 0,
        refused: { unknownCard: 2, foreignCard: 0, otherContent: 3 },
      });
      expect(await typesTold()).toEqual(['triggered']);
    });

    test('shows that the card was seen, whatever we knew of the page', async () => {
      const { candidate } = await startPair(db(), 100);
      const card = cardOf(candidate);
      await addCards(db(), [card]);
      const event = {
        id: 'e1',
        kind: 'rendered',
        cardId: card.cardId,
        afterMs: 5,
        sha256: candidate.htmlSha256,
      } as const;
      expect(await pageTells(card.conversationId, [event])).toMatchObject({ stored: 1 });
      expect((await typesTold()).sort()).toEqual(['rendered', 'triggered']);
      await openPage(card.conversationId, 'visible');
      expect(await typesTold()).toHaveLength(2);
    });

    test('many pages in one go, each with its own answer', async () => {
      const pages = [await start(), await start()];
      const reports = pages.map(({ card, rendered }) => ({
        conversationId: card.conversationId,
        userId: 'agent-1',
        events: [rendered],
      }));
      const answers = await storePageEvents(db(), [...reports, { conversationId: 'x', userId: 'y', events: [] }]);
      expect(answers.map(({ stored }) => stored)).toEqual([1, 1, 0]);
    });
  });
});

describeSharedPostgres('cards of the panel on several connections', (postgres) => {
  test('a page that comes into view waits for the card that is being made for it, and the other way round', async () => {
    const db = await openPatiently(await postgres().createDatabase());
    const { candidate } = await startPair(db, 100);
    const card = cardOf(candidate);
    const instanceId = randomUUID();
    await renewInstance(db, { id: instanceId, epoch: 0 });
    const page = { id: randomUUID(), conversationId: card.conversationId, userId: card.agentId, instanceId };
    await openSession(db, { ...page, state: 'hidden' });
    const state = { passed: false };
    const both = await db.tx(async (trx) => {
      await trx.query('select pg_advisory_xact_lock($1::int, hashtext($2) & 63)', [
        LOCKS.panelConversation,
        card.conversationId,
      ]);
      const waiting = [setVisibility(db, { ...page, state: 'visible' }), addCards(db, [card])];
      void Promise.race(waiting).then(() => {
        state.passed = true;
      });
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(state.passed).toBe(false);
      return waiting;
    });
    await Promise.all(both);
    expect(await db.query('select card_id from exposures')).toEqual([{ card_id: card.cardId }]);
    await db.close();
  });
});
