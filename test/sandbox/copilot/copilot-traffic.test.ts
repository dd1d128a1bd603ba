/** Which conversations an assistant serves, what it suggests, what agents do with it, and how they handle the conversation. */
import { SEEDED_ASSISTANTS } from '../../../src/sandbox/copilot/seeded-assistants.ts';
import { SEEDED } from '../../../src/sandbox/seeded-organisation.ts';
import { givenPlayed, suggestionsOf } from './helpers.ts';
import type { Played, ToldConversation } from './helpers.ts';

const { baseline, candidate } = SEEDED_ASSISTANTS;
const { billing, orders } = SEEDED.queues;
const servingOf = ({ assistants }: ToldConversation): (string | null)[] =>
  assistants.map(({ assistantId }) => assistantId);
const distinct = (conversations: readonly ToldConversation[]): Set<string | null> =>
  new Set(conversations.flatMap(servingOf));

async function give({ call }: Played, queueId: string, mediaTypes: string[] = ['Call', 'Message']): Promise<void> {
  await call('PUT', `/api/v2/assistants/${candidate.id}/queues/${queueId}`, { id: queueId, mediaTypes });
}

const inQueue = (conversations: readonly ToldConversation[], id: string): ToldConversation[] =>
  conversations.filter(({ queueId }) => queueId === id);

test('the assistant of the queue serves its conversations, from a takeover on the other one', async () => {
  const played = await givenPlayed();
  await give(played, orders.id);
  played.play(10_000);
  const first = await played.truth();
  expect(distinct(inQueue(first, billing.id))).toEqual(new Set([baseline.id]));
  expect(distinct(inQueue(first, orders.id))).toEqual(new Set([candidate.id]));
  const from = new Date(played.now()).toISOString();
  await give(played, billing.id);
  played.play(10_000);
  expect(distinct(await played.truth(`since=${from}`))).toContain(candidate.id);
  expect(distinct(inQueue(await played.truth(`since=${from}`), billing.id))).toEqual(new Set([candidate.id]));
});

test.each([
  [true, [baseline.id]],
  [false, [baseline.id, candidate.id]],
])('a live conversation keeps its assistant when the queue is given to another: %s', async (keep, expected) => {
  const played = await givenPlayed({ copilot: { liveConversationsKeep: keep } });
  played.play(5_000);
  await give(played, billing.id);
  const running = inQueue(await played.truth(), billing.id).filter(({ end }) => Date.parse(end) > played.now());
  await played.finish();
  const ids = new Set(running.map(({ conversationId }) => conversationId));
  const after = inQueue(await played.truth(), billing.id).filter(({ conversationId }) => ids.has(conversationId));
  expect(after.length).toBeGreaterThan(5);
  expect(new Set(after.map((one) => JSON.stringify(servingOf(one))))).toEqual(new Set([JSON.stringify(expected)]));
});

test('in manual mode only those agents are assisted who are assigned', async () => {
  const played = await givenPlayed({ copilot: { jobMs: 0 } });
  const { call, sandbox, play, truth } = played;
  const users = `/api/v2/assistants/${baseline.id}/queues/${billing.id}/users`;
  const chosen = sandbox.org.traffic.agentIds().slice(0, 100);
  await call('POST', `${users}/jobs`, { action: 'ManualAssignment' });
  await call('POST', `${users}/bulk/add`, { entities: chosen.map((id) => ({ id })) });
  play(20_000);
  const served = inQueue(await truth(), billing.id);
  const byAgent = (assigned: boolean): Set<string | null> =>
    distinct(served.filter(({ agentId }) => chosen.includes(agentId) === assigned));
  expect([byAgent(true), byAgent(false)]).toEqual([new Set([baseline.id]), new Set([null])]);
});

test('an assistant serves the media that it has on the queue', async () => {
  const played = await givenPlayed();
  await give(played, billing.id, ['Message']);
  played.play(20_000);
  const conversations = inQueue(await played.truth(), billing.id);
  const ofMedium = (medium: string): Set<string | null> =>
    distinct(conversations.filter(({ mediaType }) => mediaType === medium));
  expect([ofMedium('message'), ofMedium('voice')]).toEqual([new Set([candidate.id]), new Set([null])]);
});

test('enabled rules suggest, each by its own kind; a copilot that is not live suggests nothing', async () => {
  const { call, play, truth, now } = await givenPlayed();
  const path = `/api/v2/assistants/${baseline.id}/copilot`;
  const { body } = await call('GET', path);
  const action = (actionType: string): object => ({ actionType, attributes: { id: orders.id } });
  const condition = (conditionType: string, ...conditionValues: string[]): object => ({
    conditionType,
    conditionValues,
  });
  const rules = [
    { enabled: true, rule: { conditions: [condition('ConversationStart')], actions: [action('Script')] } },
    { enabled: true, rule: { conditions: [condition('ConversationEnd')], actions: [action('Checklist')] } },
    { enabled: true, rule: { conditions: [condition('Intent', 'Pricing')], actions: [action('KnowledgeArticle')] } },
    { enabled: false, rule: { conditions: [condition('Intent', 'Refund')], actions: [action('ThirdPartyAction')] } },
  ];
  const fallback = { enabled: true, actions: [{ actionType: 'KnowledgeSearch' }] };
  await call('PUT', path, { ...body, ruleEngineConfig: { rules, fallback } });
  play(10_000);
  const types = new Set((await truth()).flatMap(({ suggestions }) => suggestions.map(({ type }) => type)));
  expect(types).toEqual(new Set(['Script', 'KnowledgeArticle', 'KnowledgeSearch']));
  await call('PUT', path, { ...body, liveOnQueue: false });
  const from = new Date(now()).toISOString();
  play(5_000);
  expect((await truth(`since=${from}`)).flatMap(({ suggestions }) => suggestions)).toEqual([]);
});

const statesOf = (suggestions: readonly { state: string }[]): Set<string> =>
  new Set(suggestions.map(({ state }) => state));

test('what agents do with a text follows its title, and with all else the assistant', async () => {
  const models = {
    Good: { accept: 1, dismiss: 0, undelivered: 0 },
    Bad: { accept: 0, dismiss: 1, undelivered: 0 },
    Unseen: { undelivered: 1 },
    [baseline.id]: { accept: 1, dismiss: 0, undelivered: 0 },
  };
  const played = await givenPlayed({ traffic: { models, agentSpread: 0 } });
  const { call, play, truth, finish } = played;
  const titles = ['Good', 'Bad', 'Unseen'];
  const given = new Set<string>();
  for (let step = 0; step < 10; step++) {
    play(1_000);
    for (const { id, conversationId } of suggestionsOf(await truth(), 'ThirdPartySuggestion')) {
      if (given.has(id)) continue;
      const title = titles[given.size % titles.length];
      given.add(id);
      await call('PATCH', `/api/v2/conversations/${conversationId}/suggestions/${id}`, {
        thirdPartySuggestion: { title },
      });
    }
  }
  await finish();
  const after = await truth();
  const answered = suggestionsOf(after, 'ThirdPartySuggestion').filter(({ id }) => given.has(id));
  const ofTitle = (title: string): Set<string> => statesOf(answered.filter(({ text }) => text?.title === title));
  expect([ofTitle('Good'), ofTitle('Bad'), ofTitle('Unseen')]).toEqual([
    new Set(['Accepted']),
    new Set(['Dismissed']),
    new Set(['Suggested']),
  ]);
  expect(statesOf(suggestionsOf(after, 'CannedResponse'))).toEqual(new Set(['Accepted']));
});

test('handling follows the assistant, with the same draws whatever its model', async () => {
  const outcomesWith = async (model: object): Promise<Map<string, ToldConversation['outcome']>> => {
    const played = await givenPlayed({ traffic: { models: { [baseline.id]: model } } });
    played.play(20_000);
    await played.finish();
    return new Map((await played.truth()).map(({ conversationId, outcome }) => [conversationId, outcome]));
  };
  const usual = await outcomesWith({});
  const slow = await outcomesWith({ handleMultiplier: 1.5, transferMultiplier: 5 });
  const ratios = [...usual].map(([id, outcome]) => (slow.get(id)?.handleMs ?? 0) / (outcome?.handleMs ?? 1));
  expect(Math.min(...ratios)).toBeGreaterThan(1.49);
  expect(Math.max(...ratios)).toBeLessThan(1.51);
  const transferred = (all: typeof usual): number =>
    [...all.values()].filter((outcome) => outcome?.transferred === true).length / all.size;
  expect(transferred(slow)).toBeGreaterThan(3 * transferred(usual));
});

test('handling follows what was shown last, told from outside as well', async () => {
  const { call, play, truth, finish } = await givenPlayed({
    traffic: { models: { '1.6.0': { handleMultiplier: 10 } } },
  });
  play(3_000);
  const [running] = (await truth()).filter(({ outcome }) => outcome === null);
  const { conversationId } = running ?? {};
  expect((await call('POST', '/sandbox/copilot/shown', { conversationId, key: '1.6.0' })).status).toBe(204);
  await finish();
  const all = await truth();
  const shown = all.find((one) => one.conversationId === conversationId);
  expect(shown?.shown).toContain('1.6.0');
  expect((shown?.outcome?.handleMs ?? 0) / (shown?.outcome?.talkMs ?? 1)).toBeGreaterThan(10);
  expect((await call('POST', '/sandbox/copilot/shown', { conversationId: 'nobody', key: 'x' })).status).toBe(404);
});

test('handling follows a card that was rendered, and `none` where nothing was shown', async () => {
  const models = { '1.4.0': { handleMultiplier: 10 }, none: { handleMultiplier: 100 } };
  const { call, play, truth, finish } = await givenPlayed({ traffic: { models } });
  const ids = [billing.id, orders.id, SEEDED.queues.support.id].join(',');
  await call('DELETE', `/api/v2/assistants/${baseline.id}/queues?queueIds=${ids}`);
  play(10_000);
  await finish();
  const factors = (isShown: boolean): number[] =>
    [...all]
      .filter(({ shown }) => shown.includes('1.4.0') === isShown)
      .map(({ outcome }) => (outcome?.handleMs ?? 0) / (outcome?.talkMs ?? 1));
  const all = await truth();
  expect(Math.min(...factors(true))).toBeGreaterThanOrEqual(10);
  expect(Math.min(...factors(false))).toBeGreaterThanOrEqual(100);
});

test('busy queues have conversations of their own, and the assistant of the others', async () => {
  const few = await givenPlayed({ traffic: { cardsPerSecond: 80 } });
  few.play(20_000);
  const { play, truth, call } = await givenPlayed({ traffic: { busyQueues: 27, cardsPerSecond: 80 } });
  play(20_000);
  const all = await truth();
  const queues = new Set(all.map(({ queueId }) => queueId));
  expect(queues.size).toBe(30);
  expect(all.length / (await few.truth()).length).toBeCloseTo(1, 0);
  const firstDay = all.filter(({ queueId }) => Object.values(SEEDED.queues).some(({ id }) => id === queueId));
  expect(firstDay.length / all.length).toBeGreaterThan(0.05);
  expect(firstDay.length / all.length).toBeLessThan(0.15);
  expect(distinct(all)).toEqual(new Set([baseline.id]));
  expect((await call('GET', '/api/v2/routing/queues?pageSize=100')).body).toMatchObject({ total: 30 });
});
