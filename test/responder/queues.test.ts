/** What agents do with the suggestions of two assistants is told by the assistant that made them. */
import { SEEDED_ASSISTANTS } from '../../src/sandbox/copilot/seeded-assistants.ts';
import { SEEDED } from '../../src/sandbox/seeded-organisation.ts';
import type { Database } from '../../src/store/database.ts';
import { copilotQueues } from '../../src/targets/copilot-queues/target.ts';
import { exposures, startSpokenTo, until, untilAllTold } from './organisation.ts';
import type { SpokenTo } from './organisation.ts';
import { openStore } from '../helpers/any-store.ts';

const BASELINE = SEEDED_ASSISTANTS.baseline.id;
const CANDIDATE = SEEDED_ASSISTANTS.candidate.id;
const QUEUES = Object.values(SEEDED.queues).map(({ id }) => id);

let db: Database;
let org: SpokenTo;
beforeEach(async () => {
  db = await openStore();
});
afterEach(async () => {
  await org.close();
  await db.close();
});

test('a suggestion is a card of the assistant that made it, with what became of it; a third party without a text is none', async () => {
  org = await startSpokenTo(db, { copilot: { liveConversationsKeep: true } });
  const target = copilotQueues.open({ client: org.client, db, panelUrl: null, now: Date.now });
  const responder = await org.respond();
  const pairs = QUEUES.map((queue) => ({ queue, baseline: BASELINE, candidate: CANDIDATE }));
  const deployment = await target.deploy({
    target: { kind: 'copilotQueues', pairs },
    action: { name: 'RefundCopilot', version: '1.1.0' },
    rolloutId: 'rollout-1',
  });
  await target.setSplit(deployment, 50);
  await until(
    () => exposures(db),
    (cards) => cards.length >= 40 && new Set(cards.map(({ version }) => version)).size === 2,
  );
  await org.traffic({ running: false });
  await untilAllTold(org, db);
  await responder.close();
  const truth = new Map(
    (await org.truth()).flatMap(({ suggestions }) => suggestions).map((suggestion) => [suggestion.id, suggestion]),
  );
  for (const { card, version, outcomes } of await exposures(db)) {
    const made = truth.get(card);
    expect(made?.type).toBe('CannedResponse');
    expect(version).toBe(made?.assistantId === CANDIDATE ? '1.1.0' : '0.0.0');
    const states = made?.states.map(({ state }) => state) ?? [];
    expect([card, 'accepted' in outcomes, 'dismissed' in outcomes]).toEqual([
      card,
      states.includes('Accepted'),
      states.includes('Dismissed'),
    ]);
  }
});

test('by agents: whoever has the assistant shows a card of the conversation, the others withhold one, and each conversation is one', async () => {
  org = await startSpokenTo(db, { copilot: { firstAssignment: 'ManualAssignment' } });
  const target = copilotQueues.open({ client: org.client, db, panelUrl: null, now: Date.now });
  const responder = await org.respond();
  const deployment = await target.deploy({
    target: {
      kind: 'copilotQueues',
      unit: 'agent',
      pairs: QUEUES.map((queue) => ({ queue, candidate: BASELINE })),
    },
    action: { name: 'RefundCopilot', version: '1.1.0' },
    rolloutId: 'rollout-1',
    noCard: 'baseline',
  });
  await target.setSplit(deployment, 50);
  const { effectiveSplitPercent } = await target.readBack(deployment);
  expect(effectiveSplitPercent).toBeGreaterThan(0);
  const assigned = new Set<string>();
  for (const queue of QUEUES) {
    const members: string[] = [];
    for await (const { id } of org.client.people.membersOf(queue)) members.push(id);
    for (const id of await org.client.assistants.usersAmong(BASELINE, queue, members)) assigned.add(id);
  }
  // Whoever answers knows a moment later who has the assistant: from then on each card is right.
  const known = await until(
    () => exposures(db),
    (all) => {
      const lately = all.slice(-20);
      return (
        all.filter(({ withheld }) => withheld).length >= 20 &&
        lately.some(({ withheld }) => !withheld) &&
        lately.every(({ agent, withheld }) => withheld === !assigned.has(agent))
      );
    },
  );
  await until(
    () => exposures(db),
    (all) => all.length >= 2 * known.length,
  );
  await responder.close();
  const cards = await exposures(db);
  expect(new Set(cards.map(({ card }) => card)).size).toBe(cards.length);
  const settled = cards.slice(cards.length / 2);
  expect(settled.map(({ agent, withheld }) => [agent, withheld])).toEqual(
    settled.map(({ agent }) => [agent, !assigned.has(agent)]),
  );
  await target.setSplit(deployment, 0);
  expect((await target.readBack(deployment)).candidate).toMatchObject({ servesHere: false });
});
