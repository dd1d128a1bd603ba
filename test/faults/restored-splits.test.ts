/**
 * A backup of the database is restored under processes that show cards by it: what agents see of panel and Agent Copilot
 * stands there and nowhere else, and what was rolled back since the backup is shown to nobody.
 */
import type { Client } from '@temporalio/client';
import { createSurveyor } from '../../src/activities/surveyor.ts';
import { findingsIn } from '../../src/domain/guardian/findings.ts';
import { GUARDIAN_RULES } from '../../src/domain/guardian/seen.ts';
import type { CardVersion } from '../../src/domain/plan/plan.ts';
import type { Deployment } from '../../src/domain/rollout/deployment.ts';
import { isRestored, isSplit } from '../../src/domain/rollout/proofs.ts';
import { SET_BACK_MS } from '../../src/domain/split/set-back.ts';
import { lookAround } from '../../src/guardian/look.ts';
import { restoreBaseline } from '../../src/guardian/restore.ts';
import { createResponderState } from '../../src/responder/state.ts';
import { SEEDED_ASSISTANTS } from '../../src/sandbox/copilot/seeded-assistants.ts';
import { SEEDED } from '../../src/sandbox/seeded-organisation.ts';
import { changeCopilotSplit, copilotRowOf, saveCopilotDeployment } from '../../src/store/copilot.ts';
import type { Database } from '../../src/store/database.ts';
import { copilotSuggestions } from '../../src/targets/copilot-suggestions/target.ts';
import { openTargets } from '../../src/targets/index.ts';
import { refOf } from '../helpers/arms.ts';
import type { DatabaseBackup } from '../helpers/backups.ts';
import { backUpDatabase } from '../helpers/backups.ts';
import { describeSharedPostgres } from '../helpers/database.ts';
import { untilHolds } from '../helpers/outside.ts';
import { activitiesOf, quickPlan, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';
import { openPatiently } from '../helpers/patient-store.ts';
import { startTestPanel } from '../panel/fixtures.ts';
import { startSpokenTo } from '../responder/organisation.ts';
import { startPanelOrganisation } from '../targets/assist-panel/organisation.ts';

jest.setTimeout(240_000);

const NAME = 'Refund';
const card = (version: string): CardVersion => ({
  name: NAME,
  version,
  html: `<p>${version}</p>`,
  trigger: {
    minConfidence: 0.75,
    keywords: ['refund'],
    conditions: [{ type: 'queue', id: SEEDED.queues.billing.id }],
  },
  ui: { position: 'right', size: 'medium', requiredFeatures: [] },
});

describeSharedPostgres('a database that is restored under whoever shows cards by it', (postgres) => {
  let db: Database;
  let url: string;
  let backup: DatabaseBackup | undefined;
  let clock: { atMs: number };
  const closers: (() => Promise<unknown>)[] = [];
  beforeEach(async () => {
    url = await postgres().createDatabase();
    db = await openPatiently(url);
    clock = { atMs: 0 };
    closers.push(() => db.close());
  });
  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close();
    await backup?.remove();
  });
  async function rolledBackRun(): Promise<{ readonly client: Client; readonly runId: string }> {
    const scripted = new ScriptedOrganisation();
    scripted.verdict = 'harm';
    const harness = await startHarness(activitiesOf(() => scripted));
    closers.push(() => harness.close());
    const plan = quickPlan();
    const handle = await harness.start({ ...plan, action: { ...plan.action, name: NAME } });
    expect(await handle.result()).toMatchObject({ outcome: 'rolledBack' });
    return { client: harness.client, runId: handle.firstExecutionRunId };
  }

  /** It goes on by itself, and may be put forward. */
  const now = (): number => performance.now() + clock.atMs;

  test('a panel process shows baselines alone, says so, and the guardian finds and takes back what was rolled back since', async () => {
    const organisation = await startPanelOrganisation();
    closers.push(() => organisation.close());
    const targets = openTargets({
      client: organisation.client,
      db,
      panelUrl: 'https://panel.example.com',
      now: Date.now,
    });
    const target = targets.of('assistPanel');
    // As Temporal remembers it: it was rolled back, and is over.
    const { client, runId } = await rolledBackRun();
    const request = { target: { kind: 'assistPanel' }, rolloutId: runId } as const;
    const said: string[] = [];
    const panel = await startTestPanel(db, {
      renewMs: 100,
      clock: now,
      logger: {
        info: () => undefined,
        warn: () => undefined,
        error: (_: object, text: string) => void said.push(text),
      },
    });
    closers.push(() => panel.close());
    await untilHolds('the lease is held', async () => !panel.instance.isFenced);
    const serving = (): readonly string[] =>
      panel.instance.armsOf(NAME).flatMap((arm) => (arm.enabled && arm.splitPercent > 0 ? [arm.group] : []));
    const first = await target.deploy({ ...request, action: card('1'), noCard: 'baseline' });
    await target.setSplit(first, 100);
    await target.retire(first, 'baseline');
    const deployment = await target.deploy({ ...request, action: card('2') });
    await target.setSplit(deployment, 50);
    expect(isSplit(await target.readBack(deployment), 50, deployment)).toBe(true);
    expect(serving()).toContain('candidate');
    backup = await backUpDatabase(url);
    const takeBack = async (): Promise<boolean> => {
      await target.setSplit(deployment, 0, 'safety');
      await target.retire(deployment, 'candidate', 'safety');
      return isRestored(await target.readBack(deployment, 'safety'), deployment);
    };
    expect(await takeBack()).toBe(true);
    expect(serving()).toEqual(['control']);
    const rolledBack = panel.instance.epoch ?? 0;

    const seen = new Set<string>();
    const looking = setInterval(() => {
      for (const group of serving()) seen.add(group);
    }, 5);
    await backup.restore();
    await untilHolds(
      'the panel reads what stands there',
      async () => (panel.instance.epoch ?? rolledBack) < rolledBack,
    );
    await untilHolds('its lease goes on', async () => isSplit(await target.readBack(deployment), 50, deployment));
    clock.atMs += SET_BACK_MS - 60_000;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(said.filter((text) => text.includes('restored to an older state'))).toHaveLength(1);
    const ports = {
      targets,
      db,
      now: Date.now,
      surveyor: createSurveyor({ targets, publicUrl: '', now: Date.now }),
      onStoreAway: (error: unknown) => {
        throw error;
      },
    };
    const found = findingsIn(await lookAround(ports, client, Date.now()), GUARDIAN_RULES);
    expect(found).toMatchObject([{ kind: 'unwatched', remedy: 'restore', action: NAME, ripe: true }]);
    expect(
      await restoreBaseline({ ...ports, announce: () => Promise.resolve() }, client, { action: NAME, by: 'guardian' }),
    ).toMatchObject({ kind: 'restored', splitPercent: 50 });
    expect(isRestored(await target.readBack(deployment, 'safety'), deployment)).toBe(true);
    clock.atMs += SET_BACK_MS;
    await untilHolds('all versions are served again', async () => !panel.instance.isFenced);
    clearInterval(looking);
    expect([...seen]).toEqual(['control']);
  });

  test('so does a responder of Agent Copilot', async () => {
    const deployment: Deployment = {
      target: 'copilotSuggestions',
      actionName: NAME,
      baseline: refOf('b', '1'),
      candidate: refOf('c', '2'),
    };
    await saveCopilotDeployment(db, 'r1', deployment);
    await changeCopilotSplit(db, deployment, { splitPercent: 50, retired: null });
    const said: string[] = [];
    const state = createResponderState({
      db,
      onRows: () => undefined,
      onTrouble: (error) => void said.push(error instanceof Error ? error.message : ''),
      clock: now,
    });
    await state.start();
    closers.push(() => state.close());
    await untilHolds('the lease is held', async () => state.isLeased());
    backup = await backUpDatabase(url);
    await changeCopilotSplit(db, deployment, { splitPercent: 0, retired: 'candidate' });
    await untilHolds('it is rolled back', async () => state.rows[0]?.retired === 'candidate');

    let shown = 0;
    const looking = setInterval(() => {
      if (state.isLeased() && state.rows[0]?.splitPercent === 50) shown += 1;
    }, 5);
    await backup.restore();
    await untilHolds('it reads what stands there', async () => state.rows[0]?.splitPercent === 50);
    expect(await copilotRowOf(db, NAME)).toMatchObject({ splitPercent: 50, retired: null });
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    clearInterval(looking);
    expect(shown).toBe(0);
    expect(said.filter((text) => text.includes('restored to an older state'))).toHaveLength(1);
    clock.atMs += SET_BACK_MS;
    await untilHolds('the lease is of use again', async () => state.isLeased());
  });

  test('a text that began after the backup goes back to the one that serves, and to no other', async () => {
    const organisation = await startSpokenTo(db);
    closers.push(() => organisation.close());
    const target = copilotSuggestions.open({ client: organisation.client, db, panelUrl: null, now: Date.now });
    const deploy = (version: string, noCard?: 'baseline'): Promise<Deployment> =>
      target.deploy({
        target: { kind: 'copilotSuggestions', assistant: SEEDED_ASSISTANTS.baseline.id },
        action: { name: NAME, version, suggestion: { title: version, text: `The rules of ${version}.`, sources: [] } },
        rolloutId: `rollout of ${version}`,
        ...(noCard !== undefined && { noCard }),
      });
    const first = await deploy('1', 'baseline');
    await target.setSplit(first, 100);
    await target.retire(first, 'baseline');
    backup = await backUpDatabase(url);
    const second = await deploy('2');
    await target.setSplit(second, 50);
    expect(isSplit(await target.readBack(second), 50, second)).toBe(true);
    await backup.restore();

    await untilHolds('the store is there again', () =>
      db.query('select 1').then(
        () => true,
        () => false,
      ),
    );
    await expect(target.readBack(second)).rejects.toMatchObject({ code: 'VersionMissing' });
    await expect(target.setSplit(second, 70)).rejects.toMatchObject({ code: 'VersionMissing' });
    await target.setSplit(second, 0, 'safety');
    await target.retire(second, 'candidate', 'safety');
    expect(isRestored(await target.readBack(second), second)).toBe(true);
    expect(await target.survey(NAME)).toMatchObject([
      { version: '1', group: 'control', enabled: true, splitPercent: 100 },
    ]);
    expect(second.baseline?.id).toBe(first.candidate?.id);
  });
});
