/** Machines whose clocks are hours off, either way: harm is found all the same, and a bake is as long as its plan says. */
import { join } from 'node:path';
import { campaignPlan } from '../../bench/campaign/plans.ts';
import { startTraffic } from '../../bench/campaign/traffic.ts';
import type { Traffic } from '../../bench/campaign/traffic.ts';
import { loadJudgeState } from '../../src/store/judge-states.ts';
import { ACT_UPDATES, statusQuery } from '../../src/workflows/messages.ts';
import type { RolloutStatus } from '../../src/workflows/messages.ts';
import { describeSharedPostgres } from '../helpers/database.ts';
import { untilHolds } from '../helpers/outside.ts';
import { openPatiently } from '../helpers/patient-store.ts';
import type { Processes } from '../helpers/processes.ts';
import { startProcesses } from '../helpers/processes.ts';
import type { RolloutHandle } from '../helpers/rollout-harness.ts';

jest.setTimeout(400_000);

const HOUR_MS = 3_600_000;

/** Of a process whose clock is shifted before its own code is loaded. */
function off(hours: number): Readonly<Record<string, string>> {
  const shift = join(__dirname, '../../dist/bench/campaign/doomed-process.js');
  return { NODE_OPTIONS: `--require ${shift}`, CAMPAIGN_CLOCK_OFF_MS: String(hours * HOUR_MS) };
}

describeSharedPostgres('clocks that are hours off', (postgres) => {
  let parts: Processes | null = null;
  let traffic: Traffic | null = null;
  afterEach(async () => {
    await traffic?.stop();
    await parts?.close();
    [traffic, parts] = [null, null];
  });

  async function play(kind: 'harmful' | 'aborted', worker: number, events: number): Promise<RolloutHandle> {
    parts = await startProcesses(postgres(), off(events));
    const { hands, observer } = parts;
    await parts.startWorker({ env: off(worker) });
    const plan = await campaignPlan(kind, `Clocks ${kind}`, '');
    const { name } = plan.action;
    await hands.create(name, '1.4.0');
    const { url: eventsUrl, secret } = parts.events;
    traffic = startTraffic({ eventsUrl, secret }, (action) => observer.versions(action));
    traffic.add({ action: name, isHarmful: kind === 'harmful' });
    return parts.start(plan);
  }

  test('a worker far behind and an events service far ahead: harm is found, and rolled back', async () => {
    const handle = await play('harmful', -5, 5);
    expect(await handle.result()).toMatchObject({
      outcome: 'rolledBack',
      reason: expect.stringMatching(/harm/),
      safety: { provenByReadBack: true },
    });
  });

  test('a worker far ahead and an events service far behind: no bake is over before its time', async () => {
    const handle = await play('aborted', 5, -5);
    const status = (): Promise<RolloutStatus> => handle.query(statusQuery);
    await untilHolds('it bakes at 50 %', async () => {
      const now = await status();
      expect(now).toMatchObject({ outcome: null });
      return now.phase === 'baking' && now.splitPercent === 50;
    });
    const db = await openPatiently(parts?.databaseUrl ?? '');
    const judgedTo = async (): Promise<number> => (await loadJudgeState(db, handle.firstExecutionRunId))?.cursor ?? 0;
    try {
      const from = await judgedTo();
      await untilHolds('more is judged', async () => (await judgedTo()) > from + 100);
    } finally {
      await db.close();
    }
    expect(await status()).toMatchObject({ phase: 'baking', splitPercent: 50 });
    await handle.executeUpdate(ACT_UPDATES.abort, { args: [{ by: 'ana', reason: 'seen enough' }] });
    expect(await handle.result()).toMatchObject({ outcome: 'rolledBack', reason: 'abort by ana: seen enough' });
  });
});
