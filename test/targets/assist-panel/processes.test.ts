/** Panel processes that die, are cut off or come back, and what a roll back may say of them. */
import { randomUUID } from 'node:crypto';
import type { CardVersion } from '../../../src/domain/plan/plan.ts';
import type { Deployment } from '../../../src/domain/rollout/deployment.ts';
import { isRestored } from '../../../src/domain/rollout/proofs.ts';
import type { PanelServer } from '../../../src/panel/server.ts';
import { SEEDED } from '../../../src/sandbox/seeded-organisation.ts';
import type { Database } from '../../../src/store/database.ts';
import { addCards } from '../../../src/store/panel/cards.ts';
import { endInstance } from '../../../src/store/panel/instances.ts';
import { readVersions } from '../../../src/store/panel/versions.ts';
import { assistPanel } from '../../../src/targets/assist-panel/target.ts';
import type { OpenTarget } from '../../../src/targets/target.ts';
import { cardOn, openPage, openSession, startTestPanel, until } from '../../panel/fixtures.ts';
import { cardOf, conversationIn } from '../../store/panel/fixtures.ts';
import { startPanelOrganisation } from './organisation.ts';
import type { PanelOrganisation } from './organisation.ts';
import { openStore } from '../../helpers/any-store.ts';

let db: Database;
let org: PanelOrganisation;
let target: OpenTarget;
let name: string;
let deployment: Deployment;
const panels: PanelServer[] = [];

/** The store as one process sees it; others go on using theirs. */
function cuttable(): { readonly db: Database; cut: boolean } {
  const cutOff = () => Promise.reject(new Error('the connection was cut'));
  const link = {
    cut: false,
    db: {
      kind: db.kind,
      query: <Row>(sql: string, params?: readonly unknown[]) => (link.cut ? cutOff() : db.query<Row>(sql, params)),
      tx: <T>(work: Parameters<typeof db.tx<T>>[0]) => (link.cut ? cutOff() : db.tx(work)),
      listen: (channel: string, heard: (payload: string) => void) =>
        db.listen(channel, (payload) => {
          if (!link.cut) heard(payload);
        }),
      close: () => Promise.resolve(),
    },
  };
  return link;
}

async function startProcess(link: Database): Promise<PanelServer> {
  const panel = await startTestPanel(link, { renewMs: 100 });
  panels.push(panel);
  await until(() => !panel.instance.isFenced);
  return panel;
}

const card = (version: string): CardVersion => ({
  name,
  version,
  html: `<p>${version}</p>`,
  trigger: {
    minConfidence: 0.75,
    keywords: ['refund'],
    conditions: [{ type: 'queue', id: SEEDED.queues.billing.id }],
  },
  ui: { position: 'right', size: 'medium', requiredFeatures: [] },
});

async function deployHalf(): Promise<Deployment> {
  const request = { target: { kind: 'assistPanel' }, rolloutId: 'r1' } as const;
  const first = await target.deploy({ ...request, action: card('1'), noCard: 'baseline' });
  await target.setSplit(first, 100);
  await target.retire(first, 'baseline');
  const second = await target.deploy({ ...request, action: card('2') });
  await target.setSplit(second, 50);
  await target.readBack(second);
  return second;
}

async function takeBack(): Promise<void> {
  await target.setSplit(deployment, 0, 'safety');
  await target.retire(deployment, 'candidate', 'safety');
}

async function isTakenBack(): Promise<boolean> {
  return isRestored(await target.readBack(deployment, 'safety'), deployment);
}

/** A page of that process with the candidate's card on it. */
async function showCandidate(panel: PanelServer) {
  const conversationId = conversationIn(0, 50);
  await until(() => panel.instance.armsOf(name).some(({ splitPercent }) => splitPercent === 50));
  const page = await openPage(panel, await openSession(panel, conversationId));
  const [candidate] = await readVersions(db, [deployment.candidate?.id ?? '']);
  const shown = cardOf(candidate!, { conversationId });
  expect(await addCards(db, [shown])).toEqual(['added']);
  const { cardId, silenceMs } = await cardOn(page);
  expect(cardId).toBe(shown.cardId);
  return { page, cardId, silenceMs };
}

beforeAll(async () => {
  db = await openStore();
});
afterAll(() => db.close());
beforeEach(async () => {
  org = await startPanelOrganisation();
  target = assistPanel.open({ client: org.client, db, panelUrl: 'https://panel.example.com', now: Date.now });
  name = `Refund ${randomUUID()}`;
});
afterEach(async () => {
  await Promise.all(panels.splice(0).map((panel) => panel.close()));
  await org.close();
  await db.query('truncate panel_instances, panel_sessions, panel_feeds, panel_split, panel_cards');
});

test('the card of the candidate is off every screen before the roll back is said to be so', async () => {
  const both = [await startProcess(db), await startProcess(db)];
  deployment = await deployHalf();
  const pages = await Promise.all(both.map(showCandidate));
  await takeBack();
  expect(await isTakenBack()).toBe(true);
  await Promise.all(
    pages.map(({ page, cardId }) => until(() => page.events('withdraw').some((gone) => isOf(gone, cardId)))),
  );
});

test('a process that cannot reach the store shows the baseline alone before the roll back is said to be so, and comes back to what is so', async () => {
  const [healthy, link] = [await startProcess(db), cuttable()];
  const cutOff = await startProcess(link.db);
  deployment = await deployHalf();
  const { page, cardId, silenceMs } = await showCandidate(cutOff);
  // A page that hears nothing for so long takes such a card away by itself.
  expect(silenceMs).toBeLessThan(5_000);
  link.cut = true;
  await takeBack();
  const early = target.readBack(deployment, 'safety').then(() => cutOff.instance.isFenced);
  expect(await early).toBe(true);
  expect(await isTakenBack()).toBe(true);
  expect(cutOff.instance.armsOf(name).filter(({ group }) => group === 'candidate')).toEqual([]);
  await until(() => page.events('conceal').some((gone) => isOf(gone, cardId)));
  link.cut = false;
  await until(() => !cutOff.instance.isFenced);
  expect(cutOff.instance.epoch).toBe(healthy.instance.epoch);
  expect(cutOff.instance.armsOf(name).filter(({ splitPercent, enabled }) => enabled && splitPercent > 0)).toHaveLength(
    1,
  );
});

test('a process that is gone without a word is waited for until its lease is over; one that said so is not', async () => {
  const [stays, link] = [await startProcess(db), cuttable()];
  const killed = await startProcess(link.db);
  deployment = await deployHalf();
  link.cut = true;
  await takeBack();
  await expect(isTakenBack()).resolves.toBe(true);
  const [row] = await db.query<{ over: boolean }>(
    'select lease_until <= clock_timestamp() as over from panel_instances where id = $1::uuid',
    [killed.instanceId],
  );
  expect(row).toEqual({ over: true });
  await endInstance(db, killed.instanceId);
  expect(stays.instance.isFenced).toBe(false);
});

test('a process that starts while the candidate is taken back shows what is so', async () => {
  await startProcess(db);
  deployment = await deployHalf();
  const [late] = await Promise.all([startProcess(db), takeBack()]);
  expect(await isTakenBack()).toBe(true);
  expect(late.instance.armsOf(name).find(({ enabled, splitPercent }) => enabled && splitPercent > 0)).toMatchObject({
    versionId: deployment.baseline?.id,
  });
});

test('whatever is cut when, what is said to be so is so in every process', async () => {
  const links = [cuttable(), cuttable(), cuttable()];
  const processes = await Promise.all(links.map(({ db: link }) => startProcess(link)));
  deployment = await deployHalf();
  const steps = [
    { percent: 5, cut: [1] },
    { percent: 30, cut: [] },
    { percent: 0, cut: [0, 2] },
    { percent: 99.99, cut: [0] },
    { percent: 0, cut: [] },
    { percent: 100, cut: [2] },
    { percent: 0, cut: [0, 1, 2] },
  ];
  for (const { percent, cut } of steps) {
    links.forEach((link, at) => Object.assign(link, { cut: cut.includes(at) }));
    await target.setSplit(deployment, percent, 'safety');
    expect(await target.readBack(deployment, 'safety')).toMatchObject({
      effectiveSplitPercent: percent,
      covered: true,
    });
    const shares = processes.map(({ instance }) => {
      const candidate = instance.armsOf(name).find(({ group }) => group === 'candidate');
      return candidate?.enabled === true ? candidate.splitPercent : 0;
    });
    const allowed = processes.map(({ instance }) => (instance.isFenced ? 0 : percent));
    expect({ percent, cut, shares }).toEqual({ percent, cut, shares: allowed });
  }
});

function isOf(message: unknown, cardId: string): boolean {
  return (message as { readonly cardId: string }).cardId === cardId;
}
