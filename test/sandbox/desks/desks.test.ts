/** Simulated desks, over HTTP, against a panel that does as it is told. */
import { createHash } from 'node:crypto';
import type { SandboxOptions } from '../../../src/sandbox/options.ts';
import { closeAfterTest, givenSandbox, until } from '../helpers.ts';
import type { Client } from '../helpers.ts';
import { givenWidget } from '../widget.ts';
import { CardsOnScreen } from '../../../src/sandbox/desks/cards-on-screen.ts';
import type { StreamMessage } from '../../../src/sandbox/desks/page-http.ts';
import { ScriptedPanel } from './scripted-panel.ts';

const HTML = '<p>Refunds within 30 days</p>';
const SHA = createHash('sha256').update(HTML).digest('hex');
/** At once and without doubt: what is tried here is the way, not the draws. */
const SURE = { latencyMedianMs: 5, latencySigma: 0, decisionMeanMs: 5, undelivered: 0, accept: 1, dismiss: 0 };

interface Given {
  readonly client: Client;
  readonly panel: ScriptedPanel;
}

async function given(options: SandboxOptions = {}): Promise<Given> {
  const panel = new ScriptedPanel();
  await panel.open();
  closeAfterTest(() => panel.close());
  const client = await givenSandbox({
    integrations: { switchMs: 0 },
    desks: { hiddenShare: 0 },
    traffic: { running: false, agentSpread: 0, models: { [SHA]: SURE } },
    ...options,
  });
  await givenWidget(client, { url: `${panel.url}?conversation={{gcConversationId}}` });
  return { client, panel };
}

async function begin({ client }: Given, played: object = {}): Promise<string> {
  return String((await client.call('POST', '/sandbox/conversations', { lastsMs: 3_600_000, ...played })).body['id']);
}

async function beginOpen(given: Given, played: object = {}): Promise<string> {
  const id = await begin(given, played);
  await until(() => given.panel.openStreams.includes(id));
  return id;
}

const card = (cardId: string): object => ({
  cardId,
  receipt: `of ${cardId}`,
  epoch: 1,
  title: 'Refunds',
  html: HTML,
  sha256: SHA,
});
const kinds = ({ events }: ScriptedPanel): string[] => events.map(({ kind }) => kind);
const desks = ({ client }: Given): Readonly<Record<string, number>> =>
  client.sandbox.org.desks.state() as Readonly<Record<string, number>>;

test('a page is opened with a token of its agent, paints what comes and tells it, with the hash of what it painted', async () => {
  const it = await given();
  const id = await beginOpen(it);
  expect(it.panel.sessions).toEqual([{ conversationId: id, accessToken: expect.any(String) as string }]);
  const accessToken = it.panel.sessions[0]?.accessToken ?? '';
  const me = await fetch(`${it.client.sandbox.url}/api/v2/users/me`, {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  expect(((await me.json()) as { id: string }).id).toBe(it.client.sandbox.org.people.agents()[0]?.id);
  it.panel.send(id, 'card', card('card-1'));
  it.panel.send(id, 'card', card('card-1'));
  await until(() => kinds(it.panel).includes('accepted'));
  const [rendered, accepted] = it.panel.events;
  expect(kinds(it.panel)).toEqual(['rendered', 'accepted']);
  expect(rendered).toMatchObject({ cardId: 'card-1', receipt: 'of card-1', sha256: SHA });
  expect(rendered?.sinceMs).toBeGreaterThanOrEqual(4);
  expect(accepted?.sinceMs).toBeGreaterThanOrEqual(rendered?.sinceMs ?? Infinity);
});

test('a card that is withdrawn before it is painted is told nothing of', async () => {
  const it = await given({
    traffic: { running: false, agentSpread: 0, models: { [SHA]: { ...SURE, latencyMedianMs: 60_000 } } },
  });
  const id = await beginOpen(it);
  it.panel.send(id, 'card', card('card-1'));
  it.panel.send(id, 'withdraw', { cardId: 'card-1' });
  await it.client.sandbox.close();
  expect(it.panel.events).toEqual([]);
});

/** When an agent brings a panel into sight is drawn: here it waits for the test. */
function outOfSight(): { readonly taken: readonly string[]; show(): void } {
  const becomeVisible: () => void = Reflect.get(CardsOnScreen.prototype, 'becomeVisible');
  const take: (message: StreamMessage) => void = Reflect.get(CardsOnScreen.prototype, 'take');
  const taken: string[] = [];
  const waiting: (() => void)[] = [];
  let isHeld = true;
  const spies = [
    jest.spyOn(CardsOnScreen.prototype, 'becomeVisible').mockImplementation(function (this: CardsOnScreen) {
      if (isHeld) waiting.push(() => becomeVisible.call(this));
      else becomeVisible.call(this);
    }),
    jest.spyOn(CardsOnScreen.prototype, 'take').mockImplementation(function (this: CardsOnScreen, message) {
      take.call(this, message);
      taken.push(message.event);
    }),
  ];
  closeAfterTest(async () => {
    for (const spy of spies) spy.mockRestore();
  });
  const show = (): void => {
    isHeld = false;
    for (const one of waiting) one();
  };
  return { taken, show };
}

test('a panel out of sight paints its cards once it is shown', async () => {
  const sight = outOfSight();
  const it = await given({ desks: { hiddenShare: 1, shownAfterMs: 100 } });
  const id = await beginOpen(it);
  it.panel.send(id, 'card', card('card-1'));
  await until(() => sight.taken.includes('card'));
  expect(it.panel.events).toEqual([]);
  sight.show();
  await until(() => kinds(it.panel).includes('accepted'));
  expect(kinds(it.panel)).toEqual(['visible', 'rendered', 'accepted']);
  expect(it.panel.states).toEqual(['hidden']);
});

test('a card that goes while the panel is out of sight is never painted', async () => {
  const sight = outOfSight();
  const it = await given({ desks: { hiddenShare: 1, shownAfterMs: 100 } });
  const id = await beginOpen(it);
  it.panel.send(id, 'card', card('card-1'));
  it.panel.send(id, 'withdraw', { cardId: 'card-1' });
  it.panel.send(id, 'card', card('card-2'));
  it.panel.send(id, 'card', card('card-3'));
  it.panel.send(id, 'open', { cards: ['card-3'] });
  await until(() => sight.taken.includes('open') && sight.taken.includes('withdraw'));
  sight.show();
  await until(() => kinds(it.panel).includes('accepted'));
  expect(it.panel.events.flatMap(({ cardId = [] }) => cardId)).toEqual(['card-3', 'card-3']);
});

test('a panel process that goes away and comes back is connected to again, and a card sent anew is painted once', async () => {
  const it = await given();
  const id = await beginOpen(it);
  it.panel.send(id, 'card', card('card-1'));
  await until(() => kinds(it.panel).includes('accepted'));
  await it.panel.close();
  await until(() => (desks(it)['reconnects'] ?? 0) > 0);
  await it.panel.open();
  await until(() => it.panel.openStreams.includes(id));
  it.panel.send(id, 'card', card('card-1'));
  it.panel.send(id, 'card', card('card-2'));
  await until(() => it.panel.events.filter(({ kind }) => kind === 'accepted').length === 2);
  const cards = it.panel.events.filter(({ kind }) => kind === 'rendered').map(({ cardId }) => cardId);
  expect(cards).toEqual(['card-1', 'card-2']);
});

test('what was told and not taken is told again by the same ids', async () => {
  const it = await given();
  const id = await beginOpen(it);
  it.panel.refuseEventsWith = [503];
  it.panel.send(id, 'card', card('card-1'));
  await until(() => kinds(it.panel).includes('accepted'));
  expect(kinds(it.panel)).toEqual(['rendered', 'accepted']);
  expect(new Set(it.panel.events.map(({ id }) => id)).size).toBe(2);
});

test('where the page cannot be reached yet, the desks wait for it, and all of them come', async () => {
  const it = await given();
  await it.panel.close();
  const ids = [await begin(it), await begin(it), await begin(it)];
  await it.panel.open();
  await until(() => it.panel.openStreams.length === 3);
  expect(it.panel.openStreams.toSorted()).toEqual(ids.toSorted());
});

test('with the conversation goes the page, and nothing of it is left', async () => {
  const it = await given();
  const id = await beginOpen(it, { lastsMs: 8_000 });
  it.panel.send(id, 'card', card('card-1'));
  await until(() => desks(it)['open'] === 0 && it.panel.openStreams.length === 0);
  expect(desks(it)).toMatchObject({ opened: 1, lostEvents: 0, refused: 0 });
});

test('no more panels than there is room for, and none beside what the widget is not for', async () => {
  const it = await given({ desks: { hiddenShare: 0, maxOpen: 2 } });
  const ids = [await begin(it), await begin(it), await begin(it)];
  await until(() => it.panel.openStreams.length === 2);
  expect(desks(it)).toMatchObject({ open: 2, withoutPlace: 1 });
  expect(it.panel.openStreams.toSorted()).toEqual(ids.slice(0, 2).toSorted());
});

test('an agent who sits at a desktop in a browser gets no simulated page beside it', async () => {
  const it = await given();
  await fetch(`${it.client.sandbox.url}/sandbox/desktop/view?agent=0`);
  await begin(it);
  const other = await begin(it, { agent: 1 });
  await until(() => it.panel.openStreams.length === 1);
  expect(it.panel.openStreams).toEqual([other]);
});

test("a conversation that goes to another agent is on that one's page, and theirs alone", async () => {
  const it = await given();
  const id = await beginOpen(it);
  const { people } = it.client.sandbox.org;
  await it.client.call('POST', `/sandbox/conversations/${id}/transfer`, { agent: 1 });
  await until(() => it.panel.sessions.length === 2 && desks(it)['open'] === 1);
  const conversationsOf = async (at: number): Promise<unknown> => {
    const headers = { authorization: `Bearer ${it.panel.sessions[at]?.accessToken ?? ''}` };
    const answer = await fetch(`${it.client.sandbox.url}/api/v2/conversations`, { headers });
    return ((await answer.json()) as { entities: { participants: object[] }[] }).entities;
  };
  expect(await conversationsOf(0)).toEqual([]);
  expect(await conversationsOf(1)).toMatchObject([
    {
      participants: [
        { purpose: 'customer' },
        { purpose: 'acd' },
        { purpose: 'agent', userId: people.agents()[0]?.id, endTime: expect.any(String) as string },
        { purpose: 'agent', userId: people.agents()[1]?.id },
      ],
    },
  ]);
});

test('a conversation is handled by the model of the card that was painted in it', async () => {
  const models = { [SHA]: { ...SURE, handleMultiplier: 50 } };
  const it = await given({ traffic: { running: false, models } });
  const id = await beginOpen(it, { lastsMs: 8_000 });
  it.panel.send(id, 'card', card('painted'));
  await until(() => it.client.sandbox.org.copilot.recordOf(id)?.outcome !== undefined);
  const { shown, outcome } = it.client.sandbox.org.copilot.recordOf(id) ?? {};
  expect(shown).toEqual([SHA]);
  expect(outcome?.handleMs).toBeGreaterThan(50 * 8_000);
});
