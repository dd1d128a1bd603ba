import { randomUUID } from 'node:crypto';
import { endInstance, livingProcesses } from '../../../src/store/panel/instances.ts';
import { publishVersion } from '../../../src/store/panel/versions.ts';
import { writeSplit } from '../../../src/store/panel/splits.ts';
import { describeEachStore } from '../../helpers/database.ts';
import { until } from '../../sandbox/helpers.ts';
import { armOf, contentOf, conversationIn, publish, startPair } from '../../store/panel/fixtures.ts';
import { cuttable, givenFeed, silentPlatform, speechOf, stateOf, untilFollowed } from './given-feed.ts';

describeEachStore('the feed of the panel', (db) => {
  interface Row {
    readonly versionId: string;
    readonly conversationId: string;
    readonly agentId: string;
    readonly utteranceId: string;
    readonly withheld: boolean;
  }
  const rows = () =>
    db().query<Row>(
      `select version_id as "versionId", conversation_id as "conversationId", agent_id as "agentId", withheld,
         utterance_id as "utteranceId", queue_id as "queueId", media_type as "mediaType", language
       from panel_cards order by created_at, card_id`,
    );
  const untilRows = async (n: number): Promise<readonly Row[]> => {
    await until(async () => (await rows()).length >= n);
    return rows();
  };
  afterEach(async () => {
    await db().query(
      'truncate panel_sessions, panel_feeds, panel_split, panel_cards, panel_instances, events, exposures cascade',
    );
  });

  test('an utterance becomes the card of whoever serves its conversation, with what is known of it', async () => {
    const { baseline, candidate } = await startPair(db(), 50);
    const given = await givenFeed(db());
    await untilFollowed(given);
    const [mine, other, silent] = [conversationIn(0, 50), conversationIn(50, 100), conversationIn(0, 50)];
    for (const id of [mine, other, silent]) given.feed.hear(stateOf(id));
    given.feed.hear(speechOf(mine, 'I want a refund', 'u1'));
    given.feed.hear(speechOf(other, 'a refund please', 'u2'));
    given.feed.hear(speechOf(silent, 'nothing at all'));
    const made = await untilRows(2);
    const place = { agentId: 'agent-1', queueId: 'queue-1', mediaType: 'voice', language: 'en-GB', withheld: false };
    expect(made).toEqual(
      expect.arrayContaining([
        { versionId: candidate.id, conversationId: mine, utteranceId: 'u1', ...place },
        { versionId: baseline.id, conversationId: other, utteranceId: 'u2', ...place },
      ]),
    );
    expect(given.feed.state()).toMatchObject({ conversations: 3, counts: { utterances: 3, cards: 2, noAgent: 0 } });
  });

  test('twice the same utterance, in two processes and in any order, is one card', async () => {
    await startPair(db(), 50);
    const [cards, ids] = [5, Array.from({ length: 5 }, () => randomUUID())];
    // Both follow the queue, as for a moment when its lease goes from one to the other: the first does not look again.
    const first = await givenFeed(db(), { settings: { renewMs: 3_600_000 } });
    await untilFollowed(first);
    const conversation = randomUUID();
    const second = await givenFeed(db());
    await endInstance(db(), first.instanceId);
    await untilFollowed(second);
    for (const { feed } of [first, second]) feed.hear(stateOf(conversation));
    for (const id of ids) first.feed.hear(speechOf(conversation, `refund ${id}`, id));
    for (const id of ids.toReversed()) second.feed.hear(speechOf(conversation, `refund ${id}`, id));
    for (const id of ids) second.feed.hear(speechOf(conversation, `refund ${id}`, id));
    await until(() => [first, second].every(({ feed }) => feed.state().waiting === 0));
    const done = (): number =>
      [first, second].reduce((sum, { feed }) => sum + feed.state().counts.cards + feed.state().counts.duplicates, 0);
    await until(() => done() >= 2 * cards);
    expect((await rows()).map(({ utteranceId }) => utteranceId).toSorted()).toEqual(ids.toSorted());
  });

  test('nobody in the conversation: no card; after a transfer the card is the other agent’s', async () => {
    await startPair(db(), 100);
    const given = await givenFeed(db());
    await untilFollowed(given);
    const id = randomUUID();
    given.feed.hear(stateOf(id, { agentId: null }));
    given.feed.hear(speechOf(id, 'refund'));
    given.feed.hear(stateOf(id, { agentId: 'ann' }));
    given.feed.hear(speechOf(id, 'refund', 'to-ann'));
    given.feed.hear(stateOf(id, { agentId: 'bob' }));
    given.feed.hear(speechOf(id, 'refund', 'to-bob'));
    const made = await untilRows(2);
    expect(made.map(({ agentId, utteranceId }) => [utteranceId, agentId])).toEqual(
      expect.arrayContaining([
        ['to-ann', 'ann'],
        ['to-bob', 'bob'],
      ]),
    );
    expect(given.feed.state().counts.noAgent).toBe(1);
  });

  test('without its lease a process makes cards of baselines alone', async () => {
    const { baseline } = await startPair(db(), 50);
    const given = await givenFeed(db());
    await untilFollowed(given);
    given.state.fenced = true;
    const [mine, other] = [conversationIn(0, 50), conversationIn(50, 100)];
    for (const id of [mine, other]) given.feed.hear(stateOf(id));
    given.feed.hear(speechOf(mine, 'refund'));
    given.feed.hear(speechOf(other, 'refund'));
    expect(await untilRows(1)).toMatchObject([{ versionId: baseline.id, conversationId: other }]);
    await until(() => given.feed.state().counts.fenced === 1);
    expect(await rows()).toHaveLength(1);
  });

  test('who is drawn while only baselines may be shown had no chance of a candidate', async () => {
    const { baseline, candidate } = await startPair(db(), 50);
    const given = await givenFeed(db());
    await untilFollowed(given);
    const [before, meanwhile, passedOver] = [conversationIn(50, 100), conversationIn(50, 100), conversationIn(0, 50)];
    for (const id of [before, meanwhile, passedOver]) given.feed.hear(stateOf(id));
    given.feed.hear(speechOf(before, 'refund', 'before'));
    await untilRows(1);
    given.state.fenced = true;
    for (const id of [before, meanwhile, passedOver]) given.feed.hear(speechOf(id, 'refund', `fenced ${id}`));
    await untilRows(3);
    await until(() => given.feed.state().waiting === 0);
    given.state.fenced = false;
    for (const id of [meanwhile, passedOver]) given.feed.hear(speechOf(id, 'refund', `after ${id}`));
    await untilRows(5);
    const drawn = await db().query(
      `select utterance_id as said, version_id as "versionId", drawn_percent as percent from panel_cards`,
    );
    expect(drawn).toEqual(
      expect.arrayContaining([
        { said: 'before', versionId: baseline.id, percent: 50 },
        { said: `fenced ${before}`, versionId: baseline.id, percent: 50 },
        { said: `fenced ${meanwhile}`, versionId: baseline.id, percent: 0 },
        { said: `after ${meanwhile}`, versionId: baseline.id, percent: 0 },
        { said: `after ${passedOver}`, versionId: candidate.id, percent: 50 },
      ]),
    );
  });

  test('what it loses is told, in its state and to whoever asks the store, until it loses no more', async () => {
    await startPair(db(), 100);
    const told: string[] = [];
    const logger = { warn: (_: object, message: string) => void told.push(message) };
    // What is lost is told for thirty looks: for longer than it takes to ask a store that is busy.
    const given = await givenFeed(db(), { logger, settings: { lookMs: 100 } });
    given.keepLease();
    await untilFollowed(given);
    given.state.fenced = true;
    const id = conversationIn(0, 100);
    given.feed.hear(stateOf(id));
    for (let n = 0; n < 12; n += 1) given.feed.hear(speechOf(id, 'refund', `lost ${n}`));
    const kept = async () => (await livingProcesses(db())).find((one) => one.id === given.instanceId)?.trouble;
    const sentence = '12 of 12 utterances that should surface a card lately did not (100.0 %): 12 for it had no lease';
    await until(async () => (await kept()) === sentence);
    await until(async () => (await kept()) === null);
    expect(given.feed.state()).toMatchObject({ trouble: null, counts: { fenced: 12 } });
    expect(told).toEqual(['utterances that should surface a card do not', 'utterances surface their cards again']);
  });

  test('where nobody serves a conversation, a card that stands alone is told and not shown', async () => {
    const candidate = await publish(db(), `Card ${randomUUID()}`, '1');
    const arms = [{ ...armOf(candidate, 'candidate', 50), standsAlone: true }];
    await writeSplit(db(), { action: candidate.action, arms, queues: ['queue-1'], changedBy: 'test' }, null);
    const given = await givenFeed(db());
    await untilFollowed(given);
    const [mine, nobodys] = [conversationIn(0, 50), conversationIn(50, 100)];
    for (const id of [mine, nobodys]) given.feed.hear(stateOf(id));
    for (const id of [mine, nobodys]) given.feed.hear(speechOf(id, 'refund'));
    const made = await untilRows(2);
    expect(new Map(made.map((row) => [row.conversationId, row.withheld]))).toEqual(
      new Map([
        [mine, false],
        [nobodys, true],
      ]),
    );
  });

  test('a split that changes between an utterance and its card: the card is of whoever serves then', async () => {
    const { candidate, split, epoch } = await startPair(db(), 0);
    const { db: own, cut } = cuttable(db());
    const given = await givenFeed(own);
    await untilFollowed(given);
    const id = conversationIn(0, 50);
    given.feed.hear(stateOf(id));
    cut.off = true;
    given.feed.hear(speechOf(id, 'refund'));
    await until(() => given.feed.state().waiting > 0);
    await split(50, epoch);
    cut.off = false;
    expect(await untilRows(1)).toMatchObject([{ versionId: candidate.id }]);
    expect(await rows()).toHaveLength(1);
  });

  test('while the store is away cards wait; what waited for too long is counted and never made', async () => {
    await startPair(db(), 50);
    const { db: own, cut } = cuttable(db());
    const clock = { now: 0 };
    const given = await givenFeed(own, { clock: () => clock.now, settings: { maxWaiting: 10, maxAgeMs: 1_000 } });
    await untilFollowed(given);
    const id = randomUUID();
    given.feed.hear(stateOf(id));
    cut.off = true;
    for (let n = 0; n < 15; n += 1) given.feed.hear(speechOf(id, `refund ${n}`, `early ${n}`));
    await until(() => given.feed.state().counts.tooLate >= 5);
    clock.now = 900;
    given.feed.hear(speechOf(id, 'refund', 'fresh'));
    await until(() => given.feed.state().counts.utterances === 16);
    clock.now = 1_500;
    await until(() => given.feed.state().counts.tooLate === 15);
    cut.off = false;
    expect(await untilRows(1)).toMatchObject([{ utteranceId: 'fresh' }]);
    await until(() => given.feed.state().waiting === 0);
    expect(await rows()).toHaveLength(1);
  });

  test('queues are shared out among the processes that live, and go on with whoever is left', async () => {
    const version = await publish(db(), `Card ${randomUUID()}`, '1');
    const queues = ['q1', 'q2', 'q3', 'q4'];
    const split = { action: version.action, arms: [armOf(version, 'control', 100)], queues, changedBy: 'test' };
    const epoch = await writeSplit(db(), split, null);
    const [dying, living] = [await givenFeed(db()), await givenFeed(db())];
    living.keepLease();
    const die = dying.keepLease();
    await until(() => [dying, living].every(({ feed }) => feed.state().queues.length === 2));
    await dying.feed.close();
    await die();
    await until(() => living.feed.state().queues.length === 4);
    await writeSplit(db(), { ...split, queues: ['q1'] }, epoch);
    await until(() => living.feed.state().queues.join(',') === 'q1');
  });

  test('what only a transcript tells, after the call, fires nothing and is counted by action', async () => {
    const { action } = await startPair(db(), 50);
    const id = randomUUID();
    const detail = {
      conversationId: id,
      conversationStart: '2026-11-28T10:00:00Z',
      conversationEnd: '2026-11-28T10:01:00Z',
      participants: [
        {
          purpose: 'customer',
          sessions: [
            {
              sessionId: 's1',
              mediaType: 'voice',
              segments: [{ segmentStart: '2026-11-28T10:00:00Z', queueId: 'queue-1' }],
            },
          ],
        },
      ],
    };
    const phrase = {
      startMs: Date.parse('2026-11-28T10:00:30Z'),
      speaker: 'customer',
      text: 'a refund',
      confidence: 0.9,
    };
    const platform = silentPlatform({
      transcripts: { read: () => Promise.resolve([{ ...phrase, speaker: 'customer' as const }]) },
      settings: { maxChannels: 0, settleMs: 20 },
    });
    Object.assign(platform.conversations, {
      details: async function* (query: { conversationFilters?: unknown }) {
        await Promise.resolve();
        if (query.conversationFilters !== undefined) yield detail;
      },
    });
    const given = await givenFeed(db(), { live: platform });
    await untilFollowed(given);
    given.feed.hear(stateOf(id));
    given.feed.hear(stateOf(id, { ended: true }));
    await until(() => given.feed.state().counts.missed[action] === 1);
    expect(await rows()).toEqual([]);
  });

  test('a card that asks for a skill surfaces where the queue tells it', async () => {
    const action = `Card ${randomUUID()}`;
    const content = contentOf('<p>skilled</p>');
    const trigger = { ...content.trigger, conditions: [{ type: 'skill' as const, id: 's1' }] };
    const version = await publishVersion(db(), {
      action,
      version: '1',
      content: { ...content, trigger },
      contentSha256: 'x',
      rolloutId: 'r1',
    });
    const arms = [armOf(version, 'control', 100)];
    await writeSplit(db(), { action, arms, queues: ['queue-1'], changedBy: 'test' }, null);
    const given = await givenFeed(db());
    await untilFollowed(given);
    const [without, with1] = [randomUUID(), randomUUID()];
    given.feed.hear(stateOf(without));
    const told = stateOf(with1);
    const { participants } = told.eventBody as { participants: object[] };
    participants.push({ purpose: 'acd', conversationRoutingData: { skills: [{ id: 's1' }] } });
    given.feed.hear(told);
    given.feed.hear(speechOf(without, 'refund'));
    given.feed.hear(speechOf(with1, 'refund'));
    expect(await untilRows(1)).toMatchObject([{ conversationId: with1 }]);
    await until(() => given.feed.state().waiting === 0);
    expect(await rows()).toHaveLength(1);
  });
});
