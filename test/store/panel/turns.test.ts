import { randomUUID } from 'node:crypto';
import { bucketOf } from '../../../src/domain/split/bucket.ts';
import { addCards } from '../../../src/store/panel/cards.ts';
import { renewInstance } from '../../../src/store/panel/instances.ts';
import { openSession } from '../../../src/store/panel/sessions.ts';
import type { NewSplit } from '../../../src/store/panel/splits.ts';
import { readSplit, writeSplit } from '../../../src/store/panel/splits.ts';
import { readCards } from '../../../src/store/exposures.ts';
import { describeEachStore } from '../../helpers/database.ts';
import { armOf, cardOf, conversationIn, publish } from './fixtures.ts';

describeEachStore('whose turn a conversation on the panel is', (db) => {
  const start = async (over: Partial<NewSplit> = {}) => {
    const action = `Card ${randomUUID()}`;
    const [old, next] = [await publish(db(), action, '1'), await publish(db(), action, '2')];
    let epoch: number | null = null;
    const split = async (percent: number, more: Partial<NewSplit> = {}) => {
      const arms = [armOf(old, 'control', 100 - percent), armOf(next, 'candidate', percent)];
      epoch = await writeSplit(db(), { action, arms, queues: [], changedBy: 'test', ...over, ...more }, epoch);
    };
    const fired = [old.id, next.id];
    const say = async (conversationId: string, place: object = {}) => {
      const card = cardOf(old, { fired, conversationId, ...place });
      await addCards(db(), [card]);
      const [row] = await db().query<{ version: string; percent: number | null }>(
        `select v.version, c.drawn_percent as percent from panel_cards c join panel_versions v on v.id = c.version_id
         where card_id = $1::uuid`,
        [card.cardId],
      );
      return row;
    };
    return { action, old, next, split, say, fired };
  };
  const agentIn = (from: number, to: number): string => {
    for (;;) {
      const id = randomUUID();
      if (bucketOf(id) >= from && bucketOf(id) < to) return id;
    }
  };
  afterEach(async () => {
    await db().query(
      'truncate panel_sessions, panel_split, panel_cards, panel_groups, panel_members, events, exposures',
    );
  });

  test('a rise moves no conversation that has begun, whoever takes it over and whichever process adds its cards', async () => {
    const { split, say } = await start();
    await split(10);
    const id = conversationIn(10, 50);
    expect(await say(id)).toEqual({ version: '1', percent: 10 });
    await split(50);
    const answers = await Promise.all([say(id), say(id, { agentId: 'another' }), say(id)]);
    expect(answers).toEqual(Array.from({ length: 3 }, () => ({ version: '1', percent: 10 })));
    expect(await say(conversationIn(10, 50))).toEqual({ version: '2', percent: 50 });
  });

  test('cards of one conversation that many processes add at once beside a rise are of one version', async () => {
    const { split, say } = await start();
    await split(0);
    const ids = Array.from({ length: 8 }, () => conversationIn(0, 90));
    const said = ids.map(async (id) => Promise.all(Array.from({ length: 4 }, () => say(id))));
    const [answers] = await Promise.all([Promise.all(said), split(90)]);
    for (const ofOne of answers) expect(new Set(ofOne.map((row) => row?.version)).size).toBe(1);
  });

  test('a roll back ends what was kept at once, and what is tried again begins anew', async () => {
    const { split, say } = await start();
    await split(50);
    const [low, high] = [conversationIn(0, 50), conversationIn(50, 100)];
    expect([await say(low), await say(high)]).toMatchObject([{ version: '2' }, { version: '1' }]);
    await split(0);
    expect(await say(low)).toEqual({ version: '1', percent: 0 });
    await split(60);
    expect(await say(low)).toEqual({ version: '1', percent: 0 });
    expect(await say(high)).toEqual({ version: '1', percent: 0 });
  });

  test('a process without a lease shows no candidate in a conversation that has one', async () => {
    const { split, say, old, fired } = await start();
    await split(100);
    const id = conversationIn(0, 100);
    await say(id);
    const card = cardOf(old, { fired, conversationId: id, baselineOnly: true });
    expect(await addCards(db(), [card])).toEqual(['fenced']);
  });

  test('members of a team see the candidate; who leaves it keeps what the conversation has, and no more', async () => {
    const { split, say } = await start();
    await db().query("insert into panel_groups (kind, group_id, read_at) values ('team', 'night', now())");
    await db().query("insert into panel_members (kind, group_id, user_id) values ('team', 'night', 'ana')");
    await split(100, { of: { teams: ['night'] } });
    const id = randomUUID();
    expect(await say(id, { agentId: 'ana' })).toEqual({ version: '2', percent: 100 });
    expect(await say(randomUUID(), { agentId: 'ben' })).toBeUndefined();
    await split(99, { of: { teams: ['night'] } });
    const low = conversationIn(0, 99);
    expect(await say(low, { agentId: 'ana' })).toEqual({ version: '2', percent: 99 });
    await db().query('truncate panel_members');
    expect(await say(low, { agentId: 'ana' })).toEqual({ version: '2', percent: 99 });
    expect(await say(conversationIn(0, 99), { agentId: 'ana' })).toEqual({ version: '1', percent: null });
  });

  test('who joins a team in the middle keeps what the conversation has, and sees the candidate in those that begin', async () => {
    const { split, say } = await start();
    await db().query("insert into panel_groups (kind, group_id, read_at) values ('team', 'night', now())");
    await split(99, { of: { teams: ['night'] } });
    const begun = conversationIn(0, 99);
    expect(await say(begun, { agentId: 'ben' })).toEqual({ version: '1', percent: null });
    await db().query("insert into panel_members (kind, group_id, user_id) values ('team', 'night', 'ben')");
    expect(await say(begun, { agentId: 'ben' })).toEqual({ version: '1', percent: null });
    expect(await say(conversationIn(0, 99), { agentId: 'ben' })).toEqual({ version: '2', percent: 99 });
  });

  test('a conversation that is transferred keeps what it saw, from the queue of the pilot and into it', async () => {
    const { split, say } = await start();
    await split(50, { of: { queues: ['billing'] } });
    const [pilot, other] = [conversationIn(0, 50), conversationIn(0, 50)];
    const [out, into] = [
      { queueId: 'sales', agentId: 'ben' },
      { queueId: 'billing', agentId: 'ana' },
    ];
    expect(await say(pilot, into)).toEqual({ version: '2', percent: 50 });
    expect(await say(pilot, out)).toEqual({ version: '2', percent: 50 });
    expect(await say(other, out)).toEqual({ version: '1', percent: null });
    expect(await say(other, into)).toEqual({ version: '1', percent: null });
  });

  test('an agent who works in two queues meets the candidate in that of the audience alone', async () => {
    const { split, say } = await start();
    await split(50, { of: { queues: ['billing'] } });
    const inside = conversationIn(0, 50);
    expect(await say(inside, { queueId: 'billing' })).toEqual({ version: '2', percent: 50 });
    expect(await say(conversationIn(0, 50), { queueId: 'sales' })).toEqual({ version: '1', percent: null });
    expect(await say(inside, { queueId: 'sales' })).toEqual({ version: '2', percent: 50 });
  });

  test("where agents are divided, a conversation that goes to another agent goes to that one's version", async () => {
    const { action, split, say } = await start({ unit: 'agent' });
    await split(50);
    expect((await readSplit(db(), action))?.unit).toBe('agent');
    const [low, high] = [agentIn(0, 50), agentIn(50, 100)];
    const id = conversationIn(50, 100);
    expect(await say(id, { agentId: low })).toMatchObject({ version: '2' });
    expect(await say(id, { agentId: high })).toMatchObject({ version: '1' });
    expect(await say(id, { agentId: low })).toMatchObject({ version: '2' });
  });

  test('the judge reads how each card was drawn, and of ids that others chose nothing', async () => {
    const { split, say, old, next } = await start();
    await split(50, { of: { queues: ['billing'] } });
    const instanceId = randomUUID();
    await renewInstance(db(), { id: instanceId, epoch: 0 });
    const [inside, outside] = [conversationIn(0, 50), conversationIn(0, 50)];
    for (const conversationId of [inside, outside])
      await openSession(db(), {
        id: randomUUID(),
        conversationId,
        userId: 'agent-1',
        instanceId,
        state: 'visible',
      });
    await say(inside, { queueId: 'billing' });
    await say(outside, { queueId: 'sales' });
    await db().query(
      `insert into exposures (card_id, action_id, action_name, version, conversation_id, agent_id, queue_id, triggered_at,
         first_seen_at, late_ms) values ('not a uuid', $1, 'x', '1', 'c', 'a', 'q', now(), now(), 0)`,
      [old.id],
    );
    const { cards } = await readCards(db(), {
      actionIds: [old.id, next.id],
      afterSeq: 0,
      settledBefore: new Date(Date.now() + 60_000),
      limit: 10,
    });
    expect(cards.map(({ draw }) => draw?.percent)).toEqual([50, null, undefined]);
  });
});
