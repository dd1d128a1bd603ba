/** What happens outside of the workflow, or is sent to it by anybody: it is told, judged and survived. */
import { ApplicationFailure } from '@temporalio/common';
import type { Plan, Policies } from '../../src/domain/plan/plan.ts';
import type { Drift } from '../../src/domain/rollout/drift.ts';
import {
  ACT_UPDATES,
  actSignal,
  guardianSignal,
  ROLLOUT_WORKFLOW,
  ROLLOUTS_QUEUE,
  rolloutWorkflowId,
} from '../../src/workflows/messages.ts';
import type { RolloutStatus } from '../../src/workflows/messages.ts';
import { fingerprintOf } from '../helpers/arms.ts';
import { hang } from '../helpers/gate.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import { waitsFor } from '../helpers/pending.ts';
import type { Harness, RolloutHandle } from '../helpers/rollout-harness.ts';
import { activitiesOf, quickPlan, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';

let org: ScriptedOrganisation;
let harness: Harness;
const who = { by: 'ana', reason: 'test' };
const hour = 3_600_000;
const split = { kind: 'setSplit', percent: 10 } as const;
const longBake: Plan['steps'] = [split, { kind: 'bake', forMs: hour, atMostMs: hour, minCards: 0, require: 'noHarm' }];

beforeAll(async () => {
  harness = await startHarness(activitiesOf(() => org));
});
afterAll(() => harness.close());
beforeEach(() => {
  org = new ScriptedOrganisation();
});

const start = (more: Partial<Plan> = {}, policies: Partial<Policies> = {}): Promise<RolloutHandle> =>
  harness.start(quickPlan({ steps: longBake, ...more, policies: { ...quickPlan().policies, ...policies } }));
const baking = (handle: RolloutHandle): Promise<RolloutStatus> =>
  harness.statusWhen(handle, ({ phase, splitPercent }) => phase === 'baking' && splitPercent === 10);
const pausedIn = (handle: RolloutHandle): Promise<RolloutStatus> => harness.statusWhen(handle, ({ paused }) => paused);
const changed = (html: string): Drift => ({
  kind: 'baselineContent',
  key: `baseline ${html}`,
  message: 'the baseline has another html',
  fingerprint: { ...fingerprintOf('b'), html },
});

/** As any client may, whatever the types say. */
function send(handle: RolloutHandle, signal: { readonly name: string }, payload: unknown): Promise<void> {
  return handle.signal(signal.name, ...((payload === undefined ? [] : [payload]) as never[]));
}

/** Another hand has written into the baseline: the organisation shows it, and a roll back meets it. */
function baselineHolds(html: string): Drift {
  const drift = changed(html);
  org.changedBaseline = drift;
  org.baseline = { ...org.baseline, fingerprint: drift.fingerprint ?? org.baseline.fingerprint };
  return drift;
}

describe('junk', () => {
  test.each([
    [undefined],
    [null],
    [5],
    ['x'],
    [[]],
    [{}],
    [{ name: 'promote', ...who }],
    [{ name: 'abort' }],
    [{ name: { a: 1 }, by: 7, reason: [] }],
  ])('the signal act with %j is left alone, and the harm after it is heard', async (payload) => {
    const handle = await start();
    await baking(handle);
    await send(handle, actSignal, payload);
    await send(handle, guardianSignal, payload);
    org.verdict = 'harm';
    expect(await handle.result()).toMatchObject({ outcome: 'rolledBack', reason: 'scripted: harm' });
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['a number', 5],
    ['no plan', { startedBy: 'ana' }],
    ['a plan of nothing', { plan: {}, startedBy: 'ana' }],
    ['a plan without guardrails', { plan: { ...quickPlan(), guardrails: [] }, startedBy: 'ana' }],
    ['an unknown step', { plan: { ...quickPlan(), steps: [split, { kind: 'notify' }] }, startedBy: 'ana' }],
    ['an unknown target', { plan: { ...quickPlan(), target: { kind: 'other' } }, startedBy: 'ana' }],
    ['the name of the engine', { plan: quickPlan(), startedBy: 'engine' }],
  ])('a rollout started with %s is rejected before anything is done', async (name, input) => {
    const handle = await harness.client.workflow.start(ROLLOUT_WORKFLOW, {
      workflowId: `rollout/${name}`,
      taskQueue: ROLLOUTS_QUEUE,
      args: input === undefined ? [] : [input],
    });
    expect(await handle.result()).toMatchObject({
      outcome: 'rejected',
      reason: expect.stringContaining('refused') as string,
    });
    expect(org.writes).toEqual([]);
  });

  test('under another workflow id than its action has, a rollout is rejected: two of one action would not know of each other', async () => {
    const handle = await harness.client.workflow.start(ROLLOUT_WORKFLOW, {
      workflowId: 'mine',
      taskQueue: ROLLOUTS_QUEUE,
      args: [{ plan: quickPlan(), startedBy: 'ana' }],
    });
    expect(await handle.result()).toMatchObject({
      outcome: 'rejected',
      reason: expect.stringContaining('expected rollout/Card') as string,
    });
    expect(org.writes).toEqual([]);
  });
});

describe('drift', () => {
  const swapped: Drift = {
    kind: 'candidateContent',
    key: 'swapped',
    message: 'v1.5.0 (c), the candidate, has another html',
  };
  const moved: Drift = { kind: 'split', key: 'moved', message: 'The organisation shows 60 %' };

  test.each<[string, Plan['steps'], (handle: RolloutHandle) => Promise<unknown>]>([
    ['in a bake', longBake, baking],
    [
      'in an approval',
      [split, { kind: 'approve', reason: 'leads', timeoutMs: 604_800_000, onTimeout: 'hold' }, ...longBake.slice(1)],
      (handle) => harness.statusWhen(handle, ({ phase }) => phase === 'awaitingApproval'),
    ],
    [
      'in a pause',
      longBake,
      async (handle) => {
        await baking(handle);
        await handle.executeUpdate(ACT_UPDATES.pause, { args: [who] });
      },
    ],
  ])('a swapped candidate is rolled back %s', async (_, steps, reached) => {
    const handle = await start({ steps });
    await reached(handle);
    org.drift = swapped;
    expect(await handle.result()).toMatchObject({
      outcome: 'rolledBack',
      reason: 'ContentChanged: v1.5.0 (c), the candidate, has another html',
    });
  });

  test('a changed baseline asks for a person; a resume goes on with it as it was shown', async () => {
    const handle = await start();
    await baking(handle);
    org.drift = changed('fixed');
    const status = await pausedIn(handle);
    expect(status.reason).toMatch(
      /^ContentChanged: the baseline has another html .*Resume goes on with the baseline as it now is/,
    );
    org.drift = null;
    await handle.executeUpdate(ACT_UPDATES.resume, { args: [who] });
    await harness.statusWhen(
      handle,
      ({ paused, deployment }) => !paused && deployment?.baseline?.fingerprint.html === 'fixed',
    );
    await handle.terminate();
  });

  test('an abort of that pause goes back to it as it was shown', async () => {
    const handle = await start();
    await baking(handle);
    org.drift = baselineHolds('fixed');
    await pausedIn(handle);
    await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
    expect((await handle.result()).outcome).toBe('rolledBack');
    expect(org.rollBacks.map(({ deployment }) => deployment.baseline?.fingerprint.html)).toEqual(['fixed']);
  });

  test('a roll back onto a baseline that nobody accepted asks, and an abort is the answer', async () => {
    const handle = await start();
    await baking(handle);
    baselineHolds('foreign');
    org.verdict = 'harm';
    const status = await harness.statusWhen(handle, ({ canDo }) => canDo.includes('abort'));
    const asked =
      status.phase === 'needsAttention'
        ? status
        : await harness.statusWhen(handle, ({ phase }) => phase === 'needsAttention');
    expect(asked).toMatchObject({ outcome: null, canDo: ['abort'] });
    expect(asked.waitingFor).toContain('not raised to 100 % by itself');
    expect(org.writes).not.toContain('roll back');
    await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
    expect((await handle.result()).outcome).toBe('rolledBack');
    // The last attempt of before, which may not ask, may still come: it is refused.
    const last = org.rollBacks.findLast(({ mayAsk }) => mayAsk);
    expect(last?.deployment.baseline?.fingerprint.html).toBe('foreign');
    expect(org.writes.filter((write) => write === 'roll back')).toHaveLength(1);
  });

  test('a moved split is put back, three times; then a person is asked, and a resume puts it back', async () => {
    const handle = await start();
    await baking(handle);
    org.drift = moved;
    expect((await pausedIn(handle)).reason).toContain('put right 3 times already');
    expect(org.writes.filter((write) => write === 'split 10')).toHaveLength(4);
    org.drift = null;
    await handle.executeUpdate(ACT_UPDATES.resume, { args: [who] });
    await harness.statusWhen(
      handle,
      ({ paused }) => !paused && org.writes.filter((write) => write === 'split 10').length === 5,
    );
    await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
    await handle.result();
    expect(org.records.map(({ act }) => act)).toContain('drifted');
  });

  test('a resume goes on without a look that the organisation refuses', async () => {
    const handle = await start();
    await baking(handle);
    org.drift = { kind: 'unseen', key: 'unseen', message: 'Drift cannot be watched: 403' };
    expect((await pausedIn(handle)).reason).toContain('resume alone goes on without a look');
    const before = org.watches.length;
    await handle.executeUpdate(ACT_UPDATES.resume, { args: [who] });
    const anew = () => org.watches.slice(before).findLast(({ acceptDistrust }) => acceptDistrust !== 'all');
    await harness.statusWhen(handle, ({ paused }) => !paused && anew() !== undefined);
    expect(anew()?.knownDrift).toEqual(['unseen']);
    await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
    await handle.result();
    expect(org.records.filter(({ act }) => act === 'autoPaused')).toHaveLength(1);
  });

  test('who pauses while a resume puts the split back pauses all that waits', async () => {
    const handle = await start({}, { onDrift: { ...quickPlan().policies.onDrift, split: 'pause' } });
    await baking(handle);
    org.drift = moved;
    await pausedIn(handle);
    org.drift = null;
    const release = hang(org, 'applySplit');
    await handle.executeUpdate(ACT_UPDATES.resume, { args: [who] });
    await handle.executeUpdate(ACT_UPDATES.pause, { args: [who] });
    release();
    const stood = await harness.statusWhen(handle, ({ deadline }) => deadline?.what === 'a person to resume');
    expect(stood).toMatchObject({ paused: true, phase: 'baking' });
    await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
    await handle.result();
  });

  test('conversations without a card wait for nobody: what cannot be put right three times is rolled back', async () => {
    const handle = await start();
    await baking(handle);
    org.drift = { ...moved, uncovered: true };
    expect(await handle.result()).toMatchObject({
      outcome: 'rolledBack',
      reason: expect.stringContaining('see no card') as string,
    });
    expect(org.writes.filter((write) => write === 'split 10')).toHaveLength(4);
  });

  test('each drift in a pause that a person made is told, once', async () => {
    const handle = await start();
    await baking(handle);
    await handle.executeUpdate(ACT_UPDATES.pause, { args: [who] });
    org.drift = {
      kind: 'rival',
      key: 'rival x',
      message: 'Another version of the action serves: v2',
      rivals: ['x candidate 5'],
    };
    await harness.statusWhen(handle, ({ reason }) => reason.startsWith('Another version'));
    org.drift = null;
    await handle.executeUpdate(ACT_UPDATES.resume, { args: [who] });
    await harness.statusWhen(
      handle,
      ({ paused }) => !paused && org.watches.at(-1)?.expected?.acceptedRivals.includes('x candidate 5') === true,
    );
    await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
    await handle.result();
    expect(org.records.filter(({ act }) => act === 'autoPaused')).toHaveLength(1);
  });
});

describe('nobody can look', () => {
  const blind = { onBlind: { afterMs: 1500, do: 'rollback' } } as const;
  const fail = (): void => {
    org.before = (name) => (name === 'watch' ? Promise.reject(new Error('the database is away')) : Promise.resolve());
  };

  test('for as long as the plan allows: the candidate is taken back, and the reason is said', async () => {
    fail();
    const result = await (await start({}, blind)).result();
    expect(result).toMatchObject({
      outcome: 'rolledBack',
      reason: expect.stringMatching(/^No judge that can act has looked since .*the database is away$/) as string,
    });
  });

  test('or a person is asked, if the plan says so; once a watch works again all goes on', async () => {
    fail();
    const handle = await start({}, { onBlind: { afterMs: 1500, do: 'pause' } });
    expect((await pausedIn(handle)).blindSince).not.toBeNull();
    org.before = () => Promise.resolve();
    expect((await harness.statusWhen(handle, ({ blindSince }) => blindSince === null)).paused).toBe(true);
    await handle.executeUpdate(ACT_UPDATES.resume, { args: [who] });
    await harness.statusWhen(handle, ({ paused }) => !paused);
    await handle.terminate();
  });

  test('a watch that works again in time leaves no trace but the record of it', async () => {
    fail();
    const handle = await start({}, { onBlind: { afterMs: hour, do: 'rollback' } });
    await harness.statusWhen(handle, ({ blindSince }) => blindSince !== null);
    org.before = () => Promise.resolve();
    expect(await harness.statusWhen(handle, ({ blindSince }) => blindSince === null)).toMatchObject({
      phase: 'baking',
      paused: false,
      outcome: null,
    });
    await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
    await handle.result();
    expect(org.records.map(({ act }) => act)).toEqual(expect.arrayContaining(['blinded', 'sighted']));
  });

  test('as the guardian sees it: a new watch is started at once', async () => {
    // Its first word may take a while, and nothing is to be taken back for that.
    const handle = await start({}, { onBlind: { afterMs: hour, do: 'rollback' } });
    await baking(handle);
    await harness.statusWhen(handle, () => org.watches.length === 1);
    await handle.signal(guardianSignal, { kind: 'unwatched', reason: 'the watch is paused' });
    await harness.statusWhen(handle, ({ blindSince }) => org.watches.length > 1 && blindSince === null);
    org.isRestoring = true;
    await handle.signal(guardianSignal, { kind: 'restored', reason: 'nobody watched' });
    expect(await handle.result()).toMatchObject({ outcome: 'rolledBack', reason: 'abort by guardian: nobody watched' });
  });
});

describe('a signal that anybody can send', () => {
  const restored = { kind: 'restored', reason: 'give up' } as const;

  test('of a recovery that is not on record changes nothing, and is said', async () => {
    org.verdict = 'undecided';
    const handle = await start();
    await baking(handle);
    for (let sent = 0; sent < 20; sent += 1) await handle.signal(guardianSignal, restored);
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end && refusals().length === 0;)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await harness.statusWhen(handle, () => true)).toMatchObject({ outcome: null, splitPercent: 10 });
    expect(refusals()).toMatchObject([
      {
        actor: 'someone, through Temporal',
        reason: expect.stringContaining('no such recovery is on record') as string,
      },
    ]);
    await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
    expect(await handle.result()).toMatchObject({ reason: expect.stringContaining('abort by ana') as string });
  });

  test('is believed when no record can be read: the way leads back to safety', async () => {
    org.verdict = 'undecided';
    const handle = await start();
    await baking(handle);
    const away = ApplicationFailure.nonRetryable('the store is away');
    org.before = (name) => (name === 'isRestoring' ? Promise.reject(away) : Promise.resolve());
    await handle.signal(guardianSignal, restored);
    expect(await handle.result()).toMatchObject({ outcome: 'rolledBack', reason: 'abort by guardian: give up' });
  });

  test('calls one new watch, however often it is sent', async () => {
    org.verdict = 'undecided';
    const handle = await start();
    await baking(handle);
    await harness.statusWhen(handle, () => org.watches.length === 1);
    for (let sent = 0; sent < 20; sent += 1)
      await handle.signal(guardianSignal, { kind: 'unwatched', reason: 'look again' });
    await harness.statusWhen(handle, ({ blindSince }) => org.watches.length > 1 && blindSince === null);
    await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
    await handle.result();
    expect(org.records.filter(({ act }) => act === 'blinded')).toHaveLength(1);
    expect(org.watches.length).toBeLessThan(5);
  });

  const refusals = () => org.records.filter(({ act }) => act === 'refused');
});

describe('every wait ends', () => {
  test('what a person paused for themselves accepts nothing: missing data pause it anew', async () => {
    const handle = await start();
    await baking(handle);
    await handle.executeUpdate(ACT_UPDATES.pause, { args: [who] });
    await handle.executeUpdate(ACT_UPDATES.resume, { args: [who] });
    org.verdict = 'noData';
    expect((await pausedIn(handle)).reason).toBe('scripted: noData');
    await handle.executeUpdate(ACT_UPDATES.resume, { args: [who] });
    await harness.statusWhen(handle, ({ paused }) => !paused && typeof org.watches.at(-1)?.acceptSilence === 'number');
    await handle.terminate();
  });

  test('a pause stops the clock of a bake', async () => {
    const startedAtMs = (): number => {
      const goal = org.watches.at(-1)?.goal;
      return goal?.kind === 'bake' ? goal.startedAtMs : NaN;
    };
    const handle = await start();
    await harness.statusWhen(handle, () => startedAtMs() > 0);
    const before = startedAtMs();
    await handle.executeUpdate(ACT_UPDATES.pause, { args: [who] });
    await harness.statusWhen(handle, () => Number.isNaN(startedAtMs()));
    await new Promise((resolve) => setTimeout(resolve, 500));
    await handle.executeUpdate(ACT_UPDATES.resume, { args: [who] });
    await harness.statusWhen(handle, () => startedAtMs() > 0);
    expect(startedAtMs()).toBeGreaterThanOrEqual(before + 500);
    await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
    await handle.result();
  });

  test('a pause that nobody ends is rolled back, and its limit is shown', async () => {
    const pausing = async (pauseMs: number): Promise<RolloutHandle> => {
      const handle = await start({}, { limits: { ...quickPlan().policies.limits, pauseMs } });
      await baking(handle);
      expect((await handle.executeUpdate(ACT_UPDATES.pause, { args: [who] })).paused).toBe(true);
      return handle;
    };
    const shown = await pausing(hour);
    const { deadline } = await harness.statusWhen(shown, (now) => now.deadline?.what === 'a person to resume');
    expect(deadline).toMatchObject({ action: 'roll back' });
    await shown.executeUpdate(ACT_UPDATES.abort, { args: [who] });
    await shown.result();
    expect(await (await pausing(500)).result()).toMatchObject({
      outcome: 'rolledBack',
      reason: expect.stringContaining('Nobody resumed within the limit') as string,
    });
  });

  test('an approval that times out on hold is held, said and can still be given', async () => {
    const handle = await start({
      steps: [
        split,
        { kind: 'approve', reason: 'leads', timeoutMs: 300, onTimeout: 'hold' },
        { kind: 'bake', forMs: 1, atMostMs: 1000, minCards: 0, require: 'safe' },
      ],
    });
    const held = await harness.statusWhen(handle, ({ phase }) => phase === 'held');
    expect(held).toMatchObject({
      reason: 'Nobody approved within 300 ms: leads',
      waitingFor: 'approval, which is overdue: leads (0 of 1 approval)',
    });
    await handle.executeUpdate(ACT_UPDATES.approve, { args: [who] });
    expect((await handle.result()).outcome).toBe('promoted');
  });

  test('a hold that neither proof nor a person ends is rolled back', async () => {
    org.verdict = 'undecided';
    const limits = { ...quickPlan().policies.limits, heldMs: 800 };
    expect(
      await (
        await start(
          { steps: [split, { kind: 'bake', forMs: 50, atMostMs: 100, minCards: 0, require: 'safe' }] },
          { limits },
        )
      ).result(),
    ).toMatchObject({ outcome: 'rolledBack', reason: expect.stringContaining('Neither proof nor a person') as string });
  });

  test('a preflight that never ends is rejected', async () => {
    const release = hang(org, 'validate');
    const limits = { ...quickPlan().policies.limits, prepareMs: 800 };
    expect(await (await start({}, { limits })).result().finally(release)).toMatchObject({
      outcome: 'rejected',
      reason: expect.stringContaining('within their limit') as string,
    });
  });

  test('a split that the organisation never shows is rolled back', async () => {
    const release = hang(org, 'applySplit');
    const limits = { ...quickPlan().policies.limits, splitMs: 800 };
    expect(await (await start({}, { limits })).result().finally(release)).toMatchObject({
      outcome: 'rolledBack',
      reason: expect.stringContaining('split 10 %') as string,
    });
  });

  test.each([
    ['validate', 'rejected'],
    ['deploy', 'rejected'],
    ['applySplit', 'rolledBack'],
  ])('a pause while %s is under way ends by a limit: nothing waits for ever', async (activity, outcome) => {
    const release = hang(org, activity);
    const limits = { ...quickPlan().policies.limits, prepareMs: 6000, splitMs: 60_000, pauseMs: 6000 };
    const handle = await start({}, { limits });
    await harness.statusWhen(
      handle,
      ({ canDo, phase }) =>
        canDo.includes('pause') &&
        phase === { validate: 'validating', deploy: 'deploying', applySplit: 'settingSplit' }[activity],
    );
    // Its answer waits for a write that hangs.
    await handle.signal(actSignal, { name: 'pause', ...who });
    const { deadline } = await harness.statusWhen(handle, ({ paused }) => paused);
    expect(deadline).not.toBeNull();
    expect((await handle.result().finally(release)).outcome).toBe(outcome);
  });

  test('a roll back that is refused again and again costs no history', async () => {
    org.verdict = 'harm';
    let refused = 0;
    org.before = async (name) => {
      if (name !== 'rollBack' || refused >= 8) return;
      refused += 1;
      throw new Error('403');
    };
    const handle = await start();
    await harness.statusWhen(handle, () => refused >= 3);
    // What led there is on record only then.
    await waitsFor(handle, 'rollBack');
    const before = (await handle.describe()).historyLength;
    await harness.statusWhen(handle, () => refused >= 6);
    expect((await handle.describe()).historyLength).toBe(before);
    expect((await handle.result()).outcome).toBe('rolledBack');
  });
});

test('the last stage does not end by itself while nobody looks', async () => {
  org.before = (name) =>
    name === 'watch' && org.state().effectiveSplitPercent === 95
      ? Promise.reject(new Error('the database is away'))
      : Promise.resolve();
  const plan = quickPlan({
    policies: { ...quickPlan().policies, afterPromotionMs: 10_000, onBlind: { afterMs: 20_000, do: 'rollback' } },
  });
  expect(await (await harness.start(plan)).result()).toMatchObject({
    outcome: 'rolledBack',
    reason: expect.stringContaining('No judge that can act') as string,
  });
});

test('harm beside the holdback takes the promotion back; the deciding report stays the shown one', async () => {
  const result = await (await harness.start(quickPlan())).result();
  expect(result).toMatchObject({ outcome: 'promoted', reason: 'scripted: safe', report: { verdict: 'safe' } });
  const handle = await harness.start(quickPlan({ policies: { ...quickPlan().policies, afterPromotionMs: hour } }));
  await harness.statusWhen(handle, ({ phase, splitPercent }) => phase === 'promoting' && splitPercent === 95);
  org.verdict = 'harm';
  expect(await handle.result()).toMatchObject({ outcome: 'rolledBack', reason: 'scripted: harm' });
});

test("the id of a rollout is its action's", () => {
  expect(rolloutWorkflowId('RefundAssist')).toBe('rollout/RefundAssist');
});
