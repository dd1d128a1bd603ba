/** After a promotion, for days: what the workflow does with the word of the watch, of a person and of the guardian. */
import { ApplicationFailure } from '@temporalio/common';
import type { Policies } from '../../src/domain/plan/plan.ts';
import { ACT_UPDATES, guardianSignal } from '../../src/workflows/messages.ts';
import type { RolloutStatus } from '../../src/workflows/messages.ts';
import { closedGate } from '../helpers/gate.ts';
import { untilHolds } from '../helpers/patience.ts';
import { pendingWhen } from '../helpers/pending.ts';
import type { Harness, RolloutHandle } from '../helpers/rollout-harness.ts';
import { activitiesOf, quickPlan, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';

let org: ScriptedOrganisation;
let harness: Harness;
const who = { by: 'ana', reason: 'test' };
const hour = 3_600_000;

beforeAll(async () => {
  harness = await startHarness(activitiesOf(() => org));
});
afterAll(() => harness.close());
beforeEach(() => {
  org = new ScriptedOrganisation();
});

describe('the long watch', () => {
  const watched = (forMs: number, policies: Partial<Policies> = {}): Promise<RolloutHandle> =>
    harness.start(quickPlan({ policies: { ...quickPlan().policies, longWatch: { forMs, alpha: 0.01 }, ...policies } }));
  const inLongWatch = (handle: RolloutHandle): Promise<RolloutStatus> =>
    harness.statusWhen(handle, ({ phase }) => phase === 'longWatch');

  test('runs its time, and the rollout ends promoted', async () => {
    const result = await (await watched(1000)).result();
    expect(result).toMatchObject({ outcome: 'promoted', safety: { provenByReadBack: true } });
    expect(org.records.map(({ act }) => act)).toContain('longWatchBegun');
  });

  test('harm takes the version back by itself, days after everybody sees it', async () => {
    const handle = await watched(hour);
    expect(await inLongWatch(handle)).toMatchObject({
      splitPercent: 100,
      canDo: ['advance', 'abort'],
      deadline: { action: 'end the rollout as promoted' },
    });
    org.later = 'harm';
    expect(await handle.result()).toMatchObject({ outcome: 'rolledBack', reason: 'scripted: harm' });
    expect(org.state()).toMatchObject({ effectiveSplitPercent: 0, baseline: { enabled: true, splitPercent: 100 } });
  });

  test('one act undoes it, another ends it', async () => {
    const undone = await watched(hour);
    await inLongWatch(undone);
    await undone.executeUpdate(ACT_UPDATES.abort, { args: [who] });
    expect((await undone.result()).outcome).toBe('rolledBack');
    org = new ScriptedOrganisation();
    const ended = await watched(hour);
    await inLongWatch(ended);
    await ended.executeUpdate(ACT_UPDATES.advance, { args: [who] });
    expect((await ended.result()).outcome).toBe('promoted');
  });

  test('an abort that is taken in the moment of its end takes the version back', async () => {
    const held = closedGate();
    const begun: string[] = [];
    org.before = (activity) => {
      begun.push(activity);
      const isOfAbort = activity === 'authorise' && begun.includes('longWatch');
      return activity === 'longWatch' || isOfAbort ? held.passed() : Promise.resolve();
    };
    const handle = await watched(1);
    await inLongWatch(handle);
    await untilHolds('the watch has begun', () => begun.includes('longWatch'));
    const abort = handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
    await untilHolds('it is asked who aborts', () => begun.lastIndexOf('authorise') > begun.indexOf('longWatch'));
    await harness.withoutWorkflows(async () => {
      held.open();
      await pendingWhen(handle, ({ activities }) => activities.length === 0);
    });
    await abort;
    expect(await handle.result()).toMatchObject({ outcome: 'rolledBack', reason: 'abort by ana: test' });
    expect(org.state()).toMatchObject({ effectiveSplitPercent: 0, baseline: { enabled: true, splitPercent: 100 } });
  });

  test('when the guardian calls, a new watch begins, and says that it sees', async () => {
    const handle = await watched(hour);
    await inLongWatch(handle);
    // The status tells of it before its watch has begun.
    await harness.statusWhen(handle, () => org.longWatches.length === 1);
    await handle.signal(guardianSignal, { kind: 'unwatched', reason: 'paused' });
    await harness.statusWhen(
      handle,
      ({ blindSince }) =>
        blindSince === null && org.records.some(({ act }) => act === 'sighted') && org.longWatches.length > 2,
    );
    expect(org.longWatches.map(({ tellSight }) => tellSight)).toEqual([false, true, false]);
  });

  test('failures that it has seen between are none of each other’s', async () => {
    let calls = 0;
    org.before = async (activity) => {
      if (activity !== 'longWatch') return;
      calls += 1;
      if (calls % 2 === 1 && calls < 9) throw ApplicationFailure.nonRetryable('the database was away for a moment');
    };
    const handle = await watched(hour, { onBlind: { afterMs: 5_000, do: 'rollback' } });
    await harness.statusWhen(handle, ({ blindSince }) => calls >= 9 && blindSince === null);
    expect(org.records.filter(({ act }) => act === 'sighted')).toHaveLength(4);
    await handle.executeUpdate(ACT_UPDATES.advance, { args: [who] });
    expect((await handle.result()).outcome).toBe('promoted');
  });

  test('silence is said and does not end it; a baseline that was switched on again is put off', async () => {
    const handle = await watched(hour);
    await inLongWatch(handle);
    org.later = 'noData';
    await harness.statusWhen(handle, ({ reason }) => reason === 'scripted: noData');
    org.drift = { kind: 'enabled', key: 'on', message: 'the baseline was switched on' };
    await harness.statusWhen(handle, () => org.writes.filter((write) => write === 'retire baseline').length >= 2);
    org.drift = null;
    await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
    expect((await handle.result()).outcome).toBe('rolledBack');
  });
});
