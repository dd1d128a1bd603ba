/** The run and its record do not remember the same: a backup of one was restored without the other. */
import { ApplicationFailure } from '@temporalio/common';
import type { TransitionRecord } from '../../src/activities/types.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { PAST_DIFFERS } from '../../src/domain/rollout/past.ts';
import type { HistoryBehind, PastDiffers } from '../../src/domain/rollout/past.ts';
import { ACT_UPDATES } from '../../src/workflows/messages.ts';
import type { RolloutStatus } from '../../src/workflows/messages.ts';
import type { Harness, RolloutHandle } from '../helpers/rollout-harness.ts';
import { activitiesOf, quickPlan, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';

let org: ScriptedOrganisation;
let written: TransitionRecord[];
let harness: Harness;
const who = { by: 'ana', reason: 'test' };
const hour = 3_600_000;

beforeAll(async () => {
  const activities = activitiesOf(() => org);
  harness = await startHarness({
    ...activities,
    record: async (entries: readonly TransitionRecord[]) => {
      await activities.record(entries);
      written.push(...entries);
    },
  });
});
afterAll(() => harness.close());
beforeEach(() => {
  org = new ScriptedOrganisation();
  written = [];
});

const BEHIND: PastDiffers = { kind: 'databaseBehind', message: 'the database was restored', lastSeq: -7 };
const FORGOTTEN: HistoryBehind = {
  kind: 'historyBehind',
  message: 'Temporal was restored',
  highest: 90,
  end: null,
  isPromoted: false,
};
const ended = (outcome: 'promoted' | 'rolledBack' | null): HistoryBehind => ({
  ...FORGOTTEN,
  end: { phase: outcome ?? 'terminated', outcome, reason: 'as it was', atMs: Date.parse('2026-03-01T12:00:00Z') },
});

/** The activity is refused so, once. */
function refuse(activity: string, differs: PastDiffers): void {
  let isOver = false;
  org.before = (name) => {
    if (isOver || name !== activity) return Promise.resolve();
    isOver = true;
    return Promise.reject(ApplicationFailure.nonRetryable(differs.message, PAST_DIFFERS, differs));
  };
}

const steps = (percent: number): Plan['steps'] => [
  { kind: 'setSplit', percent },
  { kind: 'bake', forMs: hour, atMostMs: hour, minCards: 0, require: 'noHarm' },
];
const start = (plan: Partial<Plan> = {}): Promise<RolloutHandle> =>
  harness.start(quickPlan({ steps: steps(10), ...plan }));
const paused = (handle: RolloutHandle): Promise<RolloutStatus> => harness.statusWhen(handle, (status) => status.paused);
const numberOf = ({ key }: TransitionRecord): number => Number(key.split('/')[1]);

test('a database that was set back holds the split, with the guardrails live, until a person resumes', async () => {
  refuse('watch', BEHIND);
  const handle = await start();
  expect(await paused(handle)).toMatchObject({ splitPercent: 10, reason: 'the database was restored' });
  await harness.statusWhen(handle, () => org.watches.length > 1);
  const [before, after] = org.watches;
  expect(after).toMatchObject({ startSeq: -7, goal: { kind: 'hold' } });
  expect(before).toMatchObject({ startSeq: 0, past: { rolloutId: handle.firstExecutionRunId } });
  // What was lost is not asked for again.
  expect(after?.past?.lostTo).toBeGreaterThanOrEqual(before?.past?.told ?? Infinity);
  org.verdict = 'harm';
  expect(await handle.result()).toMatchObject({ outcome: 'rolledBack' });
  const told = written.filter(({ act }) => act === 'setBack' || act === 'autoPaused');
  expect(told.map(({ act, reason }) => [act, reason])).toEqual([
    ['setBack', 'the database was restored'],
    ['autoPaused', 'the database was restored'],
  ]);
  // The row may be gone, and with it plan and deployment.
  expect(told[0]?.registered).toMatchObject({ plan: { apiVersion: 'assist-rollouts/v1' }, deployment: {} });
  expect(told[1]?.message).toMatchObject({ event: 'paused', severity: 'warning' });
});

test('nothing rises on it before somebody has resumed', async () => {
  refuse('applySplit', BEHIND);
  const handle = await start();
  expect(await paused(handle)).toMatchObject({ splitPercent: 0 });
  expect(org.writes).toEqual(['deploy']);
  await handle.executeUpdate(ACT_UPDATES.resume, { args: [who] });
  await harness.statusWhen(handle, ({ splitPercent }) => splitPercent === 10);
  await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
  expect(await handle.result()).toMatchObject({ outcome: 'rolledBack' });
});

test('a run that had gone on before rolls back, and takes no number of its record twice', async () => {
  refuse('watch', FORGOTTEN);
  const handle = await start();
  expect(await handle.result()).toMatchObject({ outcome: 'rolledBack', reason: FORGOTTEN.message });
  expect(org.writes).toEqual(['deploy', 'split 10', 'roll back']);
  const numbers = written.map(numberOf);
  const at = written.findIndex(({ act }) => act === 'setBack');
  expect(numbers.slice(at)).toEqual(numbers.slice(at).map((_, i) => 91 + i));
  expect(Math.max(...numbers.slice(0, at))).toBeLessThan(90);
});

test.each(['promoted', 'rolledBack'] as const)(
  'a run that had ended as %s ends so again, and writes nothing: whatever asks',
  async (outcome) => {
    for (const activity of ['deploy', 'applySplit', 'watch']) {
      refuse(activity, ended(outcome));
      const handle = await start();
      expect(await handle.result()).toMatchObject({ outcome, splitPercent: outcome === 'promoted' ? 100 : 0 });
      expect(await handle.query<RolloutStatus>('status')).toMatchObject({ phase: outcome, outcome });
      expect(org.writes.filter((write) => write === 'roll back' || write === 'retire baseline')).toEqual([]);
      // Its row keeps the end that it has.
      expect(written.filter((entry) => entry.outcome !== null)).toMatchObject([
        { act: 'setBack', isNoRollout: true, key: `${handle.firstExecutionRunId}/91`, message: { event: 'setBack' } },
      ]);
      written = [];
    }
  },
);

test('so does one that comes back in the middle of its roll back, for others may have gone on since', async () => {
  refuse('rollBack', ended('rolledBack'));
  org.verdict = 'harm';
  const handle = await start();
  expect(await handle.result()).toMatchObject({ outcome: 'rolledBack' });
  expect(org.writes).toEqual(['deploy', 'split 10']);
});

test('one that was ended from outside fails, and leaves what is shown to the guardian', async () => {
  refuse('watch', ended(null));
  const handle = await start();
  await expect(handle.result()).rejects.toMatchObject({ cause: { type: PAST_DIFFERS } });
  expect(org.writes).toEqual(['deploy', 'split 10']);
});

test('what was promoted and watched on stays: it was proven', async () => {
  refuse('watch', { ...FORGOTTEN, isPromoted: true });
  const handle = await start();
  expect(await handle.result()).toMatchObject({ outcome: 'promoted' });
  expect(org.writes).toEqual(['deploy', 'split 10']);
});
