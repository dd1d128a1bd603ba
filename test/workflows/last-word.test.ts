/** A watch that is cancelled says its last word, and nobody who goes back to safety waits for it. */
import type { Plan, Policies } from '../../src/domain/plan/plan.ts';
import { ACT_UPDATES } from '../../src/workflows/messages.ts';
import { hang } from '../helpers/gate.ts';
import type { Harness, RolloutHandle } from '../helpers/rollout-harness.ts';
import { activitiesOf, quickPlan, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';

let org: ScriptedOrganisation;
let harness: Harness;
const who = { by: 'ana', reason: 'stop it' };
const hour = 3_600_000;
const longBake: Plan['steps'] = [
  { kind: 'setSplit', percent: 10 },
  { kind: 'bake', forMs: hour, atMostMs: hour, minCards: 0, require: 'noHarm' },
];

beforeAll(async () => {
  harness = await startHarness(activitiesOf(() => org));
});
afterAll(() => harness.close());
beforeEach(() => {
  org = new ScriptedOrganisation();
});

async function abortInBake(): Promise<RolloutHandle> {
  const handle = await harness.start(quickPlan({ steps: longBake }));
  await harness.statusWhen(handle, ({ phase }) => phase === 'baking' && org.watches.length > 0);
  await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
  return handle;
}

/** Ids of the events that schedule the activity, and of those that end it. */
async function eventsOf(handle: RolloutHandle, activity: string): Promise<{ begun: number[]; over: number[] }> {
  const { events } = await handle.fetchHistory();
  const begun = (events ?? [])
    .filter((event) => event.activityTaskScheduledEventAttributes?.activityType?.name === activity)
    .map(({ eventId }) => Number(eventId));
  const over = (events ?? [])
    .filter((event) => {
      const end =
        event.activityTaskCompletedEventAttributes ??
        event.activityTaskCanceledEventAttributes ??
        event.activityTaskFailedEventAttributes ??
        event.activityTaskTimedOutEventAttributes;
      return end != null && begun.includes(Number(end.scheduledEventId));
    })
    .map(({ eventId }) => Number(eventId));
  return { begun, over };
}

test('a watch that does not hear that it was cancelled delays no roll back', async () => {
  const release = hang(org, 'watch');
  const handle = await abortInBake();
  expect(await handle.result()).toMatchObject({ outcome: 'rolledBack', safety: { provenByReadBack: true } });
  release();
  const [watch, quiet] = [await eventsOf(handle, 'watch'), await eventsOf(handle, 'confirmQuiet')];
  expect(quiet.over).toHaveLength(1);
  expect(watch.over.filter((id) => id < (quiet.over[0] ?? 0))).toEqual([]);
});

test('what a cancelled watch knew last is what the rollout shows', async () => {
  org.lastWord = 'undecided';
  const handle = await abortInBake();
  expect(await handle.result()).toMatchObject({
    outcome: 'rolledBack',
    reason: 'abort by ana: stop it',
    report: { verdict: 'undecided', n: { baseline: 950, candidate: 150 } },
  });
});

/** Somebody ends the last stage while its watch looks. */
async function endLastStage(more: Partial<Policies> = {}): Promise<RolloutHandle> {
  org.lastWord = 'harm';
  const handle = await harness.start(
    quickPlan({ policies: { ...quickPlan().policies, afterPromotionMs: hour, ...more } }),
  );
  await harness.statusWhen(handle, ({ phase }) => phase === 'promoting' && org.watches.at(-1)?.splitPercent === 95);
  await handle.executeUpdate(ACT_UPDATES.advance, { args: [who] });
  return handle;
}

test('harm in the last word of the last stage takes the promotion back', async () => {
  const handle = await endLastStage();
  expect(await handle.result()).toMatchObject({ outcome: 'rolledBack', reason: 'scripted: harm' });
  expect(org.writes).toContain('retire baseline');
  expect(org.state()).toMatchObject({ effectiveSplitPercent: 0, baseline: { enabled: true } });
});

test('harm in a last word that came late takes the promotion back in the long watch', async () => {
  const release = hang(org, 'lastWord');
  const handle = await endLastStage({ longWatch: { forMs: hour, alpha: 0.01 } });
  await harness.statusWhen(handle, ({ phase }) => phase === 'longWatch');
  release();
  expect(await handle.result()).toMatchObject({ outcome: 'rolledBack', reason: 'scripted: harm' });
});
