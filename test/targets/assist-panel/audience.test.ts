/** A split of the panel for a part of the audience, over real HTTP to the sandbox organisation and a store. */
import { randomUUID } from 'node:crypto';
import type { CardVersion } from '../../../src/domain/plan/plan.ts';
import type { PlanTarget } from '../../../src/domain/plan/target-schema.ts';
import type { Deployment } from '../../../src/domain/rollout/deployment.ts';
import { driftOf } from '../../../src/domain/rollout/drift.ts';
import { isPromoted, isRestored, isSplit } from '../../../src/domain/rollout/proofs.ts';
import { bucketOf } from '../../../src/domain/split/bucket.ts';
import { keepMembersFresh } from '../../../src/panel/feed/fresh-members.ts';
import { SEEDED } from '../../../src/sandbox/seeded-organisation.ts';
import { HOME_DIVISION } from '../../../src/sandbox/routing.ts';
import type { Database } from '../../../src/store/database.ts';
import { addCards } from '../../../src/store/panel/cards.ts';
import { versionsOfAction } from '../../../src/store/panel/versions.ts';
import { assistPanel } from '../../../src/targets/assist-panel/target.ts';
import type { OpenTarget } from '../../../src/targets/target.ts';
import { untilHolds } from '../../helpers/outside.ts';
import { startPanelOrganisation } from './organisation.ts';
import type { PanelOrganisation } from './organisation.ts';
import { startPanelProcess } from './panel-process.ts';
import type { PanelProcess } from './panel-process.ts';
import { openStore } from '../../helpers/any-store.ts';

const [BILLING, ORDERS] = [SEEDED.queues.billing.id, SEEDED.queues.orders.id];
const NIGHTS = { teams: [SEEDED.teams.nights.id] };
const NOWHERE = '00000000-0000-4000-8000-000000000000';

let db: Database;
let org: PanelOrganisation;
let target: OpenTarget;
let panel: PanelProcess;

beforeAll(async () => {
  db = await openStore();
});
afterAll(() => db.close());
beforeEach(async () => {
  org = await startPanelOrganisation();
  target = assistPanel.open({ client: org.client, db, panelUrl: 'https://panel.example.com', now: Date.now });
  panel = await startPanelProcess(db);
});
afterEach(async () => {
  await panel.end();
  await org.close();
});

async function startRollout(unit?: 'agent'): Promise<Deployment> {
  const name = `Refund ${randomUUID()}`;
  const card = (version: string): CardVersion => ({
    name,
    version,
    html: `<p>${version}</p>`,
    trigger: { minConfidence: 0.75, keywords: ['refund'], conditions: [] },
    ui: { position: 'right', size: 'medium', requiredFeatures: [] },
  });
  const onPanel: PlanTarget = { kind: 'assistPanel', queues: [BILLING, ORDERS], unit };
  const asked = { target: onPanel, rolloutId: 'r1' };
  const first = await target.deploy({ ...asked, action: card('1.4.0'), noCard: 'baseline' });
  await target.setSplit(first, 100);
  await target.retire(first, 'baseline');
  return target.deploy({ ...asked, action: card('1.5.0') });
}

/** The version that a new conversation of the agent in the queue meets. */
async function met({ actionName }: Deployment, agentId: string, queueId: string, bucket = 0): Promise<string> {
  let conversationId = randomUUID();
  while (bucketOf(conversationId) < bucket || bucketOf(conversationId) >= bucket + 10) conversationId = randomUUID();
  const versions = await versionsOfAction(db, actionName);
  const fired = versions.map(({ id }) => id);
  const place = { conversationId, agentId, queueId };
  await addCards(db, [{ cardId: randomUUID(), action: actionName, fired, utteranceId: randomUUID(), ...place }]);
  const [row] = await db.query<{ id: string }>(
    'select version_id as id from panel_cards where conversation_id = $1 order by created_at desc',
    [conversationId],
  );
  return versions.find(({ id }) => id === row?.id)?.version ?? 'none';
}

const agentsOf = async (teamId: string): Promise<string[]> => {
  const ids: string[] = [];
  for await (const { id } of org.client.people.membersOfTeam(teamId)) ids.push(id);
  return ids;
};

test('is proven with its audience, serves everybody inside and outside, and nothing of it is left by a roll back', async () => {
  const deployment = await startRollout();
  await target.setSplit(deployment, 50, 'normal', NIGHTS);
  const state = await target.readBack(deployment);
  expect(state).toMatchObject({ covered: true, effectiveSplitPercent: 50, of: NIGHTS });
  expect(isSplit(state, 50, deployment, NIGHTS)).toBe(true);
  expect([isSplit(state, 50, deployment), isSplit(state, 50, deployment, { queues: [BILLING] })]).toEqual([
    false,
    false,
  ]);
  const [night = ''] = await agentsOf(SEEDED.teams.nights.id);
  const [day = ''] = await agentsOf(SEEDED.teams.days.id);
  expect([await met(deployment, night, BILLING), await met(deployment, night, BILLING, 80)]).toEqual([
    '1.5.0',
    '1.4.0',
  ]);
  expect([await met(deployment, day, BILLING), await met(deployment, day, BILLING, 80)]).toEqual(['1.4.0', '1.4.0']);
  await target.setSplit(deployment, 0, 'safety');
  await target.retire(deployment, 'candidate', 'safety');
  const restored = await target.readBack(deployment, 'safety');
  expect([isRestored(restored, deployment), restored.of]).toEqual([true, null]);
  expect(await met(deployment, night, BILLING)).toBe('1.4.0');
});

test('grows by a queue, and the promotion is for everybody', async () => {
  const deployment = await startRollout();
  await target.setSplit(deployment, 50, 'normal', NIGHTS);
  await target.setSplit(deployment, 50, 'normal', { ...NIGHTS, queues: [BILLING] });
  const [day = ''] = await agentsOf(SEEDED.teams.days.id);
  expect([await met(deployment, day, BILLING), await met(deployment, day, ORDERS)]).toEqual(['1.5.0', '1.4.0']);
  await target.setSplit(deployment, 100);
  expect(await met(deployment, day, ORDERS, 90)).toBe('1.5.0');
  await target.retire(deployment, 'baseline');
  expect(isPromoted(await target.readBack(deployment), deployment)).toBe(true);
});

test('that another hand has widened is drift of the split, and only of it', async () => {
  const deployment = await startRollout();
  await target.setSplit(deployment, 50, 'normal', NIGHTS);
  const expected = { ...deployment, splitPercent: 50, of: NIGHTS, stage: 'both', acceptedRivals: [] } as const;
  expect(driftOf(expected, await target.survey(deployment.actionName))).toBeNull();
  await db.query('update panel_split set audience = null where action = $1', [deployment.actionName]);
  expect(driftOf(expected, await target.survey(deployment.actionName))).toMatchObject({ kind: 'split' });
});

test('an agent who joins the team later meets the candidate from then on', async () => {
  const deployment = await startRollout();
  await target.setSplit(deployment, 50, 'normal', NIGHTS);
  const [day = ''] = await agentsOf(SEEDED.teams.days.id);
  expect(await met(deployment, day, BILLING)).toBe('1.4.0');
  const errors: unknown[] = [];
  const fresh = keepMembersFresh({
    db,
    people: org.client.people,
    onError: (error) => errors.push(error),
    lookMs: 50,
    everyMs: { team: 100, division: 100 },
  });
  await org.join(SEEDED.teams.nights.id, day);
  await untilHolds('the agent meets the candidate', async () => (await met(deployment, day, BILLING)) === '1.5.0');
  await fresh.close();
  expect(errors).toEqual([]);
});

test('what there is not, or where nobody is, is said by name before anything is written', async () => {
  const none = { queues: [BILLING, NOWHERE], teams: [NOWHERE], divisions: [NOWHERE], agents: [NOWHERE] };
  expect(await target.audienceTroubles?.(none)).toEqual([
    `there is no queue ${NOWHERE}`,
    `there is no user ${NOWHERE}`,
    `there is no team ${NOWHERE}`,
    `nobody is in division ${NOWHERE}`,
  ]);
  expect(await target.audienceTroubles?.({ ...NIGHTS, divisions: [HOME_DIVISION] })).toEqual([]);
});

test('where agents are divided, each meets one version in every conversation and queue', async () => {
  const deployment = await startRollout('agent');
  expect(deployment.unit).toBe('agent');
  await target.setSplit(deployment, 50);
  const agents = [...(await agentsOf(SEEDED.teams.days.id)), ...(await agentsOf(SEEDED.teams.nights.id))].slice(0, 12);
  for (const agent of agents) {
    const versions = [await met(deployment, agent, BILLING), await met(deployment, agent, ORDERS, 80)];
    expect(versions).toEqual([bucketOf(agent) < 50 ? '1.5.0' : '1.4.0', bucketOf(agent) < 50 ? '1.5.0' : '1.4.0']);
  }
});
