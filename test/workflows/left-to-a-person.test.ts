/** What leaves a rollout to a person: a spent harm budget, when nobody sees the candidate any more, and an alarm. */
import type { Plan } from '../../src/domain/plan/plan.ts';
import { ACT_UPDATES } from '../../src/workflows/messages.ts';
import type { RolloutStatus } from '../../src/workflows/messages.ts';
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
  org.verdict = 'undecided';
});

function start(action: 'pause' | 'rollback', of: 'step' | 'rollout' = 'step'): Promise<RolloutHandle> {
  const maxCards = { cards: 3, do: action };
  const bake = { kind: 'bake', forMs: 1, atMostMs: hour, minCards: 0, require: 'safe' } as const;
  const steps: Plan['steps'] = [
    { kind: 'setSplit', percent: 10 },
    of === 'step' ? { ...bake, maxCards } : bake,
    { kind: 'setSplit', percent: 40 },
    { ...bake, require: 'noHarm' },
  ];
  const policies = { ...quickPlan().policies, ...(of === 'rollout' && { maxCards }) };
  return harness.start(quickPlan({ steps, policies }));
}
function show(cards: number): void {
  org.cardsAtMs = [...org.cardsAtMs, ...Array.from({ length: cards }, () => Date.now())];
}
const bakingAt = (handle: RolloutHandle, percent: number): Promise<RolloutStatus> =>
  harness.statusWhen(handle, (now) => now.phase === 'baking' && now.splitPercent === percent && !now.paused);
const pausedIn = (handle: RolloutHandle): Promise<RolloutStatus> => harness.statusWhen(handle, ({ paused }) => paused);
const splits = (): string[] => org.writes.filter((write) => write.startsWith('split'));

test('it takes the split back to 0, and a resume shows as many again and no more', async () => {
  const handle = await start('pause');
  await bakingAt(handle, 10);
  show(2);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(splits()).toEqual(['split 10']);
  show(1);
  const paused = await pausedIn(handle);
  expect(paused.splitPercent).toBe(0);
  expect(paused.reason).toContain('Resume goes back to split 10 % for 3 cards more');
  expect(splits()).toEqual(['split 10', 'split 0']);
  await handle.executeUpdate(ACT_UPDATES.resume, { args: [who] });
  await bakingAt(handle, 10);
  show(3);
  await pausedIn(handle);
  expect(splits()).toEqual(['split 10', 'split 0', 'split 10', 'split 0']);
  await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
  expect((await handle.result()).outcome).toBe('rolledBack');
});

test('whoever advances past it gets the split of the plan, and what was shown is accepted', async () => {
  const handle = await start('pause', 'rollout');
  await bakingAt(handle, 10);
  show(3);
  await pausedIn(handle);
  await handle.executeUpdate(ACT_UPDATES.advance, { args: [who] });
  org.verdict = 'safe';
  expect((await handle.result()).outcome).toBe('promoted');
  expect(splits().slice(0, 4)).toEqual(['split 10', 'split 0', 'split 10', 'split 40']);
});

test('harm that was still on its way rolls back: the split never rises again', async () => {
  const handle = await start('pause');
  await bakingAt(handle, 10);
  show(3);
  await pausedIn(handle);
  org.verdict = 'harm';
  expect((await handle.result()).outcome).toBe('rolledBack');
  expect(splits()).toEqual(['split 10', 'split 0']);
});

test('it is spent in a pause for something else, too', async () => {
  const handle = await start('pause');
  await bakingAt(handle, 10);
  await handle.executeUpdate(ACT_UPDATES.pause, { args: [who] });
  show(3);
  const spent = await harness.statusWhen(handle, ({ paused, splitPercent }) => paused && splitPercent === 0);
  expect(spent.phase).toBe('baking');
  await handle.executeUpdate(ACT_UPDATES.resume, { args: [who] });
  await bakingAt(handle, 10);
  await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
  await handle.result();
});

test('or it rolls back, as the plan says', async () => {
  const handle = await start('rollback');
  await bakingAt(handle, 10);
  show(3);
  expect((await handle.result()).outcome).toBe('rolledBack');
});

test('harm of a guardrail that pauses asks a person, rolls nothing back, and is accepted as it is shown', async () => {
  const alarm = (harm: number) => [
    {
      metric: 'dismissalRate' as const,
      mode: 'pause' as const,
      verdict: 'harm' as const,
      baselineValue: 0.2,
      candidateValue: 0.4,
      limit: 0.24,
      logEvidence: { harm, safe: 0 },
      n: { baseline: 900, candidate: 100 },
      sentence: `dismissalRate harm ${harm}.`,
    },
  ];
  const handle = await start('pause');
  await bakingAt(handle, 10);
  org.rows = alarm(5);
  expect((await pausedIn(handle)).splitPercent).toBe(10);
  await handle.executeUpdate(ACT_UPDATES.resume, { args: [who] });
  await bakingAt(handle, 10);
  org.rows = alarm(9);
  await harness.statusWhen(handle, ({ paused, reason }) => paused && reason.startsWith('scripted'));
  await handle.executeUpdate(ACT_UPDATES.resume, { args: [who] });
  org.verdict = 'safe';
  expect((await handle.result()).outcome).toBe('promoted');
});
