import { randomUUID } from 'node:crypto';
import type { CardVersion } from '../../../src/domain/plan/plan.ts';
import type { Deployment } from '../../../src/domain/rollout/deployment.ts';
import { isPromoted, isRestored, isSplit } from '../../../src/domain/rollout/proofs.ts';
import { SEEDED } from '../../../src/sandbox/seeded-organisation.ts';
import type { Database } from '../../../src/store/database.ts';
import { readSplit, readSplits } from '../../../src/store/panel/splits.ts';
import { assistPanel } from '../../../src/targets/assist-panel/target.ts';
import type { OpenTarget } from '../../../src/targets/target.ts';
import { describeEachStore } from '../../helpers/database.ts';
import { startPanelOrganisation } from './organisation.ts';
import type { PanelOrganisation } from './organisation.ts';
import { startPanelProcess } from './panel-process.ts';
import type { PanelProcess } from './panel-process.ts';

const PANEL_URL = 'https://panel.example.com';
const PAGE =
  `${PANEL_URL}/panel?conversation={{gcConversationId}}&lang={{gcLangTag}}&host={{gcHostOrigin}}` +
  '&env={{gcTargetEnv}}&popup={{gcUsePopupAuth}}';
const [BILLING, ORDERS] = [SEEDED.queues.billing.id, SEEDED.queues.orders.id];

describeEachStore('target assistPanel', (db) => {
  let org: PanelOrganisation;
  let target: OpenTarget;
  let panel: PanelProcess;
  let name: string;
  const openOn = (database: Database | null, panelUrl: string | null = PANEL_URL): OpenTarget =>
    assistPanel.open({ client: org.client, db: database, panelUrl, now: Date.now });
  const card = (version: string, over: Partial<CardVersion> = {}): CardVersion => ({
    name,
    version,
    html: `<p>Refunds ${version}</p>`,
    trigger: { minConfidence: 0.75, keywords: ['refund'], conditions: [{ type: 'queue', id: BILLING }] },
    ui: { position: 'right', size: 'medium', requiredFeatures: [] },
    ...over,
  });
  const deploy = (action: CardVersion, more: { integration?: string; queues?: string[]; noCard?: 'baseline' } = {}) => {
    const { noCard, ...settings } = more;
    return target.deploy({
      target: { kind: 'assistPanel', ...settings },
      action,
      rolloutId: 'rollout-1',
      ...(noCard && { noCard }),
    });
  };
  /** v1.4.0 serves everybody. */
  const publishFirst = async (): Promise<Deployment> => {
    const first = await deploy(card('1.4.0'), { noCard: 'baseline' });
    await target.setSplit(first, 100);
    await target.retire(first, 'baseline');
    expect(isPromoted(await target.readBack(first), first)).toBe(true);
    return first;
  };
  const startRollout = async (): Promise<Deployment> => {
    await publishFirst();
    return deploy(card('1.5.0'));
  };
  const theIntegration = async (): Promise<string> => (await org.integrations())[0]?.id ?? '';
  const splitOf = async (): Promise<string[]> => {
    const seen = await target.survey(name);
    return seen.map(
      ({ version, group, enabled, splitPercent }) => `${version} ${group} ${enabled ? splitPercent : 'off'}`,
    );
  };

  beforeEach(async () => {
    await db().query('truncate panel_instances, panel_sessions, panel_feeds, panel_split, panel_cards');
    org = await startPanelOrganisation();
    target = openOn(db());
    panel = await startPanelProcess(db());
    name = `Refund ${randomUUID()}`;
  });
  afterEach(async () => {
    await panel.end();
    await org.close();
  });

  describe('deploy', () => {
    test('of a first version publishes it at 0, and frames our page beside the conversations of its queues', async () => {
      const first = await deploy(card('1.4.0'), { noCard: 'baseline' });
      expect(first).toMatchObject({ target: 'assistPanel', actionName: name, baseline: null });
      expect(await splitOf()).toEqual(['1.4.0 candidate 0']);
      expect(await org.integrations()).toMatchObject([{ name: 'Assist Rollouts', intendedState: 'ENABLED' }]);
      expect(await org.configOf(await theIntegration())).toMatchObject({
        properties: { url: PAGE, queueIdFilterList: [BILLING], permissions: '' },
        advanced: { lifecycle: { hooks: { bootstrap: true, focus: true, blur: true, stop: true } } },
      });
    });

    test('a second time changes nothing anywhere', async () => {
      const deployment = await startRollout();
      const [writes, epoch] = [org.writes().length, (await readSplit(db(), name))?.epoch];
      expect(await deploy(card('1.5.0'))).toEqual(deployment);
      expect([org.writes().length, (await readSplit(db(), name))?.epoch]).toEqual([writes, epoch]);
    });

    test('finds the version that serves, and leaves it as it is', async () => {
      const first = await publishFirst();
      const deployment = await deploy(card('1.5.0'));
      expect(deployment.baseline).toEqual(first.candidate);
      expect(await splitOf()).toEqual(['1.4.0 control 100', '1.5.0 candidate 0']);
    });

    test('twice at once makes one candidate', async () => {
      await publishFirst();
      const answers = await Promise.allSettled([deploy(card('1.5.0')), deploy(card('1.5.0'))]);
      const ids = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value.candidate?.id] : []));
      expect(ids.length).toBeGreaterThan(0);
      expect(await deploy(card('1.5.0'))).toMatchObject({ candidate: { id: ids[0] } });
      expect(await splitOf()).toHaveLength(2);
    });

    test('refuses what cannot be compared, with nothing written to the organisation', async () => {
      await expect(deploy(card('1.4.0'))).rejects.toMatchObject({ code: 'NoBaseline' });
      expect(org.calls()).toBe(0);
      const deployment = await startRollout();
      await expect(deploy(card('1.5.0', { html: '<p>another</p>' }))).rejects.toMatchObject({
        code: 'VersionConflict',
      });
      await expect(deploy(card('1.4.0'))).rejects.toMatchObject({ code: 'AlreadyServing' });
      await expect(deploy(card('1.6.0'), { noCard: 'baseline' })).rejects.toMatchObject({ code: 'VersionServes' });
      await target.setSplit(deployment, 5);
      await expect(deploy(card('1.6.0'))).rejects.toMatchObject({ code: 'OtherCandidate' });
    });

    test.each([
      ['database', null, PANEL_URL],
      ['panel', 'there', null],
    ])('says that the %s is missing', async (_what, has, panelUrl) => {
      target = openOn(has === null ? null : db(), panelUrl);
      await expect(deploy(card('1.4.0'))).rejects.toMatchObject({ code: 'PanelNotConfigured' });
      expect(has === null ? await target.survey(null) : []).toEqual([]);
    });

    test("others' groups, queues and fields stay, and ours are put beside them", async () => {
      const id = await org.create('Assist Rollouts');
      const others = { groups: ['group-1'], queueIdFilterList: [ORDERS], communicationTypeFilter: 'call' };
      await org.edit(id, () => ({ properties: others, notes: 'ask Kim', advanced: { icon: { vector: 'x' } } }));
      await publishFirst();
      expect(await org.integrations()).toHaveLength(1);
      expect(await org.configOf(id)).toMatchObject({
        properties: { ...others, queueIdFilterList: [ORDERS, BILLING], url: PAGE },
        notes: 'ask Kim',
        advanced: { icon: { vector: 'x' } },
      });
    });

    test('a list of queues that is empty shows the page everywhere, and is not made narrower', async () => {
      await publishFirst();
      const id = await theIntegration();
      await org.edit(id, ({ properties }) => ({ properties: { ...properties, queueIdFilterList: [] } }));
      await deploy(card('1.5.0'));
      expect((await org.configOf(id)).properties).toMatchObject({ queueIdFilterList: [] });
    });

    test('does not take a panel that shows the page of others', async () => {
      const id = await org.create('CRM');
      await org.edit(id, () => ({
        properties: { url: 'https://crm.example/panel?token=secret', queueIdFilterList: [] },
      }));
      const refused = deploy(card('1.4.0'), { noCard: 'baseline', integration: 'CRM' });
      await expect(refused).rejects.toMatchObject({ code: 'IntegrationTaken' });
      await expect(refused).rejects.not.toThrow('secret');
      expect(org.writes()).toEqual([]);
    });

    test('a hand that edits between our read and our write is heard, and ours is put into it', async () => {
      let edits = 1;
      org.stepIn = async ({ method, path }) => {
        if (method === 'PUT' && edits-- > 0)
          await org.edit(path.split('/').at(-3) ?? '', ({ properties }) => ({
            properties: { ...properties, groups: ['group-9'] },
          }));
        return null;
      };
      await publishFirst();
      expect((await org.configOf(await theIntegration())).properties).toMatchObject({ groups: ['group-9'], url: PAGE });
    });

    test('a hand that edits for ever is named, and the next try goes on', async () => {
      org.stepIn = async ({ method, path }) => {
        if (method === 'PUT') await org.edit(path.split('/').at(-3) ?? '', () => ({ notes: randomUUID() }));
        return null;
      };
      await expect(publishFirst()).rejects.toMatchObject({ code: 'OtherEditor' });
      expect(org.writes().filter((write) => write.startsWith('PUT'))).toHaveLength(3);
      expect(await readSplit(db(), name)).toBeNull();
      org.stepIn = () => null;
      await publishFirst();
      expect(await org.integrations()).toHaveLength(1);
    });

    test('a right that is taken between two writes is told, and nothing serves by halves', async () => {
      org.stepIn = ({ method }) =>
        method === 'PATCH'
          ? {
              status: 403,
              body: { code: 'missing.permissions', message: 'You are missing [integrations:integration:edit]' },
            }
          : null;
      await expect(publishFirst()).rejects.toMatchObject({ name: 'GenesysError', kind: 'forbidden' });
      expect([await readSplit(db(), name), await target.survey(name)]).toEqual([null, []]);
      org.stepIn = () => null;
      await publishFirst();
    });

    test.each(['drop', { status: 503 }] as const)('made, but the answer was %p: the retry finds it', async (reply) => {
      let times = 1;
      org.stepIn = async ({ method, path }) => {
        if (method !== 'POST' || times-- <= 0) return null;
        await org.create('Assist Rollouts');
        expect(path).toBe('/api/v2/integrations');
        return reply;
      };
      await expect(publishFirst()).rejects.toMatchObject({ name: 'GenesysError' });
      await publishFirst();
      expect(await org.integrations()).toHaveLength(1);
    });

    test('two actions on one integration at once: both are shown', async () => {
      const one = card('1.0.0', { name: `${name} one` });
      const two = card('1.0.0', { name: `${name} two` });
      await deploy(card('1.4.0'), { noCard: 'baseline' });
      await Promise.all([
        deploy(one, { noCard: 'baseline', queues: [ORDERS] }),
        deploy(two, { noCard: 'baseline', queues: [SEEDED.queues.support.id] }),
      ]);
      expect((await org.configOf(await theIntegration())).properties['queueIdFilterList']).toEqual(
        expect.arrayContaining([BILLING, ORDERS, SEEDED.queues.support.id]),
      );
      expect(await org.integrations()).toHaveLength(1);
      expect((await readSplits(db())).splits).toHaveLength(3);
    });
  });

  describe('the split', () => {
    test('goes up and down in one transaction each, and is proven', async () => {
      const deployment = await startRollout();
      const epochs: number[] = [];
      for (const percent of [5, 50, 99.99, 0]) {
        await target.setSplit(deployment, percent);
        await target.setSplit(deployment, percent);
        expect(isSplit(await target.readBack(deployment), percent, deployment)).toBe(true);
        epochs.push((await readSplit(db(), name))?.epoch ?? 0);
      }
      expect(epochs.map((epoch) => epoch - (epochs[0] ?? 0))).toEqual([0, 1, 2, 3]);
    });

    test('is promoted, and then taken back to what is the baseline now', async () => {
      const deployment = await startRollout();
      await target.setSplit(deployment, 100);
      await target.retire(deployment, 'baseline');
      expect(isPromoted(await target.readBack(deployment), deployment)).toBe(true);
      expect(await splitOf()).toEqual(['1.4.0 control off', '1.5.0 control 100']);
      expect((await deploy(card('1.6.0'))).baseline).toEqual(deployment.candidate);
    });

    test('of a version that stands alone leaves the others without a card, and says so to the guardian', async () => {
      const first = await deploy(card('1.4.0'), { noCard: 'baseline' });
      await target.setSplit(first, 30);
      expect(await target.survey(name)).toMatchObject([{ standsAlone: true, splitPercent: 30, enabled: true }]);
      expect(await target.readBack(first)).toMatchObject({ effectiveSplitPercent: 30, covered: false, baseline: null });
    });

    test.each([429, 500, 403])('comes back while the organisation answers %d to everything', async (status) => {
      const deployment = await startRollout();
      await target.setSplit(deployment, 50);
      org.stepIn = () => ({ status, body: { code: 'no', message: 'no' } });
      const calls = org.calls();
      await target.setSplit(deployment, 0, 'safety');
      await target.retire(deployment, 'candidate', 'safety');
      expect(isRestored(await target.readBack(deployment, 'safety'), deployment)).toBe(true);
      expect([org.calls(), await splitOf()]).toEqual([calls, ['1.4.0 control 100', '1.5.0 candidate off']]);
    });

    test('comes back where nobody says where the panel is, and with no process alive', async () => {
      const deployment = await startRollout();
      await target.setSplit(deployment, 50);
      await panel.end();
      target = openOn(db(), null);
      await target.setSplit(deployment, 0, 'safety');
      await target.retire(deployment, 'candidate', 'safety');
      expect(isRestored(await target.readBack(deployment, 'safety'), deployment)).toBe(true);
    });

    test('of a store that is cut is all or nothing', async () => {
      const deployment = await startRollout();
      const cut: Database = {
        ...db(),
        query: (sql, params) => db().query(sql, params),
        tx: (work) =>
          db().tx(async (trx) => {
            await work(trx);
            throw new Error('the connection was cut');
          }),
      };
      await expect(openOn(cut).setSplit(deployment, 50)).rejects.toThrow('cut');
      expect(await splitOf()).toEqual(['1.4.0 control 100', '1.5.0 candidate 0']);
      await target.setSplit(deployment, 50);
      expect(await splitOf()).toEqual(['1.4.0 control 50', '1.5.0 candidate 50']);
    });

    test('of work that is not waited for any more changes nothing', async () => {
      const deployment = await startRollout();
      const confirmCurrent = (): Promise<void> => Promise.reject(new Error('not waited for any more'));
      const outlived = assistPanel.open({
        client: org.client,
        db: db(),
        panelUrl: PANEL_URL,
        now: Date.now,
        confirmCurrent,
      });
      await expect(outlived.setSplit(deployment, 50)).rejects.toThrow('not waited for any more');
      expect(await splitOf()).toEqual(['1.4.0 control 100', '1.5.0 candidate 0']);
    });

    test('two hands at once: one is told to look again', async () => {
      const deployment = await startRollout();
      const answers = await Promise.allSettled([5, 10, 20].map((percent) => target.setSplit(deployment, percent)));
      const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []));
      for (const reason of refused) expect(reason).toMatchObject({ code: 'WriteConflict' });
      expect(refused.length).toBeLessThan(3);
    });
  });

  describe('what is read back', () => {
    test('waits until every live process has confirmed', async () => {
      const deployment = await startRollout();
      panel.hang();
      const second = await startPanelProcess(db());
      await target.setSplit(deployment, 50);
      await expect(target.readBack(deployment)).rejects.toMatchObject({
        code: 'PanelNotServing',
        message: expect.stringContaining(panel.id) as string,
      });
      await expect(target.readBack(deployment, 'safety')).rejects.toMatchObject({ code: 'PanelNotServing' });
      await second.end();
    });

    test('a process that was killed is waited for until its lease is over, and no longer', async () => {
      const deployment = await startRollout();
      await panel.kill();
      await target.setSplit(deployment, 0.01);
      await target.setSplit(deployment, 0, 'safety');
      expect(isSplit(await target.readBack(deployment, 'safety'), 0, deployment)).toBe(true);
      await expect(target.readBack(deployment)).rejects.toThrow('no panel process is running');
    });

    test.each([
      ['is disabled', 'was disabled', (id: string) => org.switchTo(id, 'DISABLED')],
      [
        'shows another URL',
        'shows another URL',
        (id: string) =>
          org.edit(id, ({ properties }) => ({ properties: { ...properties, url: 'https://evil.example' } })),
      ],
      [
        'lost a queue',
        `lacks queue ${BILLING}`,
        (id: string) =>
          org.edit(id, ({ properties }) => ({ properties: { ...properties, queueIdFilterList: [ORDERS] } })),
      ],
      [
        'gives the page the camera',
        'permissions',
        (id: string) => org.edit(id, ({ properties }) => ({ properties: { ...properties, permissions: 'camera' } })),
      ],
      ['is gone', 'not in the organisation any more', (id: string) => org.remove(id)],
    ])('an integration that %s is no proof, is drift, and is put right', async (what, words, change) => {
      const deployment = await startRollout();
      await target.setSplit(deployment, 50);
      expect(await target.events.trouble('https://events.example')).toBeNull();
      const id = await theIntegration();
      await change(id);
      await expect(target.readBack(deployment)).rejects.toMatchObject({
        code: 'PanelNotServing',
        message: expect.stringContaining(words) as string,
      });
      expect(await target.events.trouble('https://events.example')).toMatchObject({
        kind: 'changed',
        message: expect.stringContaining(words) as string,
      });
      if (what === 'is gone') return;
      const queues = (await org.configOf(id)).properties['queueIdFilterList'];
      await target.events.open({ publicUrl: 'https://events.example', signingSecret: 'whsec_x' });
      expect(await target.events.trouble('https://events.example')).toBeNull();
      expect(isSplit(await target.readBack(deployment), 50, deployment)).toBe(true);
      expect((await org.configOf(id)).properties['queueIdFilterList']).toEqual(
        expect.arrayContaining(queues as string[]),
      );
    });

    test('no process at all is trouble where there is a card to show', async () => {
      await panel.end();
      expect(await target.events.trouble('https://events.example')).toBeNull();
      panel = await startPanelProcess(db());
      await publishFirst();
      await panel.end();
      expect(await target.events.trouble('https://events.example')).toMatchObject({ kind: 'missing' });
    });
  });

  test('what stands around a version is told', async () => {
    await publishFirst();
    const asked = { target: { kind: 'assistPanel' }, action: card('1.5.0') } as const;
    const standing = await target.describe(asked);
    expect(standing).toMatchObject({
      exists: false,
      note: null,
      baseline: { splitPercent: 100, action: { ...card('1.4.0') } },
    });
    expect((await target.listServing()).filter(({ action }) => action === name)).toMatchObject([
      { name: `${name} v1.4.0`, version: '1.4.0', group: 'control', trigger: { keywords: ['refund'] } },
    ]);
    expect(await target.conditionIds(card('1').trigger)).toMatchObject({ unknown: [] });
    const nobody = { ...asked, action: { ...asked.action, name: 'Nobody' } };
    expect(await target.describe(nobody)).toMatchObject({
      baseline: null,
      note: expect.stringContaining('control: none') as string,
    });
  });
});
