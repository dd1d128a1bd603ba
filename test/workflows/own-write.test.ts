/** A rollout that pauses before a write of its own is proven does not call what it wrote another hand's. */
import { ApplicationFailure } from '@temporalio/common';
import type { Drift } from '../../src/domain/rollout/drift.ts';
import { driftOf } from '../../src/domain/rollout/drift.ts';
import { ACT_UPDATES } from '../../src/workflows/messages.ts';
import type { RolloutStatus } from '../../src/workflows/messages.ts';
import { refOf } from '../helpers/arms.ts';
import { closedGate, hang } from '../helpers/gate.ts';
import { pendingWhen, waitsFor } from '../helpers/pending.ts';
import type { Harness, RolloutHandle } from '../helpers/rollout-harness.ts';
import { activitiesOf, quickPlan, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';
import { seenVersion } from '../helpers/seen-version.ts';

let org: ScriptedOrganisation;
let harness: Harness;
/** What was said of the split before, of each order to raise it. */
let rises: Parameters<ReturnType<typeof activitiesOf>['applySplit']>[0]['rise'][] = [];
const who = { by: 'ana', reason: 'test' };
const hour = 3_600_000;

beforeAll(async () => {
  const activities = activitiesOf(() => org);
  // As one that was cut off: the organisation has the split, and nobody heard so.
  const unanswered = async <T>(name: string, made: Promise<T>): Promise<T> => {
    const answer = await made;
    await org.before(`${name} is made`);
    return answer;
  };
  harness = await startHarness({
    ...activities,
    applySplit: (input: Parameters<typeof activities.applySplit>[0]) => {
      rises.push(input.rise);
      return unanswered('applySplit', activities.applySplit(input));
    },
    retireBaseline: (input: Parameters<typeof activities.retireBaseline>[0]) =>
      unanswered('retireBaseline', activities.retireBaseline(input)),
  });
});
afterAll(() => harness.close());
beforeEach(() => {
  org = new ScriptedOrganisation();
  rises = [];
});

const changed: Drift = {
  kind: 'baselineContent',
  key: 'content b',
  message: 'the baseline has another html',
  fingerprint: refOf('b', '1.4.0').fingerprint,
};
const rival: Drift = { kind: 'rival', key: 'rival x', message: 'v9 serves', rivals: ['x'] };
const policies = {
  ...quickPlan().policies,
  onDrift: { ...quickPlan().policies.onDrift, baselineContent: 'pause' as const, rival: 'pause' as const },
};
const start = (): Promise<RolloutHandle> =>
  harness.start(
    quickPlan({
      policies,
      steps: [
        { kind: 'setSplit', percent: 10 },
        { kind: 'bake', forMs: hour, atMostMs: hour, minCards: 0, require: 'noHarm' },
      ],
    }),
  );

/** What the watch of the pause would call another hand's, of what the organisation shows. */
async function heldAgainst(
  handle: RolloutHandle,
): Promise<{ readonly status: RolloutStatus; readonly drift: Drift | null }> {
  const status = await harness.statusWhen(handle, ({ paused }) => paused);
  // The watch of the pause is the first to know what the pause is for.
  await harness.statusWhen(handle, () => (org.watches.at(-1)?.knownDrift.length ?? 0) > 0);
  const watch = org.watches.at(-1);
  const shown = (arm: 'candidate' | 'baseline') =>
    seenVersion(arm, 0, { ...org[arm], ...watch?.deployment[arm], group: arm === 'candidate' ? arm : 'control' });
  expect(watch).toMatchObject({ goal: { kind: 'hold' }, expected: { splitPercent: expect.any(Number) as number } });
  return {
    status,
    drift:
      watch?.expected == null
        ? null
        : driftOf({ ...watch.deployment, ...watch.expected }, [shown('candidate'), shown('baseline')]),
  };
}

test('a write that nobody heard of before another hand changed the baseline', async () => {
  const release = hang(org, 'applySplit is made');
  const handle = await start();
  await harness.statusWhen(handle, () => org.watches.length > 0);
  expect(org.writes).toEqual(['deploy', 'split 10']);
  org.drift = changed;
  const { status, drift } = await heldAgainst(handle);
  expect(drift).toBeNull();
  expect(status).toMatchObject({
    splitPercent: 0,
    reason: expect.stringMatching(/split 10 % may be there already, in place of split 0 %/) as string,
  });
  org.before = () => Promise.resolve();
  // Resume takes the baseline as it is.
  org.drift = null;
  release();
  await handle.executeUpdate(ACT_UPDATES.resume, { args: [who] });
  // The status tells of a bake before its watch has begun.
  await harness.statusWhen(
    handle,
    ({ splitPercent, phase }) => splitPercent === 10 && phase === 'baking' && org.watches.at(-1)?.goal.kind === 'bake',
  );
  expect(org.watches.at(-1)?.expected).toEqual({ splitPercent: 10, stage: 'both', acceptedRivals: [] });
  await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
  expect(await handle.result()).toMatchObject({ outcome: 'rolledBack' });
});

test('a rise that a pause gave up is ordered again as one that may stand already', async () => {
  const cut = ApplicationFailure.retryable('the connection was reset');
  org.before = (name) => (name === 'applySplit is made' ? Promise.reject(cut) : Promise.resolve());
  const handle = await start();
  await harness.statusWhen(handle, () => org.writes.includes('split 10'));
  await handle.executeUpdate(ACT_UPDATES.pause, { args: [who] });
  expect(rises.map((rise) => rise?.mayStand)).not.toContain(true);
  org.before = () => Promise.resolve();
  await handle.executeUpdate(ACT_UPDATES.resume, { args: [who] });
  await harness.statusWhen(handle, ({ splitPercent }) => splitPercent === 10);
  expect(rises.at(-1)).toMatchObject({ from: 0, mayStand: true });
  await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
  await handle.result();
});

test('a write that was made, and was not proven for a changed content', async () => {
  let isOver = false;
  org.before = (name) => {
    if (isOver || name !== 'applySplit is made') return Promise.resolve();
    isOver = true;
    return Promise.reject(
      ApplicationFailure.create({ type: 'ContentChanged', nonRetryable: true, details: [changed] }),
    );
  };
  const handle = await start();
  expect((await heldAgainst(handle)).drift).toBeNull();
  await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
  await handle.result();
});

test('a baseline that was switched off before another version was seen to serve', async () => {
  org.rival = rival;
  const handle = await harness.start(quickPlan({ policies }));
  const { drift, status } = await heldAgainst(handle);
  expect(org.baseline.enabled).toBe(false);
  expect(drift).toBeNull();
  expect(status.reason).toContain('the end of the promotion may be there already');
  await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
  await handle.result();
});

test('what a closed calendar did not let was not written', async () => {
  org.closed = 'a freeze';
  org.before = (name) => {
    if (name === 'deploy') org.closed = null;
    if (name === 'applySplit') org.closed = 'a freeze';
    return Promise.resolve();
  };
  const handle = await start();
  await harness.statusWhen(handle, () => org.watches.length > 0);
  expect(org.watches.at(-1)?.expected).toEqual({ splitPercent: 0, stage: 'both', acceptedRivals: [] });
  await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
  await handle.result();
});

describe('a pause while a write would raise the split', () => {
  const refuse = (name: string) => (activity: string) =>
    activity === name ? Promise.reject(ApplicationFailure.retryable('500, for a while')) : Promise.resolve();
  const answers = (): void => {
    org.before = () => Promise.resolve();
  };

  test('holds it: it rises when it is resumed, however soon the organisation answers again', async () => {
    org.before = refuse('applySplit');
    const handle = await start();
    await harness.statusWhen(handle, ({ phase }) => phase === 'settingSplit');
    await handle.executeUpdate(ACT_UPDATES.pause, { args: [who] });
    answers();
    // The watch of the pause is there, and nothing else is on its way.
    await waitsFor(handle, 'watch');
    expect(org.writes).toEqual(['deploy']);
    expect(await harness.statusWhen(handle, () => true)).toMatchObject({ splitPercent: 0, paused: true });
    await handle.executeUpdate(ACT_UPDATES.resume, { args: [who] });
    await harness.statusWhen(handle, ({ phase, splitPercent }) => phase === 'baking' && splitPercent === 10);
    await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
    await handle.result();
  });

  test('holds the end of a promotion as well', async () => {
    org.before = refuse('retireBaseline');
    const handle = await harness.start(quickPlan({ policies }));
    await harness.statusWhen(handle, ({ phase, splitPercent }) => phase === 'promoting' && splitPercent === 95);
    await pendingWhen(handle, ({ activities }) => activities.includes('retireBaseline'));
    await handle.executeUpdate(ACT_UPDATES.pause, { args: [who] });
    answers();
    await waitsFor(handle, 'watch');
    expect(org.baseline.enabled).toBe(true);
    await handle.executeUpdate(ACT_UPDATES.resume, { args: [who] });
    expect(await handle.result()).toMatchObject({ outcome: 'promoted' });
  });

  test.each([
    ['raises the split', 'applySplit'],
    ['ends a promotion', 'retireBaseline'],
  ])('is answered when a write that %s is over, so that nothing rises after the answer', async (_, activity) => {
    const gate = closedGate();
    let isOver = false;
    const handle = await harness.start(quickPlan({ policies }));
    org.before = async (name) => {
      if (name !== activity) return;
      await gate.passed();
      isOver = true;
    };
    await pendingWhen(handle, ({ activities }) => activities.includes(activity));
    const wasOver = handle.executeUpdate(ACT_UPDATES.pause, { args: [who] }).then(() => isOver);
    await harness.statusWhen(handle, ({ paused }) => paused);
    gate.open();
    expect(await wasOver).toBe(true);
    await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
    expect(await handle.result()).toMatchObject({ outcome: 'rolledBack' });
  });
});
