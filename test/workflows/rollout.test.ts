import { ApplicationFailure } from '@temporalio/common';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { Plan } from '../../src/domain/plan/plan.ts';
import type { Distrust } from '../../src/domain/judge/types.ts';
import { ACT_UPDATES, statusQuery } from '../../src/workflows/messages.ts';
import type { Harness, RolloutHandle } from '../helpers/rollout-harness.ts';
import { activitiesOf, quickPlan, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';

let org: ScriptedOrganisation;
let harness: Harness;
const who = { by: 'ana', reason: 'test' };

beforeAll(async () => {
  harness = await startHarness(activitiesOf(() => org));
});
afterAll(() => harness.close());
beforeEach(() => {
  org = new ScriptedOrganisation();
});

const start = (more: Partial<Plan> = {}): Promise<RolloutHandle> => harness.start(quickPlan(more));
const bakeForEver: Plan['steps'] = [
  { kind: 'setSplit', percent: 10 },
  { kind: 'bake', forMs: 3_600_000, atMostMs: 3_600_000, minCards: 0, require: 'noHarm' },
];

test('a safe candidate goes up step by step and is promoted only after the read-back', async () => {
  const result = await (await start()).result();
  expect(result).toMatchObject({ outcome: 'promoted', safety: { provenByReadBack: true } });
  expect(org.writes).toEqual(['deploy', 'split 10', 'split 50', 'split 95', 'split 100', 'retire baseline']);
  expect(org.records.at(-1)?.phase).toBe('promoted');
});

test('each watch is told the slices and the planned end: of a bake that requires safe, until the next bake begins', async () => {
  const slices = { by: ['queue'], times: 2, alpha: 0.01 } as const;
  const handle = await start({
    slices,
    steps: [
      { kind: 'setSplit', percent: 10 },
      { kind: 'bake', forMs: 1, atMostMs: 60_000, minCards: 0, require: 'noHarm' },
      { kind: 'setSplit', percent: 20 },
      { kind: 'bake', forMs: 1, atMostMs: 60_000, minCards: 0, require: 'safe' },
      { kind: 'setSplit', percent: 50 },
      { kind: 'bake', forMs: 1, atMostMs: 90_000, minCards: 0, require: 'safe' },
    ],
    // Long enough for its own watch to begin.
    policies: { ...quickPlan().policies, afterPromotionMs: 3_600_000 },
  });
  await harness.statusWhen(handle, () => org.watches.length === 4);
  await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
  await handle.result();
  const [first, second, third, last] = org.watches;
  expect(org.watches.every((watch) => JSON.stringify(watch.slices) === JSON.stringify(slices))).toBe(true);
  expect(first?.plannedEnd).toBeNull();
  const endOf = (goal: typeof first): number =>
    goal?.goal.kind === 'bake' ? goal.goal.startedAtMs + (goal.goal.atMostMs ?? 0) : 0;
  expect(second?.plannedEnd).toEqual({ atMs: endOf(second), share: 0.5, step: 3 });
  expect(third?.plannedEnd).toEqual({ atMs: endOf(third), share: 0.5, step: 5 });
  expect(last).toMatchObject({ goal: { kind: 'hold' }, plannedEnd: third?.plannedEnd });
});

test('harm rolls back, the split never rises again, and the end is said after the second read-back', async () => {
  org.verdict = 'harm';
  const result = await (await start()).result();
  expect(result).toMatchObject({ outcome: 'rolledBack', reason: 'scripted: harm', safety: { provenByReadBack: true } });
  expect(org.writes).toEqual(['deploy', 'split 10', 'roll back']);
  expect(result.safety?.timeToSafetyMs).toBeGreaterThanOrEqual(1000);
});

test('harm in the last stage, beside the holdback, still rolls back', async () => {
  const handle = await start({ policies: { ...quickPlan().policies, afterPromotionMs: 3_600_000 } });
  await harness.statusWhen(handle, (status) => status.phase === 'promoting' && status.splitPercent === 95);
  org.verdict = 'harm';
  expect((await handle.result()).outcome).toBe('rolledBack');
  expect(org.state()).toMatchObject({ effectiveSplitPercent: 0, covered: true, baseline: { enabled: true } });
});

test.each(['undecided', 'noData', 'untrusted'] as const)('%s never promotes by default', async (verdict) => {
  org.verdict = verdict;
  const handle = await start();
  const stuck = await harness.statusWhen(handle, (status) => status.paused || status.phase === 'held');
  expect(stuck.outcome).toBeNull();
  expect(org.writes).not.toContain('split 100');
  await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
  expect((await handle.result()).outcome).toBe('rolledBack');
});

test.each(['noData', 'untrusted'] as const)('onUndecided promote does not cover %s', async (verdict) => {
  org.verdict = verdict;
  const handle = await start({
    policies: { ...quickPlan().policies, onUndecided: 'promote' },
    steps: [...bakeForEver.slice(0, 1), { kind: 'bake', forMs: 1, atMostMs: 100, minCards: 0, require: 'noHarm' }],
  });
  await harness.statusWhen(handle, (status) => status.paused);
  expect(org.writes).not.toContain('split 100');
  await handle.terminate();
});

test('a resume accepts the distrust that its pause was for: no other kind, not ten times as much, and not after another pause', async () => {
  const handle = await start({ steps: [...bakeForEver, { kind: 'setSplit', percent: 20 }, ...bakeForEver.slice(1)] });
  const act = (name: 'pause' | 'resume' | 'advance') => handle.executeUpdate(ACT_UPDATES[name], { args: [who] });
  const pausedFor = async (...distrust: readonly Distrust[]) => {
    Object.assign(org, { verdict: 'untrusted', distrust });
    await harness.statusWhen(handle, (status) => status.paused && status.reason.startsWith('scripted'));
  };
  await harness.statusWhen(handle, (status) => status.phase === 'baking');
  await act('pause');
  Object.assign(org, { verdict: 'untrusted', distrust: [ratio(6.2)] });
  await act('resume');
  // What a person paused for was nothing of the data's.
  await pausedFor(ratio(6.2));
  await act('resume');
  await harness.statusWhen(handle, (status) => !status.paused);
  await pausedFor(ratio(8.6));
  await act('resume');
  await harness.statusWhen(handle, (status) => !status.paused);
  await pausedFor(ratio(8.6), { kind: 'lostByCandidate', logEvidence: 7 });
  await act('resume');
  await act('advance');
  // What was accepted holds in the step that follows.
  org.distrust = [ratio(9), { kind: 'lostByCandidate', logEvidence: 7.5 }];
  await harness.statusWhen(handle, ({ steps, phase }) => steps[3]?.state === 'running' && phase === 'baking');
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect((await handle.query(statusQuery)).paused).toBe(false);
  await handle.terminate();
});

const ratio = (logEvidence: number): Distrust => ({ kind: 'sampleRatio', logEvidence });

test('a held rollout goes on by itself when the proof arrives', async () => {
  org.verdict = 'undecided';
  const handle = await start();
  await harness.statusWhen(handle, (status) => status.phase === 'held');
  org.verdict = 'safe';
  expect((await handle.result()).outcome).toBe('promoted');
});

test('problems found by preflight end the rollout before anything is written', async () => {
  const activities = org.activities();
  org.activities = () => ({
    ...activities,
    validate: async () => ({
      problems: [{ code: 'csp-eval', severity: 'error', path: 'action.html', message: 'eval', remedy: 'remove it' }],
    }),
  });
  const result = await (await start()).result();
  expect(result).toMatchObject({ outcome: 'rejected' });
  expect(result.reason).toContain('csp-eval');
  expect(org.writes).toEqual([]);
});

test('a refusal of the organisation while deploying rejects, with the reason', async () => {
  org.before = async (name) => {
    if (name === 'deploy')
      throw ApplicationFailure.nonRetryable('missing scope agentassist:action:write', 'GenesysForbidden');
  };
  expect(await (await start()).result()).toMatchObject({
    outcome: 'rejected',
    reason: 'missing scope agentassist:action:write',
  });
});

test('pause holds the split, keeps guardrails live, and resume goes on', async () => {
  // It bakes until it is safe, which the judge says of it only in the pause.
  org.verdict = 'undecided';
  const handle = await start({
    steps: [
      { kind: 'setSplit', percent: 10 },
      { kind: 'bake', forMs: 1, atMostMs: 3_600_000, minCards: 0, require: 'safe' },
    ],
  });
  await harness.statusWhen(handle, (status) => status.phase === 'baking');
  expect((await handle.executeUpdate(ACT_UPDATES.pause, { args: [who] })).paused).toBe(true);
  await harness.statusWhen(handle, () => org.watches.at(-1)?.goal.kind === 'hold');
  org.verdict = 'safe';
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(org.writes).toEqual(['deploy', 'split 10']);
  await handle.executeUpdate(ACT_UPDATES.resume, { args: [who] });
  expect((await handle.result()).outcome).toBe('promoted');
});

test('harm during a pause rolls back without waiting for anybody', async () => {
  const handle = await start({ steps: bakeForEver });
  await harness.statusWhen(handle, (status) => status.phase === 'baking');
  await handle.executeUpdate(ACT_UPDATES.pause, { args: [who] });
  org.verdict = 'harm';
  expect((await handle.result()).outcome).toBe('rolledBack');
});

test('approval goes on; none in time rolls back', async () => {
  const approve = (timeoutMs: number): Plan['steps'] => [
    { kind: 'setSplit', percent: 10 },
    { kind: 'approve', reason: 'leads agree', timeoutMs, onTimeout: 'rollback' },
    { kind: 'bake', forMs: 1, atMostMs: 1000, minCards: 0, require: 'safe' },
  ];
  const approved = await start({ steps: approve(3_600_000) });
  await harness.statusWhen(approved, (status) => status.canDo.includes('approve'));
  await approved.executeUpdate(ACT_UPDATES.approve, { args: [who] });
  expect((await approved.result()).outcome).toBe('promoted');
  org = new ScriptedOrganisation();
  const late = await (await start({ steps: approve(300) })).result();
  expect(late).toMatchObject({ outcome: 'rolledBack', reason: 'Nobody approved within 300 ms: leads agree' });
});

test('advance leaves a bake, promote skips the rest, both on record', async () => {
  const handle = await start({
    steps: [
      ...bakeForEver,
      { kind: 'setSplit', percent: 50 },
      { kind: 'bake', forMs: 3_600_000, atMostMs: 3_600_000, minCards: 0, require: 'safe' },
    ],
  });
  await harness.statusWhen(handle, (status) => status.phase === 'baking');
  await handle.executeUpdate(ACT_UPDATES.advance, { args: [who] });
  const later = await harness.statusWhen(handle, (status) => status.phase === 'baking' && status.splitPercent === 50);
  expect(later.steps[1]?.state).toBe('skipped');
  await handle.executeUpdate(ACT_UPDATES.promote, { args: [who] });
  expect(await handle.result()).toMatchObject({ outcome: 'promoted', reason: 'promote by ana: test' });
  expect(org.records.map((record) => record.act)).toEqual(expect.arrayContaining(['advance', 'promote']));
});

test('an act that makes no sense now, or lacks who and why, is refused with the way out', async () => {
  const handle = await start({ steps: bakeForEver });
  await harness.statusWhen(handle, (status) => status.phase === 'baking');
  const refusal = (update: typeof ACT_UPDATES.approve, given: { by: string; reason: string }): Promise<string> =>
    handle.executeUpdate(update, { args: [given] }).then(
      () => 'accepted',
      (error: unknown) => (error instanceof WorkflowUpdateFailedError ? String(error.cause?.message) : String(error)),
    );
  expect(await refusal(ACT_UPDATES.approve, who)).toContain('Possible now: pause, advance, promote, override, abort');
  expect(await refusal(ACT_UPDATES.abort, { by: 'ana', reason: ' ' })).toContain('"reason"');
  await handle.terminate();
});

test('a second start of the same action is refused while the first runs', async () => {
  const plan = quickPlan({ steps: bakeForEver });
  const first = await harness.start(plan);
  await expect(harness.start(plan)).rejects.toMatchObject({
    name: 'WorkflowExecutionAlreadyStartedError',
    workflowId: first.workflowId,
  });
  await first.terminate();
});

test('after a read-back that differs from what was proven, it rolls back again until both agree', async () => {
  org.verdict = 'harm';
  let meddled = false;
  org.before = async (name) => {
    if (name !== 'confirmQuiet' || meddled) return;
    meddled = true;
    org.candidate = { ...org.candidate, enabled: true, splitPercent: 50 };
  };
  const result = await (await start()).result();
  expect(result.outcome).toBe('rolledBack');
  expect(org.writes.filter((write) => write === 'roll back')).toHaveLength(2);
  expect(org.state().effectiveSplitPercent).toBe(0);
});

test('when the organisation refuses the roll back it says loudly that it needs attention, and goes on trying', async () => {
  org.verdict = 'harm';
  org.before = async (name) => {
    if (name === 'rollBack') throw ApplicationFailure.retryable('permission was revoked', 'RollBackUnfinished');
  };
  const handle = await start();
  const status = await harness.statusWhen(handle, ({ phase }) => phase === 'needsAttention');
  expect(status.outcome).toBeNull();
  expect(status.waitingFor).toMatch(
    /v1\.5\.0 in at most 10 % .* v1\.4\.0 \(b\) enabled with traffic_split 100, then v1\.5\.0 \(c\) traffic_split 0/,
  );
  expect(status.waitingFor).toContain('still trying');
  await handle.terminate();
});
