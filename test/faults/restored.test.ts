/**
 * A backup of the database, or of Temporal, is restored without the other, as real processes have it, with an observer
 * beside them.
 */
import type { ReadyChild } from '../../bench/scale/child.ts';
import type { Deployment } from '../../src/domain/rollout/deployment.ts';
import { PAST_DIFFERS } from '../../src/domain/rollout/past.ts';
import { examine } from '../../src/compose/doctor/examine.ts';
import { readConfiguration } from '../../src/config/configuration.ts';
import type { AuditRow } from '../../src/store/audit.ts';
import { listAudit } from '../../src/store/audit.ts';
import type { Database } from '../../src/store/database.ts';
import { listRolloutRows } from '../../src/store/rollouts.ts';
import { ACT_UPDATES } from '../../src/workflows/messages.ts';
import type { RolloutStatus } from '../../src/workflows/messages.ts';
import type { Backup } from '../helpers/backups.ts';
import { backUp, emptyDatabase, emptyTemporal } from '../helpers/backups.ts';
import { pushCards } from '../helpers/cards.ts';
import { describePostgres } from '../helpers/database.ts';
import {
  baking,
  BASELINE,
  CANDIDATE,
  LONG_BAKE,
  outsidePlan,
  rest,
  statusWhen,
  untilHolds,
} from '../helpers/outside.ts';
import { openPatiently } from '../helpers/patient-store.ts';
import type { Processes } from '../helpers/processes.ts';
import { startProcesses } from '../helpers/processes.ts';
import type { RolloutHandle } from '../helpers/rollout-harness.ts';

jest.setTimeout(300_000);

const who = { by: 'ana', reason: 'test' };

describePostgres('a backup that is restored without the other', (postgres) => {
  let all: Processes;
  let worker: ReadyChild;
  let backup: Backup | undefined;
  beforeAll(async () => {
    all = await startProcesses(postgres());
    worker = await all.startWorker();
  });
  afterAll(() => all.close());
  afterEach(async () => {
    await backup?.remove();
    expect(await all.observer.caughtUp()).toEqual([]);
  });

  async function start(action: string): Promise<RolloutHandle> {
    await all.hands.create(action, BASELINE);
    return startAgain(action);
  }

  async function startAgain(action: string): Promise<RolloutHandle> {
    const steps = [{ kind: 'setSplit', percent: 50 }, LONG_BAKE, { kind: 'setSplit', percent: 70 }, LONG_BAKE] as const;
    const handle = await all.start(await outsidePlan(action, { steps }));
    await baking(handle);
    return handle;
  }

  const of = ({ workflowId, firstExecutionRunId }: RolloutHandle) =>
    all.client.workflow.getHandle(workflowId, firstExecutionRunId);

  const act = (handle: RolloutHandle, name: 'abort' | 'advance' | 'pause' | 'resume'): Promise<unknown> =>
    handle.executeUpdate(ACT_UPDATES[name], { args: [who] });

  /** Everything stands still while one of them goes back. */
  async function without(restore: () => Promise<void>, said: RegExp | null = null): Promise<void> {
    await worker.close();
    await restore();
    if (said !== null) expect(await memorySeen()).toMatch(said);
    worker = await all.startWorker();
    await all.client.schedule.getHandle('assist-rollouts-guardian').trigger();
  }

  async function read<T>(work: (db: Database) => Promise<T>): Promise<T> {
    const db = await openPatiently(all.databaseUrl);
    try {
      return await work(db);
    } finally {
      await db.close();
    }
  }

  /** By the doctor, while no worker runs. */
  async function memorySeen(): Promise<string> {
    const { namespace } = all.client.options;
    const env = { TEMPORAL_ADDRESS: all.temporalAddress, TEMPORAL_NAMESPACE: namespace, DATABASE_URL: all.databaseUrl };
    const findings = await examine({ configuration: await readConfiguration(env), now: Date.now, areas: ['database'] });
    return findings.find(({ check }) => check === 'memory')?.seen ?? '';
  }

  const entries = (rolloutId: string): Promise<AuditRow[]> => read((db) => listAudit(db, { rolloutId }));
  const push = async (deployment: Deployment | null, candidate: 'accepted' | 'dismissed', perArm: number) => {
    if (deployment === null) throw new Error('nothing is deployed');
    expect((await pushCards(all.events, deployment, { perArm, candidate })).status).toBeLessThan(300);
  };
  const splitOf = async (action: string, version = CANDIDATE): Promise<number> => {
    const { enabled, metadata } = await all.hands.find(action, version);
    return enabled ? metadata.traffic_split : 0;
  };
  const heldFor = (handle: RolloutHandle, what: RegExp): Promise<RolloutStatus> =>
    statusWhen(handle, ({ paused, reason }) => paused && what.test(reason));

  test('an older database: what runs is held until a person resumes, sees harm all the same, and what had ended stays down', async () => {
    const [held, harmed] = [await start('Held'), await start('Harmed')];
    const { deployment } = await baking(held);
    await push(deployment, 'accepted', 20);
    backup = await backUp(all);
    await push(deployment, 'accepted', 200);
    await act(held, 'pause');
    await act(held, 'resume');
    await act(harmed, 'abort');
    expect(await harmed.result()).toMatchObject({ outcome: 'rolledBack' });
    await statusWhen(held, ({ phase, paused }) => phase === 'baking' && !paused);
    expect(await memorySeen()).toMatch(/^\d+ open rollouts? (is|are) as on record$/);
    await without(
      () => backup!.restoreDatabase(),
      /Held: the database is older .* lacks \d+ of the \d+ entries that it had confirmed/,
    );

    expect(await heldFor(held, /The database was restored to an older state/)).toMatchObject({ splitPercent: 50 });
    await untilHolds('the row of what has ended is ended', async () => {
      const [row] = await read((db) => listRolloutRows(db, { rolloutId: harmed.firstExecutionRunId }));
      return row?.outcome === 'rolledBack';
    });
    expect(await splitOf('Harmed')).toBe(0);
    const told = (await entries(held.firstExecutionRunId)).map(({ act: what }) => what);
    expect(told).toEqual(expect.arrayContaining(['setBack', 'autoPaused']));

    // Cards get numbers again that were given before: none of them may be below where the judge goes on.
    await rest(1000);
    await push(deployment, 'dismissed', 150);
    expect(await held.result()).toMatchObject({ outcome: 'rolledBack', reason: expect.stringMatching(/harm/) });
    expect(await splitOf('Held')).toBe(0);
  });

  test('an empty database: the same, and what is known of the rollout is written again', async () => {
    const handle = await start('Emptied');
    const { deployment } = await baking(handle);
    await push(deployment, 'accepted', 20);
    await without(() => emptyDatabase(all));
    await heldFor(handle, /The database was restored to an older state/);
    await untilHolds('plan and deployment are on record again', async () => {
      const [row] = await read((db) =>
        db.query<{ plan: string | null; deployment: object | null }>(
          'select plan, deployment from rollouts where rollout_id = $1',
          [handle.firstExecutionRunId],
        ),
      );
      return row?.plan?.includes('"Emptied"') === true && row.deployment !== null;
    });
    await rest(1000);
    await push(deployment, 'dismissed', 150);
    expect(await handle.result()).toMatchObject({ outcome: 'rolledBack', reason: expect.stringMatching(/harm/) });
  });

  test('an older Temporal: what had ended ends again and is not raised, what had gone on goes back, what did nothing goes on', async () => {
    const [aborted, advanced, replaced, same] = [
      await start('Aborted'),
      await start('Advanced'),
      await start('Replaced'),
      await start('Same'),
    ];
    backup = await backUp(all);
    await act(aborted, 'abort');
    await aborted.result();
    await act(advanced, 'advance');
    await statusWhen(advanced, ({ phase, splitPercent }) => phase === 'baking' && splitPercent === 70);
    await act(replaced, 'abort');
    await replaced.result();
    const later = await startAgain('Replaced');
    const ofAborted = (await entries(aborted.firstExecutionRunId)).length;
    await without(() => backup!.restoreTemporal(), /Aborted: Temporal is older \(.* It ended as rolledBack/);

    expect(await of(aborted).result()).toMatchObject({ outcome: 'rolledBack' });
    // Another has begun since: what it says is no last word.
    await expect(of(replaced).result()).rejects.toMatchObject({ cause: { type: PAST_DIFFERS } });
    expect(await splitOf('Aborted')).toBe(0);
    const after = await entries(aborted.firstExecutionRunId);
    expect(after.slice(ofAborted).map(({ act: what }) => what)).toEqual(['setBack']);
    expect(after.filter(({ details }) => details !== null && 'keyTaken' in details)).toEqual([]);

    expect(await of(advanced).result()).toMatchObject({
      outcome: 'rolledBack',
      reason: expect.stringMatching(/Temporal was restored to an older state/),
    });
    expect(await splitOf('Advanced')).toBe(0);
    // Of the rollout that came later Temporal knows nothing: nobody watches what it shows.
    await untilHolds('the baseline is back', async () => (await splitOf('Replaced')) === 0);
    expect(later.firstExecutionRunId).not.toBe(replaced.firstExecutionRunId);
    expect(await baking(same)).toMatchObject({ paused: false });
    await act(same, 'abort');
    expect(await same.result()).toMatchObject({ outcome: 'rolledBack' });
  });

  test('an empty Temporal: the baseline comes back, and the record says what became of it', async () => {
    const handle = await start('Forgotten');
    await without(() => emptyTemporal(all), /Forgotten: Temporal is older \(it knows nothing of a rollout/);
    await untilHolds('the baseline is back', async () => (await splitOf('Forgotten')) === 0);
    await untilHolds('its row is ended', async () => {
      const [row] = await read((db) => listRolloutRows(db, { rolloutId: handle.firstExecutionRunId }));
      return row?.endedAt != null;
    });
  });
});
