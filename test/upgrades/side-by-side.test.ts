/** Two builds of the worker side by side, with a migration in between: old, a ramp, new, and back to old. */
import { readFileSync } from 'node:fs';
import type { WorkflowExecutionDescription } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import type { ReadyChild } from '../../bench/scale/child.ts';
import type { Builds } from '../../src/builds/see.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import type { Deployment } from '../../src/domain/rollout/deployment.ts';
import { membersOf } from '../../src/domain/waves/state.ts';
import { listAudit } from '../../src/store/audit.ts';
import { openDatabase, readMigrationState } from '../../src/store/open.ts';
import { ACT_UPDATES, rolloutWorkflowId, WAVES_UPDATES } from '../../src/workflows/messages.ts';
import { pushCards } from '../helpers/cards.ts';

import { cli } from '../cli/fixtures.ts';
import { describePostgres } from '../helpers/database.ts';
import { baking, BASELINE, outsidePlan, rest, untilHolds } from '../helpers/outside.ts';
import type { Processes } from '../helpers/processes.ts';
import { startProcesses } from '../helpers/processes.ts';
import type { RolloutHandle } from '../helpers/rollout-harness.ts';
import type { WavesHandle } from '../helpers/waves.ts';
import { beginWaves, wavesStatusWhen } from '../helpers/waves.ts';
import type { NextBuild } from './next-build.ts';
import { makeNextBuild, NEXT_MIGRATION } from './next-build.ts';

jest.setTimeout(300_000);

const DEPLOYMENT = { TEMPORAL_DEPLOYMENT_NAME: 'assist' };
const WHO = { by: 'ana', reason: 'to see it end' };
const ROLLED_BACK = { outcome: 'rolledBack', safety: { provenByReadBack: true } };
const GRACE_MS = 2_500;

describePostgres('builds side by side', (postgres) => {
  let all: Processes;
  let next: NextBuild;
  let old: ReadyChild;
  const handles = new Map<string, RolloutHandle>();

  beforeAll(async () => {
    [all, next] = await Promise.all([startProcesses(postgres()), makeNextBuild()]);
    old = await startOld();
  });
  afterAll(async () => {
    await all.close();
    await next.close();
  });
  afterEach(async () => {
    expect(await all.observer.caughtUp()).toEqual([]);
  });

  const startOld = (): Promise<ReadyChild> =>
    all.startWorker({ env: { ...DEPLOYMENT, TEMPORAL_WORKER_BUILD_ID: 'old' } });
  const startNew = (): Promise<ReadyChild> =>
    all.startWorker({ main: next.main, env: { ...DEPLOYMENT, TEMPORAL_WORKER_BUILD_ID: 'new' } });

  async function builds(...args: string[]): Promise<Builds> {
    const { code, stdout, stderr } = await cli(
      ['builds', ...args, ...(args[0] === 'list' ? [] : ['--reason', 'a release']), '--json'],
      { env: { ...all.env, ...DEPLOYMENT } },
    );
    const said = stderr.replace(/^waiting for a worker to answer.*\n/m, '');
    expect([code, code === 0 ? said : stdout + stderr]).toEqual([0, '']);
    return JSON.parse(stdout) as Builds;
  }

  async function examined(): Promise<readonly Finding[]> {
    const { stdout } = await cli(['doctor', '--only', 'workers', '--json'], { env: { ...all.env, ...DEPLOYMENT } });
    const { findings } = JSON.parse(stdout) as { findings: readonly Finding[] };
    return findings.filter(({ check }) => check.startsWith('build'));
  }

  async function start(action: string): Promise<string> {
    await all.hands.create(action, BASELINE);
    const handle = await all.start(await outsidePlan(action));
    handles.set(action, handle);
    await baking(handle);
    return buildOf(await handle.describe());
  }

  async function startWaves(name: string, action: string): Promise<WavesHandle> {
    await all.hands.create(action, BASELINE);
    const waves = await beginWaves(all, {
      name,
      waves: [{ name: 'first', members: [{ plan: await outsidePlan(action) }] }],
      maxParallel: 1,
      betweenMs: 0,
      onRollback: { running: 'abort', promoted: 'leave' },
    });
    await wavesStatusWhen(waves, (status) => membersOf(status)[0]?.state === 'running');
    await baking(all.client.workflow.getHandle(rolloutWorkflowId(action)) as RolloutHandle);
    return waves;
  }

  async function turnHarmful(action: string): Promise<unknown> {
    const { deployment } = await baking(handleOf(action));
    await rest(GRACE_MS);
    for (const cards of [
      { perArm: 10, candidate: 'accepted' },
      { perArm: 150, candidate: 'dismissed' },
    ] as const)
      expect((await pushCards(all.events, deployment as Deployment, cards)).status).toBeLessThan(300);
    return handleOf(action).result();
  }

  function handleOf(action: string): RolloutHandle {
    const handle = handles.get(action);
    if (handle === undefined) throw new Error(`${action} was not started.`);
    return handle;
  }

  test('a build that is made current gets all new rollouts', async () => {
    // The server hears of a build a moment after its worker is ready.
    await untilHolds('doctor knows the build', async () =>
      (await examined()).some(({ check }) => check === 'build unversioned'),
    );
    expect(await examined()).toMatchObject([{ level: 'error', check: 'build unversioned' }]);
    expect(await builds('promote', 'old')).toMatchObject({
      builds: [{ build: 'old', state: 'current', percent: 100 }],
    });
    expect(await start('OnOld')).toBe('old');
    expect(await start('HarmfulOnOld')).toBe('old');
    await untilHolds('doctor tells of it', async () => (await examined()).every(({ level }) => level === 'ok'));
    const { stdout } = await cli(['status', 'OnOld', '--json'], { env: all.env });
    expect(JSON.parse(stdout)).toMatchObject({ build: 'old' });
  });

  test('a build of the next release migrates the tables beside it, and a ramp sends it a share', async () => {
    await startNew();
    const db = await openDatabase({ kind: 'pg', url: all.env['DATABASE_URL'] ?? '' });
    expect((await readMigrationState(db)).besides).toEqual([expect.stringContaining(NEXT_MIGRATION)]);
    await db.close();
    expect(await builds('ramp', 'new', '--percent', '50')).toMatchObject({
      builds: [
        { build: 'new', state: 'ramping', percent: 50 },
        { build: 'old', state: 'current', percent: 50, openRollouts: 2 },
      ],
    });
    const seen = new Set<string>();
    for (let nth = 1; seen.size < 2; nth += 1) seen.add(await start(`Ramp${nth}`));
    expect([...seen].toSorted()).toEqual(['new', 'old']);
  });

  test('when it is current, a worker of the old build starts again beside the new tables and goes on with its own', async () => {
    await builds('promote', 'new');
    expect(await start('HarmfulOnNew')).toBe('new');
    await old.close();
    old = await startOld();
    expect(await turnHarmful('HarmfulOnOld')).toMatchObject(ROLLED_BACK);
    expect(await turnHarmful('HarmfulOnNew')).toMatchObject(ROLLED_BACK);
  });

  test('one command leads back to the old build; what began on the new one goes on there', async () => {
    expect(await builds('back')).toMatchObject({
      builds: [
        { build: 'new', state: 'draining', percent: 0 },
        { build: 'old', state: 'current', percent: 100 },
      ],
    });
    expect(await start('AfterBack')).toBe('old');
    const db = await openDatabase({ kind: 'pg', url: all.env['DATABASE_URL'] ?? '' });
    const acts = (await listAudit(db)).filter(({ act }) => act.startsWith('build'));
    await db.close();
    expect(acts.map(({ act, before }) => [act, (before as { current?: unknown }).current])).toEqual([
      ['buildPromote', 'unversioned'],
      ['buildRamp', 'old'],
      ['buildPromote', 'old'],
      ['buildBack', 'new'],
    ]);
    expect(acts[0]).toMatchObject({ actor: 'ana', reason: 'promote old: a release', details: { build: 'old' } });
  });

  test('each has ended on the build that it began on, and no task of any has failed', async () => {
    for (const [action, handle] of handles) {
      if (action.startsWith('Harmful')) continue;
      await handle.executeUpdate(ACT_UPDATES.abort, { args: [WHO] });
      expect(await handle.result()).toMatchObject(ROLLED_BACK);
    }
    for (const handle of handles.values()) {
      const { events = [] } = await handle.fetchHistory();
      expect((events ?? []).filter(({ workflowTaskFailedEventAttributes: failed }) => failed)).toEqual([]);
      const by = (events ?? []).flatMap(({ workflowTaskCompletedEventAttributes: done }) =>
        done ? [done.deploymentVersion?.buildId] : [],
      );
      expect(new Set(by).size).toBe(1);
    }
    // Its rounds are told with a delay, and one may not have come yet.
    const query = "WorkflowType = 'guardian' AND TemporalWorkflowVersioningBehavior = 'AutoUpgrade'";
    await untilHolds('the guardian follows', async () => (await all.client.workflow.count(query)).count > 0);
    const replay = Worker.runReplayHistory(
      { workflowBundle: { code: readFileSync(next.bundle, 'utf8') } },
      await handleOf('OnOld').fetchHistory(),
      handleOf('OnOld').workflowId,
    );
    await expect(replay).rejects.toThrow(DeterminismViolationError);
  });

  test('a rollout and waves whose build nobody runs any more go on by another build of the same code', async () => {
    await start('Moved');
    const waves = await startWaves('spring', 'InWaves');
    await old.close();
    await all.startWorker({ env: { ...DEPLOYMENT, TEMPORAL_WORKER_BUILD_ID: 'same' } });
    const { builds: shown } = await builds('move', 'Moved', '--to', 'same');
    expect(shown.map(({ build }) => build).toSorted()).toEqual(['new', 'old', 'same']);
    await handleOf('Moved').executeUpdate(ACT_UPDATES.abort, { args: [WHO] });
    expect(await handleOf('Moved').result()).toMatchObject(ROLLED_BACK);
    await builds('move', 'spring', '--waves', '--to', 'same');
    await builds('move', 'InWaves', '--to', 'same');
    await waves.executeUpdate(WAVES_UPDATES.abort, { args: [WHO] });
    expect(membersOf(await waves.result())).toMatchObject([{ action: 'InWaves', state: 'rolledBack' }]);
    expect(buildOf(await waves.describe())).toBe('same');
    await untilHolds(
      'nothing is open on it',
      async () =>
        (await builds('list').catch(() => null))?.builds.every(({ openRollouts }) => openRollouts === 0) === true,
    );
  });
});

function buildOf({ raw }: WorkflowExecutionDescription): string {
  return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId ?? 'none';
}
