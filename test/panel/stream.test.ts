import { randomUUID } from 'node:crypto';
import type { PanelServer } from '../../src/panel/server.ts';
import { addCards } from '../../src/store/panel/cards.ts';
import { laggards } from '../../src/store/panel/instances.ts';
import { writeSplit } from '../../src/store/panel/splits.ts';
import { describeEachStore } from '../helpers/database.ts';
import { armOf, cardOf, startPair } from '../store/panel/fixtures.ts';
import { cardOn, openPage, openSession, post, sha256, startTestPanel, until } from './fixtures.ts';

describeEachStore('cards on open pages', (db) => {
  let panel: PanelServer;
  beforeAll(async () => {
    panel = await startTestPanel(db());
    await until(() => !panel.instance.isFenced);
  });
  afterAll(() => panel.close());

  const showCard = async (share: number, conversationId: string = randomUUID()) => {
    const pair = await startPair(db(), share);
    await until(() => panel.instance.armsOf(pair.action).length === 2);
    const page = await openPage(panel, await openSession(panel, conversationId));
    const version = share === 100 ? pair.candidate : pair.baseline;
    const card = cardOf(version, { conversationId });
    expect(await addCards(db(), [card])).toEqual(['added']);
    return { ...pair, page, card, conversationId, message: await cardOn(page) };
  };
  const told = () =>
    db().query<{ type: string; raw: Record<string, string> }>('select type, raw from events order by received_at, id');

  test('a card comes to the open page of its agent, with its hash, and what it tells becomes the exposure', async () => {
    const { page, card, message, conversationId } = await showCard(100);
    expect(message).toMatchObject({ cardId: card.cardId, html: '<p>2</p>', sha256: sha256('<p>2</p>') });
    const session = await openSession(panel, conversationId);
    const tell = (events: object[]) =>
      post(`${panel.url}/panel/events`, { page: page.pageId, events }, { authorization: `Bearer ${session}` });
    const { cardId, receipt } = message;
    const answer = await tell([
      { id: 'a', kind: 'rendered', cardId, receipt, sinceMs: 12, sha256: sha256('<p>2</p>') },
      { id: 'b', kind: 'accepted', cardId, receipt, sinceMs: 400 },
    ]);
    expect(await answer.json()).toEqual({ stored: 2, duplicates: 0 });
    expect(await (await tell([{ id: 'b', kind: 'accepted', cardId, receipt, sinceMs: 400 }])).json()).toEqual({
      stored: 0,
      duplicates: 1,
    });
    const events = (await told()).filter(({ raw }) => raw['cardId'] === cardId);
    const kinds = events.map(({ type }) => type.split('.').at(-1) ?? '');
    expect(new Set(kinds)).toEqual(new Set(['accepted', 'rendered', 'triggered']));
    page.close();
  });

  test('a candidate that becomes the baseline stays on the screen: a card that was sent to wait for our word hears it', async () => {
    const { page, message, action, candidate, epoch } = await showCard(100);
    expect(message.silenceMs).toBe(3_000);
    const arms = [armOf(candidate, 'control', 100)];
    await writeSplit(db(), { action, arms, queues: [], changedBy: 'test' }, epoch);
    await until(() => panel.instance.armsOf(action).every(({ group }) => group === 'control'));
    for (let words = 0; words < 3; words += 1) await page.next('ping');
    expect(page.events('withdraw')).toEqual([]);
    page.close();
  });

  test('a roll back takes the card of the candidate from the page before the process confirms it', async () => {
    const { page, card, split, epoch } = await showCard(100);
    const gone = page.next('withdraw');
    const next = (await split(0, epoch)) ?? 0;
    expect(await gone).toEqual({ cardId: card.cardId });
    await until(async () => (await laggards(db(), next)).behind.length === 0);
    expect(panel.instance.epoch).toBe(next);
    page.close();
  });

  test('the card of the baseline stays when the candidate goes', async () => {
    const { page, split, epoch } = await showCard(0);
    const next = await split(0, epoch);
    await until(() => panel.instance.epoch === next);
    expect(page.events('withdraw')).toEqual([]);
    page.close();
  });

  test('a page that comes again gets what is open, and is told that this is all', async () => {
    const { page, card, conversationId } = await showCard(100);
    page.close();
    const again = await openPage(panel, await openSession(panel, conversationId), { pageId: page.pageId });
    expect((await cardOn(again)).cardId).toBe(card.cardId);
    await until(() => again.events('open').length > 0);
    expect(again.events('open')).toEqual([{ cards: [card.cardId] }]);
    again.close();
  });

  test('two pages of one agent both get the card; the page of another agent does not', async () => {
    const conversationId = randomUUID();
    const other = await openPage(panel, await openSession(panel, conversationId, 'agent-2'));
    const second = await openPage(panel, await openSession(panel, conversationId));
    const { page } = await showCard(100, conversationId);
    await cardOn(second);
    await until(() => other.events('open').length > 0);
    expect(other.events('card')).toEqual([]);
    for (const one of [page, second, other]) one.close();
  });

  test('a card that waits is no exposure until a page comes into view', async () => {
    const conversationId = randomUUID();
    const pair = await startPair(db(), 100);
    await until(() => panel.instance.armsOf(pair.action).length === 2);
    const session = await openSession(panel, conversationId);
    const page = await openPage(panel, session, { state: 'hidden' });
    const card = cardOf(pair.candidate, { conversationId });
    await addCards(db(), [card]);
    await cardOn(page);
    const triggered = async () => (await told()).filter(({ raw }) => raw['cardId'] === card.cardId).length;
    expect(await triggered()).toBe(0);
    const events = [{ id: 'v', kind: 'visible' }];
    await post(`${panel.url}/panel/events`, { page: page.pageId, events }, { authorization: `Bearer ${session}` });
    expect(await triggered()).toBe(1);
    page.close();
  });
});
