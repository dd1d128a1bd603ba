/** Aggregates of copilots and conversations: by assistant, in parts, filtered; and figures that change later. */
import { SEEDED_ASSISTANTS } from '../../../src/sandbox/copilot/seeded-assistants.ts';
import { SEEDED } from '../../../src/sandbox/seeded-organisation.ts';
import { DETAILS } from '../helpers.ts';
import { givenPlayed, suggestionsOf } from './helpers.ts';
import type { Played, ToldConversation } from './helpers.ts';

const COPILOTS = '/api/v2/analytics/agentcopilots/aggregates/query';
const CONVERSATIONS = '/api/v2/analytics/conversations/aggregates/query';
const { baseline, candidate } = SEEDED_ASSISTANTS;
const { billing, orders } = SEEDED.queues;
const INTERVAL = '2026-05-01T00:00:00Z/2026-05-02T00:00:00Z';
/** Every figure is there at once and stays. */
const SETTLED = { analyticsDelayMs: 0, settlesMs: 0 };

interface Stats {
  readonly count: number;
  readonly sum?: number;
  readonly min?: number;
  readonly max?: number;
}
interface Result {
  readonly group: Readonly<Record<string, string>>;
  readonly data: readonly {
    readonly interval: string;
    readonly metrics: readonly { metric: string; stats: Stats }[];
  }[];
}

async function ask({ call }: Played, path: string, query: object): Promise<readonly Result[]> {
  const { status, body } = await call('POST', path, { interval: INTERVAL, ...query });
  expect({ status, message: body['message'] }).toEqual({ status: 200, message: undefined });
  return body['results'] as Result[];
}

function statsOf(results: readonly Result[], group: Result['group'], metric: string): Stats | undefined {
  const found = results.find((result) => JSON.stringify(result.group) === JSON.stringify(group));
  return found?.data[0]?.metrics.find((told) => told.metric === metric)?.stats;
}

/** Orders are the candidate's, which handles twice as long and transfers all. */
async function givenArms(copilot: object = SETTLED): Promise<Played> {
  const models = { [candidate.id]: { handleMultiplier: 2, transferMultiplier: 10 } };
  const played = await givenPlayed({ copilot, traffic: { models } });
  await played.call('PUT', `/api/v2/assistants/${candidate.id}/queues/${orders.id}`, {
    id: orders.id,
    mediaTypes: ['Call', 'Message'],
  });
  played.play(20_000);
  await played.finish();
  return played;
}

const servedBy = (all: readonly ToldConversation[], id: string): ToldConversation[] =>
  all.filter(({ assistants }) => assistants.at(-1)?.assistantId === id);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

test('handle time and transfers by assistant are those of the conversations', async () => {
  const played = await givenArms();
  const truth = await played.truth();
  const metrics = ['tHandle', 'tTalk', 'tAcw', 'nConnected', 'nTransferred'];
  const results = await ask(played, CONVERSATIONS, { groupBy: ['agentAssistantId'], metrics });
  expect(results).toHaveLength(2);
  for (const { id } of [baseline, candidate]) {
    const outcomes = servedBy(truth, id).map(({ outcome }) => outcome);
    const handled = outcomes.map((outcome) => outcome?.handleMs ?? 0);
    const group = { agentAssistantId: id };
    expect(statsOf(results, group, 'tHandle')).toEqual({
      count: handled.length,
      sum: sum(handled),
      min: Math.min(...handled),
      max: Math.max(...handled),
    });
    expect(statsOf(results, group, 'nConnected')).toEqual({ count: handled.length });
    expect(statsOf(results, group, 'nTransferred')?.count).toBe(
      outcomes.filter((outcome) => outcome?.transferred === true).length,
    );
  }
  const meanOf = (id: string): number => {
    const stats = statsOf(results, { agentAssistantId: id }, 'tHandle');
    return (stats?.sum ?? 0) / (stats?.count ?? 1);
  };
  expect(meanOf(candidate.id)).toBeGreaterThan(1.5 * meanOf(baseline.id));
});

test('groups by queue and agent together; filters of predicates and clauses', async () => {
  const played = await givenArms();
  const truth = await played.truth();
  const matches = (dimension: string, value: string): object => ({
    type: 'dimension',
    dimension,
    operator: 'matches',
    value,
  });
  const byAgent = await ask(played, CONVERSATIONS, {
    groupBy: ['queueId', 'userId'],
    metrics: ['nConnected'],
    filter: {
      type: 'and',
      predicates: [matches('queueId', billing.id)],
      clauses: [{ type: 'or', predicates: [matches('mediaType', 'voice')] }],
    },
  });
  const billed = truth.filter(({ queueId, mediaType }) => queueId === billing.id && mediaType === 'voice');
  expect(byAgent).toHaveLength(new Set(billed.map(({ agentId }) => agentId)).size);
  const [first] = byAgent;
  expect(first?.data[0]?.metrics[0]?.stats.count).toBe(
    billed.filter(({ agentId }) => agentId === first?.group['userId']).length,
  );
  const unassisted = { type: 'and', predicates: [{ dimension: 'agentAssistantId', operator: 'notExists' }] };
  expect(await ask(played, CONVERSATIONS, { metrics: ['nConnected'], filter: unassisted })).toEqual([]);
});

test('a granularity cuts the interval; parts and groups in which nothing was are missing', async () => {
  const played = await givenArms();
  const [all] = await ask(played, CONVERSATIONS, { metrics: ['nConnected'], granularity: 'PT10S' });
  const total = sum((all?.data ?? []).map(({ metrics }) => metrics[0]?.stats.count ?? 0));
  expect(all?.data.map(({ interval }) => interval)).toEqual([
    '2026-05-01T10:00:00.000Z/2026-05-01T10:00:10.000Z',
    '2026-05-01T10:00:10.000Z/2026-05-01T10:00:20.000Z',
  ]);
  expect(total).toBe((await played.truth()).length);
  const yesterday = { interval: '2026-04-30T00:00:00Z/2026-05-01T00:00:00Z', metrics: ['nConnected'] };
  expect(await ask(played, CONVERSATIONS, yesterday)).toEqual([]);
});

test('suggestions by assistant, type and state: whoever accepted one was suggested it before', async () => {
  const played = await givenArms();
  const truth = await played.truth();
  const groupBy = ['agentAssistantId', 'suggestionType', 'state'];
  const results = await ask(played, COPILOTS, {
    groupBy,
    metrics: ['nDistinctSuggestions', 'nCannedResponseSuggestions'],
  });
  const canned = suggestionsOf(servedBy(truth, baseline.id), 'CannedResponse');
  const group = (state: string): Result['group'] => ({
    agentAssistantId: baseline.id,
    suggestionType: 'CannedResponse',
    state,
  });
  const inState = (state: string): number => canned.filter((one) => one.state === state).length;
  expect(statsOf(results, group('Suggested'), 'nDistinctSuggestions')).toEqual({ count: canned.length });
  expect(statsOf(results, group('Accepted'), 'nDistinctSuggestions')).toEqual({ count: inState('Accepted') });
  expect(statsOf(results, group('Dismissed'), 'nCannedResponseSuggestions')).toEqual({ count: inState('Dismissed') });
  const [total] = await ask(played, COPILOTS, { metrics: ['nDistinctConversations'] });
  expect(total?.data[0]?.metrics[0]?.stats.count).toBe(
    truth.filter(({ suggestions }) => suggestions.length > 0).length,
  );
});

test('fresh figures are late and some of them wrong; after a while they stay', async () => {
  const copilot = { analyticsDelayMs: 2_000, settlesMs: 600_000, lateShare: 0.2, correctedShare: 0.3 };
  const played = await givenArms(copilot);
  const told = async (): Promise<Stats | undefined> => {
    const results = await ask(played, CONVERSATIONS, { metrics: ['tHandle'] });
    return statsOf(results, {}, 'tHandle');
  };
  const handled = (await played.truth()).map(({ outcome }) => outcome?.handleMs ?? 0);
  const early = await told();
  expect(early?.count).toBeLessThan(0.9 * handled.length);
  expect((early?.sum ?? 0) / (early?.count ?? 1)).toBeLessThan(0.99 * (sum(handled) / handled.length));
  expect(await told()).toEqual(early);
  played.play(600_000);
  const late = await told();
  expect(late).toMatchObject({ count: handled.length, sum: sum(handled) });
  played.play(600_000);
  expect(await told()).toEqual(late);
});

test('what happened a moment ago is in no figure yet', async () => {
  const played = await givenPlayed({ copilot: { analyticsDelayMs: 60_000, settlesMs: 60_000 } });
  played.play(5_000);
  expect(await ask(played, CONVERSATIONS, { metrics: ['nConnected'] })).toEqual([]);
  await played.finish();
  expect(await ask(played, CONVERSATIONS, { metrics: ['nConnected'] })).toHaveLength(1);
});

test('by the time of the event instead of the beginning of its conversation', async () => {
  const played = await givenArms();
  const [{ start, outcome } = { start: '', outcome: null }] = await played.truth();
  const until = new Date(Date.parse(start) + 1).toISOString();
  const query = { interval: `${start}/${until}`, metrics: ['tHandle'] };
  expect(await ask(played, CONVERSATIONS, query)).toHaveLength(1);
  expect(outcome?.handleMs).toBeGreaterThan(1);
  const [late] = await ask(played, CONVERSATIONS, { ...query, alternateTimeDimension: 'eventTime' });
  expect(late).toBeUndefined();
});

test.each<[string, string, object, number, string]>([
  ['a metric of the other query', COPILOTS, { metrics: ['tHandle'] }, 400, 'constraint.validation'],
  ['an unknown dimension', CONVERSATIONS, { metrics: ['tTalk'], groupBy: ['mood'] }, 400, 'constraint.validation'],
  ['no metrics', CONVERSATIONS, { metrics: [] }, 400, 'constraint.validation'],
  [
    'an interval that ends before it begins',
    CONVERSATIONS,
    { metrics: ['tTalk'], interval: '2026-05-02T00:00:00Z/2026-05-01T00:00:00Z' },
    400,
    'constraint.validation',
  ],
  ['a valid metric that is not played', CONVERSATIONS, { metrics: ['tHeld'] }, 501, 'sandbox.not.imitated'],
  [
    'a valid dimension that is not played',
    CONVERSATIONS,
    { metrics: ['tTalk'], groupBy: ['wrapUpCode'] },
    501,
    'sandbox.not.imitated',
  ],
  ['the first few', COPILOTS, { metrics: ['nDistinctSuggestions'], queryType: 'topN' }, 501, 'sandbox.not.imitated'],
  ['months', CONVERSATIONS, { metrics: ['tTalk'], granularity: 'P1M' }, 501, 'sandbox.not.imitated'],
])('%s', async (_, path, query, status, code) => {
  const { call } = await givenPlayed({ traffic: { running: false } });
  expect(await call('POST', path, { interval: INTERVAL, ...query })).toMatchObject({ status, body: { code } });
});

test('each query has a permission of its own', async () => {
  const nobody = { id: 'sandbox-client', secret: 'sandbox-secret', scopes: [], permissions: [] };
  const { call } = await givenPlayed({ clients: [nobody], traffic: { running: false } });
  const messages = await Promise.all(
    [COPILOTS, CONVERSATIONS].map(async (path) => (await call('POST', path, {})).body['message']),
  );
  expect(messages.map((message) => String(message).split(': ')[1])).toEqual([
    'analytics:agentCopilotAggregate:view',
    'analytics:conversationAggregate:view',
  ]);
});

test('the details tell the assistant and the handling in the session of the agent, and are found by the assistant', async () => {
  const played = await givenArms();
  const segmentFilters = [
    { type: 'and', predicates: [{ type: 'dimension', dimension: 'agentAssistantId', value: candidate.id }] },
  ];
  const { body } = await played.call('POST', DETAILS, { interval: INTERVAL, segmentFilters });
  const theirs = servedBy(await played.truth(), candidate.id);
  expect(body['totalHits']).toBe(theirs.length);
  const [found] = body['conversations'] as { conversationId: string; participants: { sessions: object[] }[] }[];
  const outcome = theirs.find(({ conversationId }) => conversationId === found?.conversationId)?.outcome;
  const agent = found?.participants.at(-1)?.sessions[0];
  expect(agent).toMatchObject({ agentAssistantId: candidate.id });
  expect((agent as { metrics: object[] }).metrics).toContainEqual({
    name: 'tHandle',
    value: outcome?.handleMs,
    emitDate: expect.any(String) as string,
  });
});

test('of the week before the start analytics know from the beginning, and each start has a past of its own', async () => {
  const given = (seed: number): Promise<Played> =>
    givenPlayed({ seed, traffic: { running: false, busyQueues: 9, past: { hours: 168, conversations: 2_000 } } });
  const played = await given(1);
  const interval = '2026-04-24T10:00:00Z/2026-05-01T10:00:00Z';
  const query = { interval, metrics: ['nConnected', 'tHandle'], groupBy: ['queueId'], granularity: 'P1D' };
  const results = await ask(played, CONVERSATIONS, query);
  const countsOf = ({ data }: Result): number[] =>
    data.map(({ metrics }) => metrics.find(({ metric }) => metric === 'nConnected')?.stats.count ?? 0);
  expect(results).toHaveLength(12);
  expect(sum(results.flatMap(countsOf))).toBeGreaterThan(1_990);
  expect(results.map(({ data }) => data.length)).toContain(7);
  const volumes = results.map((result) => sum(countsOf(result))).toSorted((a, b) => a - b);
  expect(volumes.at(-1)).toBeGreaterThan(2 * (volumes[0] ?? 0));
  const ids = async (one: Played): Promise<string[]> => (await one.truth()).map(({ conversationId }) => conversationId);
  expect(await ids(await given(2))).not.toEqual(await ids(played));
  played.play(1_000);
  expect(await played.truth()).toHaveLength(2_000);
});
