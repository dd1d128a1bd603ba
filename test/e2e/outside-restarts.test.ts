/**
 * Every process of the production table as one of its own; each goes away in the middle of the way back, with an
 * observer beside it.
 */
import { temporal } from '@temporalio/proto';
import type { ReadyChild } from '../../bench/scale/child.ts';
import type { Deployment } from '../../src/domain/rollout/deployment.ts';
import type { RolloutStatus } from '../../src/workflows/messages.ts';
import { pushCards } from '../helpers/cards.ts';
import { describePostgres } from '../helpers/database.ts';
import { baking, BASELINE, CANDIDATE, outsidePlan, rest, statusWhen, untilHolds } from '../helpers/outside.ts';
import type { Processes } from '../helpers/processes.ts';
import { startProcesses } from '../helpers/processes.ts';
import type { RolloutHandle } from '../helpers/rollout-harness.ts';

jest.setTimeout(300_000);

const SAFE = { outcome: 'rolledBack', safety: { provenByReadBack: true } };
const PUTS = { method: 'PUT', pathPrefix: '/api/v2/agentassist/actions' };
const GRACE_MS = 2_500;
const STARTED = temporal.api.enums.v1.PendingActivityState.PENDING_ACTIVITY_STATE_STARTED;

describePostgres('rollouts beside an observer', (postgres) => {
  let all: Processes;
  let worker: ReadyChild;
  beforeAll(async () => {
    all = await startProcesses(postgres());
    worker = await all.startWorker();
  });
  afterAll(() => all.close());
  afterEach(async () => {
    expect(await all.observer.caughtUp()).toEqual([]);
  });

  async function start(action: string): Promise<{ handle: RolloutHandle; deployment: Deployment }> {
    await all.hands.create(action, BASELINE);
    const handle = await all.start(await outsidePlan(action));
    return { handle, deployment: deploymentOf(await baking(handle)) };
  }

  async function turnHarmful(deployment: Deployment): Promise<void> {
    await rest(GRACE_MS);
    for (const cards of [
      { perArm: 10, candidate: 'accepted' },
      { perArm: 150, candidate: 'dismissed' },
    ] as const) {
      expect((await pushCards(all.events, deployment, cards)).status).toBeLessThan(300);
    }
  }

  async function fault(rule: object | null): Promise<void> {
    const answer = await fetch(
      `${all.organisationUrl}/sandbox/faults`,
      rule === null
        ? { method: 'DELETE' }
        : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(rule) },
    );
    expect(answer.ok).toBe(true);
  }

  const goingBack = (handle: RolloutHandle): Promise<RolloutStatus> =>
    statusWhen(handle, ({ phase }) => phase === 'rollingBack' || phase === 'needsAttention');

  test('terminated in a bake at 50 %: the guardian that the worker has scheduled restores the baseline', async () => {
    const { handle } = await start('Terminated');
    await handle.terminate('a click in the Web UI');
    // Its next turn would come within a minute.
    await all.client.schedule.getHandle('assist-rollouts-guardian').trigger();
    await untilHolds('the baseline serves alone', () => isRestored('Terminated'));
  });

  async function isRestored(action: string): Promise<boolean> {
    const [baseline, candidate] = await Promise.all(
      [BASELINE, CANDIDATE].map((version) => all.hands.find(action, version)),
    );
    return (
      baseline?.enabled === true &&
      baseline.metadata.traffic_split === 100 &&
      candidate?.enabled === false &&
      candidate.metadata.traffic_split === 0
    );
  }

  test.each<[string, string, () => Promise<void>]>([
    [
      'the database',
      'DatabaseAway',
      async () => {
        await postgres().kill();
        await rest(5_000);
        await postgres().start();
      },
    ],
    ['the Temporal server', 'TemporalAway', () => all.restartTemporal(3_000)],
  ])(
    '%s goes away in the middle of a roll back, and comes back: the baseline is restored, and that is said only then',
    async (_, action, away) => {
      const { handle, deployment } = await start(action);
      await fault({ match: PUTS, times: 100_000, status: 503 });
      await turnHarmful(deployment);
      await goingBack(handle);
      await away();
      await fault(null);
      // Not by handle.result(): its long poll ends with the server.
      await untilHolds(
        'the rollout has ended',
        async () => (await handle.describe().catch(() => null))?.status.name === 'COMPLETED',
      );
      expect(await handle.result()).toMatchObject(SAFE);
    },
  );

  test('a worker that slept through its own succession, and was given later attempts asleep, writes nothing stale', async () => {
    await all.hands.create('Asleep', BASELINE);
    // Time to fall asleep in, and shorter than the worker waits for an answer.
    await fault({ match: PUTS, times: 1, delayMs: 4_500 });
    const handle = await all.start(await outsidePlan('Asleep'));
    await untilHolds('the split is being written', async () => (await pendingFaults()) === 0);
    process.kill(worker.pid, 'SIGSTOP');
    await untilHolds('it is given the next attempt, too', () => isGivenAgain(handle));
    await all.startWorker();
    const deployment = deploymentOf(await baking(handle));
    await turnHarmful(deployment);
    const result = await handle.result();
    process.kill(worker.pid, 'SIGCONT');
    expect(result).toMatchObject(SAFE);
    await rest(5_000);
    expect(await isRestored('Asleep')).toBe(true);
  });

  async function isGivenAgain(handle: RolloutHandle): Promise<boolean> {
    const { pendingActivities = [] } = (await handle.describe()).raw;
    return (pendingActivities ?? []).some(
      ({ activityType, attempt, state }) => activityType?.name === 'applySplit' && attempt === 2 && state === STARTED,
    );
  }

  async function pendingFaults(): Promise<number> {
    const { faults } = (await (await fetch(`${all.organisationUrl}/sandbox/faults`)).json()) as { faults: unknown[] };
    return faults.length;
  }
});

function deploymentOf({ deployment }: RolloutStatus): Deployment {
  if (!deployment) throw new Error('Nothing is deployed.');
  return deployment;
}
