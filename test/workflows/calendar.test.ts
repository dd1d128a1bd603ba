import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import type { WatchInput } from '../../src/activities/types.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import {
  ACT_UPDATES,
  CALENDAR_WORKFLOW,
  FREEZE_WORKFLOW,
  ROLLOUTS_QUEUE,
  statusQuery,
} from '../../src/workflows/messages.ts';
import { waitsFor } from '../helpers/pending.ts';
import type { Harness, RolloutHandle } from '../helpers/rollout-harness.ts';
import { activitiesOf, quickPlan, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';

let org: ScriptedOrganisation;
let harness: Harness;
const who = { by: 'ana', reason: 'test' };
const FREEZE = 'closed until Mon 30 Nov 2026 09:00 Europe/Berlin (freeze by ana: peak season)';

beforeAll(async () => {
  harness = await startHarness(activitiesOf(() => org));
});
afterAll(() => harness.close());
beforeEach(() => {
  org = new ScriptedOrganisation();
});

const start = (more: Partial<Plan> = {}): Promise<RolloutHandle> => harness.start(quickPlan(more));
const limited = (more: Partial<Plan['policies']['limits']>) => {
  const { policies } = quickPlan();
  return { policies: { ...policies, limits: { ...policies.limits, ...more } } };
};
/** Closes once the split is there, before the next rise. */
const closeAfter = (percent: number): void => {
  org.before = (activity) => {
    if (activity === 'applySplit' && org.candidate.splitPercent === percent) org.closed = FREEZE;
    return Promise.resolve();
  };
};
const open = (): void => {
  org.before = () => Promise.resolve();
  org.closed = null;
};
const endOf = (watch: WatchInput | undefined): number =>
  watch?.goal.kind === 'bake' ? watch.goal.startedAtMs + watch.goal.forMs : NaN;
const isClosed = ({ waitingFor }: { readonly waitingFor: string }): boolean => waitingFor.includes('change window');

test('a rise waits in its phase for the window, says until when and what then, and goes on when it opens', async () => {
  closeAfter(10);
  const handle = await start();
  const waiting = await harness.statusWhen(handle, isClosed);
  expect(waiting).toMatchObject({
    phase: 'settingSplit',
    splitPercent: 10,
    waitingFor: `the change window: ${FREEZE}; then the organisation to show split 50 %`,
    deadline: { what: 'a change window to open', action: 'roll back' },
  });
  expect(org.writes).toEqual(['deploy', 'split 10']);
  open();
  expect((await handle.result()).outcome).toBe('promoted');
  expect(org.records.map(({ act }) => act)).toEqual(expect.arrayContaining(['windowClosed', 'windowOpened']));
});

test('another reason is told without an end of the wait', async () => {
  closeAfter(10);
  const handle = await start();
  await harness.statusWhen(handle, isClosed);
  org.closed = 'closed (outside officeHours)';
  await harness.statusWhen(handle, ({ waitingFor }) => waitingFor.includes('officeHours'));
  await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
  expect((await handle.result()).outcome).toBe('rolledBack');
});

test('guardrails are live at a closed window: harm rolls back, and nothing of the calendar holds that', async () => {
  closeAfter(10);
  const handle = await start();
  await harness.statusWhen(handle, isClosed);
  org.verdict = 'harm';
  expect((await handle.result()).outcome).toBe('rolledBack');
  expect(org.writes).toEqual(['deploy', 'split 10', 'roll back']);
});

test('promote does not jump over a closed window, nor can anybody advance there; abort and pause work at once', async () => {
  closeAfter(10);
  const handle = await start();
  await harness.statusWhen(handle, isClosed);
  await handle.executeUpdate(ACT_UPDATES.promote, { args: [who] });
  const promoting = await harness.statusWhen(handle, (status) => status.phase === 'promoting' && isClosed(status));
  expect(promoting.canDo).toEqual(expect.arrayContaining(['pause', 'abort']));
  expect(promoting.canDo).not.toContain('advance');
  expect(org.writes).toEqual(['deploy', 'split 10']);
  await handle.executeUpdate(ACT_UPDATES.pause, { args: [who] });
  await harness.statusWhen(handle, ({ paused }) => paused);
  await handle.executeUpdate(ACT_UPDATES.resume, { args: [who] });
  await harness.statusWhen(handle, (status) => !status.paused && isClosed(status));
  await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
  expect((await handle.result()).outcome).toBe('rolledBack');
  expect(org.writes).not.toContain('split 95');
});

test('a window that never opens ends the rollout by the limit of that wait', async () => {
  closeAfter(10);
  const result = await (await start(limited({ windowMs: 300 }))).result();
  expect(result).toMatchObject({ outcome: 'rolledBack', reason: expect.stringContaining('No change window opened') });
});

test('a wait of any length is one activity: history does not grow with it', async () => {
  closeAfter(10);
  const handle = await start();
  await harness.statusWhen(handle, isClosed);
  const length = async (): Promise<number> => (await handle.fetchHistory()).events?.length ?? 0;
  await waitsFor(handle, 'awaitCalendar', 'watch');
  const before = await length();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(await length()).toBe(before);
  await handle.terminate();
});

test('nothing starts in a freeze: it is scheduled, can be aborted, and is rejected at the limit', async () => {
  org.closed = FREEZE;
  const handle = await start();
  const waiting = await harness.statusWhen(handle, isClosed);
  expect(waiting).toMatchObject({
    phase: 'scheduled',
    canDo: ['pause', 'override', 'abort'],
    deadline: { action: 'reject' },
  });
  await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
  expect(await handle.result()).toMatchObject({
    outcome: 'rejected',
    reason: 'Aborted before anything was written, by ana: test',
  });
  expect(org.writes).toEqual([]);
  expect((await (await start(limited({ windowMs: 200 }))).result()).outcome).toBe('rejected');
  const third = await start();
  await harness.statusWhen(third, isClosed);
  open();
  expect((await third.result()).outcome).toBe('promoted');
});

test('a planned start is checked at once, shows the time that is left, and is checked again at its time', async () => {
  let checks = 0;
  org.before = (activity) => {
    if (activity === 'validate') checks += 1;
    return Promise.resolve();
  };
  const handle = await start({ startAt: new Date(Date.now() + 7_000).toISOString().slice(0, 19) + 'Z' });
  const waiting = await harness.statusWhen(handle, ({ phase }) => phase === 'scheduled');
  expect(waiting).toMatchObject({
    canDo: ['pause', 'abort'],
    deadline: { what: 'the planned start', action: 'start' },
  });
  expect([checks, org.writes]).toEqual([1, []]);
  expect((await handle.result()).outcome).toBe('promoted');
  expect(checks).toBe(2);
});

test('a planned start can be aborted; one that is over is now', async () => {
  const handle = await start({ startAt: '2099-01-01T00:00Z' });
  await harness.statusWhen(handle, ({ phase }) => phase === 'scheduled');
  await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
  expect((await handle.result()).outcome).toBe('rejected');
  expect((await (await start({ startAt: '2020-01-01T00:00Z' })).result()).outcome).toBe('promoted');
});

test('a bake of open hours stands while they are closed, with the judge live, and says how much has passed', async () => {
  org.closed = FREEZE;
  org.before = (activity) => {
    // Only the hours are closed here.
    if (activity === 'deploy' || activity === 'applySplit') org.closed = null;
    if (activity === 'watch' && org.candidate.splitPercent === 10 && !closedOnce) org.closed = FREEZE;
    return Promise.resolve();
  };
  let closedOnce = false;
  const handle = await start({
    steps: [
      { kind: 'setSplit', percent: 10 },
      { kind: 'bake', forMs: 6_000, atMostMs: 60_000, minCards: 0, require: 'safe', hours: 'openHours' },
    ],
  });
  const standing = await harness.statusWhen(handle, ({ openHours }) => openHours?.open === false);
  expect(standing).toMatchObject({ phase: 'baking', openHours: { ofMs: 6_000 } });
  // Its watch has no end in sight, however long that takes.
  await harness.statusWhen(handle, () => endOf(org.watches.at(-1)) > Date.now() + 3_600_000);
  expect((await handle.query(statusQuery)).phase).toBe('baking');
  closedOnce = true;
  org.closed = null;
  expect((await handle.result()).outcome).toBe('promoted');
});

describe('the planned end of a bake of open hours', () => {
  const hours = (atMostMs: number): Partial<Plan> => ({
    steps: [
      { kind: 'setSplit', percent: 10 },
      { kind: 'bake', forMs: 1, atMostMs, minCards: 0, require: 'safe', hours: 'openHours' },
    ],
  });
  const plannedEnds = (): readonly unknown[] => [
    ...new Set(org.watches.flatMap(({ plannedEnd }) => (plannedEnd ? [plannedEnd.atMs] : []))),
  ];
  const pauseAndResume = async (handle: RolloutHandle, meanwhile = (): Promise<void> => Promise.resolve()) => {
    await handle.executeUpdate(ACT_UPDATES.pause, { args: [who] });
    await harness.statusWhen(handle, ({ paused }) => paused);
    await meanwhile();
    const before = org.watches.length;
    await handle.executeUpdate(ACT_UPDATES.resume, { args: [who] });
    await harness.statusWhen(handle, ({ paused }) => !paused && org.watches.length > before);
    // Whatever a resume begins with: the bake's own watch, which has a goal.
    await harness.statusWhen(handle, () => org.watches.at(-1)?.goal.kind === 'bake');
  };
  const abort = async (handle: RolloutHandle): Promise<void> => {
    await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
    await handle.result();
  };

  test('is the same after every pause of a bake that is held: nobody asks anew', async () => {
    org.verdict = 'undecided';
    const handle = await start(hours(800));
    await harness.statusWhen(handle, ({ phase }) => phase === 'held');
    for (let again = 0; again < 3; again++) await pauseAndResume(handle);
    expect(plannedEnds()).toHaveLength(1);
    await abort(handle);
  });

  test('is the same after a pause that lay across it', async () => {
    org.verdict = 'undecided';
    const handle = await start(hours(3_000));
    await harness.statusWhen(handle, () => org.watches.some(({ plannedEnd }) => plannedEnd));
    const end = Number(plannedEnds()[0]);
    await pauseAndResume(handle, async () => {
      await harness.statusWhen(handle, () => Date.now() > end);
    });
    await abort(handle);
    expect(plannedEnds()).toEqual([end]);
  });

  test('is not put off by a pause before it', async () => {
    org.verdict = 'undecided';
    const handle = await start(hours(3_600_000));
    await harness.statusWhen(handle, () => org.watches.some(({ plannedEnd }) => plannedEnd));
    await pauseAndResume(handle);
    expect(plannedEnds()).toHaveLength(1);
    await abort(handle);
  });
});

describe('a bake of open hours whose calendar cannot be read', () => {
  const hours: Plan['steps'] = [
    { kind: 'setSplit', percent: 10 },
    { kind: 'bake', forMs: 600_000, atMostMs: 3_600_000, minCards: 0, require: 'safe', hours: 'openHours' },
  ];
  beforeEach(() => {
    const away = ApplicationFailure.retryable('the store is away');
    org.before = (activity) => (activity === 'countHours' ? Promise.reject(away) : Promise.resolve());
  });

  test('is aborted at once', async () => {
    const handle = await start({ steps: hours });
    await harness.statusWhen(handle, ({ phase }) => phase === 'baking');
    await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
    expect(await handle.result()).toMatchObject({ outcome: 'rolledBack', reason: 'abort by ana: test' });
  });

  test('is watched meanwhile: harm goes back', async () => {
    const handle = await start({ steps: hours });
    await harness.statusWhen(handle, ({ phase }) => phase === 'baking');
    org.verdict = 'harm';
    expect(await handle.result()).toMatchObject({ outcome: 'rolledBack', reason: 'scripted: harm' });
  });

  test('goes on when it can be read again', async () => {
    const handle = await start({ steps: hours });
    await harness.statusWhen(handle, ({ phase }) => phase === 'baking' && org.watches.length > 0);
    org.before = () => Promise.resolve();
    await harness.statusWhen(handle, ({ openHours }) => openHours != null);
    await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
    await handle.result();
  });
});

test.each([
  [FREEZE_WORKFLOW, { do: 'thaw' }, '"do" is "thaw"; expected freeze, unfreeze or list.'],
  [FREEZE_WORKFLOW, { do: 'freeze', scope: { kind: 'all' }, by: 'ana', reason: 'x' }, 'Its "until" is no time'],
  [
    FREEZE_WORKFLOW,
    { do: 'freeze', scope: { kind: 'team', name: 'a' }, by: 'ana', reason: 'x' },
    'Its "scope" is none',
  ],
  [FREEZE_WORKFLOW, { do: 'unfreeze', scope: { kind: 'all' }, by: 'ana', reason: ' ' }, '"reason" is empty'],
  [CALENDAR_WORKFLOW, { action: 'A', queues: 'q', windows: null }, 'no question to the calendar'],
  [CALENDAR_WORKFLOW, null, 'no question to the calendar'],
])('whoever starts %s with %j is refused in one sentence', async (workflow, given, message) => {
  const asked = harness.client.workflow.execute(workflow, {
    workflowId: `${workflow}/${randomUUID()}`,
    taskQueue: ROLLOUTS_QUEUE,
    args: [given],
  });
  await expect(asked).rejects.toMatchObject({ cause: { message: expect.stringContaining(message) } });
});
