/** What holds of a rollout's state whatever happens to it, in any order. */
import fc from 'fast-check';
import type { JudgeReport } from '../../../src/domain/judge/types.ts';
import { ACTS } from '../../../src/domain/rollout/acts.ts';
import type { Deployment } from '../../../src/domain/rollout/deployment.ts';
import type { Drift } from '../../../src/domain/rollout/drift.ts';
import type { RolloutEvent } from '../../../src/domain/rollout/events.ts';
import { initialState } from '../../../src/domain/rollout/state.ts';
import type { RolloutState } from '../../../src/domain/rollout/state.ts';
import { apply } from '../../../src/domain/rollout/transition.ts';
import { statusOf } from '../../../src/domain/rollout/view.ts';
import { fingerprintOf, refOf } from '../../helpers/arms.ts';

const who = { by: 'ana', reason: 'because' };
const deployment: Deployment = {
  target: 'agentAssistActions',
  actionName: 'Card',
  baseline: refOf('b', '1.4.0'),
  candidate: refOf('c', '1.5.0'),
};
const changed: Drift = {
  kind: 'baselineContent',
  key: 'b',
  message: 'changed',
  fingerprint: { ...fingerprintOf('b'), html: 'other' },
};
const report = (verdict: JudgeReport['verdict']): JudgeReport => ({
  verdict,
  reason: verdict,
  guardrails: [],
  n: { baseline: 1, candidate: 1 },
});
const wait = { what: 'x', ms: 100, action: 'roll back', stopsInPause: true };

const EVENTS: readonly RolloutEvent[] = [
  ...ACTS.map((act): RolloutEvent => ({ kind: 'acted', act, ...who })),
  ...(['baking', 'held', 'promoting', 'rollingBack'] as const).map((phase): RolloutEvent => ({
    kind: 'entered',
    phase,
    waitingFor: 'y',
  })),
  { kind: 'opened', opened: { startSeq: 1, startedAtMs: 1 } },
  { kind: 'deployed', deployment },
  { kind: 'splitProven', percent: 10, atMs: 3 },
  { kind: 'splitProven', percent: 50, atMs: 4 },
  { kind: 'judged', report: report('safe') },
  { kind: 'judged', report: report('harm'), seen: ['x:harm'], firstCandidateCardAtMs: 2 },
  { kind: 'autoPaused', reason: 'z', cause: 'noData' },
  { kind: 'autoPaused', reason: 'z', cause: changed },
  { kind: 'blinded', reason: 'away' },
  { kind: 'sighted' },
  { kind: 'baselineAsked', drift: changed },
  { kind: 'promotionBegun' },
  { kind: 'aloneProven', atMs: 9 },
  { kind: 'standstillBegun' },
  { kind: 'waitBegun', wait },
  { kind: 'waitOver', what: 'x' },
  { kind: 'writeBegun', rises: true },
  { kind: 'writeBegun', rises: true, written: { splitPercent: 30, stage: 'both' } },
  { kind: 'writeNotMade' },
  { kind: 'writeAnswered' },
];

const timeline = fc
  .array(fc.tuple(fc.constantFrom(...EVENTS), fc.nat(50)), { maxLength: 40 })
  .map((steps) =>
    steps.reduce<[RolloutEvent, number][]>((all, [event, ms]) => [...all, [event, (all.at(-1)?.[1] ?? 0) + ms]], []),
  );

function each(holds: (before: RolloutState, after: RolloutState, atMs: number) => boolean): void {
  fc.assert(
    fc.property(timeline, (steps) => {
      let state = Object.freeze(initialState());
      return steps.every(([event, atMs]) => {
        const before = state;
        state = Object.freeze(apply(before, event, atMs));
        return holds(before, state, atMs);
      });
    }),
  );
}

test('what was deployed stays deployed, harm stays proven, and who asked to abort has asked', () =>
  each(
    (before, after) =>
      (before.deployment === null || after.deployment !== null) &&
      (!before.harmed || after.harmed) &&
      (before.request?.kind !== 'abort' || after.request?.kind === 'abort') &&
      (before.firstCandidateCardAtMs === null || before.firstCandidateCardAtMs === after.firstCandidateCardAtMs),
  ));

test('it stands only while it is paused, a pause has a cause, and it never stood longer than there was time', () =>
  each(
    (before, after, atMs) =>
      (after.standsSinceMs === null || after.paused) &&
      after.paused === (after.pausedFor !== null) &&
      after.stoodMs >= before.stoodMs &&
      after.stoodMs <= atMs,
  ));

test('nothing is promoted after harm', () =>
  each((before, after) => !before.harmed || before.promoted || !after.promoted));

const at = (events: readonly (readonly [number, RolloutEvent])[]): RolloutState =>
  events.reduce((state, [atMs, event]) => apply(state, event, atMs), initialState());
const deadlineAt = (state: RolloutState): string | null | undefined =>
  statusOf({ workflowId: 'w', rolloutId: 'r', action: 'Card', version: '1.5.0', steps: [], startedAtMs: 0 }, state)
    .deadline?.at;
const pause: RolloutEvent = { kind: 'acted', act: 'pause', ...who };
const resume: RolloutEvent = { kind: 'acted', act: 'resume', ...who };

test('a deadline stands with the rollout, and moves by as long as it stood; another runs on', () => {
  const begun = at([
    [1000, { kind: 'waitBegun', wait }],
    [1020, pause],
    [1030, { kind: 'standstillBegun' }],
  ]);
  expect(deadlineAt(begun)).toBeUndefined();
  expect(deadlineAt(apply(begun, resume, 1080))).toBe(new Date(1150).toISOString());
  const other = { ...wait, what: 'a person to resume', ms: 500, stopsInPause: false };
  expect(deadlineAt(apply(begun, { kind: 'waitBegun', wait: other }, 1040))).toBe(new Date(1540).toISOString());
});

test('the deadline shown is the nearest, and of two waits for the same the inner one ends first', () => {
  const two = at([
    [0, { kind: 'waitBegun', wait: { ...wait, ms: 900 } }],
    [10, { kind: 'waitBegun', wait: { ...wait, ms: 300 } }],
  ]);
  expect(deadlineAt(two)).toBe(new Date(310).toISOString());
  expect(deadlineAt(apply(two, { kind: 'waitOver', what: 'x' }, 20))).toBe(new Date(900).toISOString());
});

test.each(['resume', 'advance', 'promote', 'abort'] as const)(
  'whoever is shown a changed baseline in a pause and says %s takes it as it was shown',
  (act) => {
    const paused = at([
      [0, { kind: 'deployed', deployment }],
      [1, { kind: 'autoPaused', reason: 'changed', cause: changed }],
    ]);
    expect(apply(paused, { kind: 'acted', act, ...who }, 2).deployment?.baseline?.fingerprint).toEqual(
      changed.fingerprint,
    );
  },
);

test('a pause for something else takes no content, nor does another drift', () => {
  for (const cause of ['person', { ...changed, kind: 'candidateContent' }] as const) {
    const paused = at([
      [0, { kind: 'deployed', deployment }],
      [1, { kind: 'autoPaused', reason: 'changed', cause }],
    ]);
    expect(apply(paused, resume, 2).deployment).toEqual(deployment);
  }
});

test('a resume goes on without a look that is refused; once one was let, a refusal is news again', () => {
  const unseen: Drift = { kind: 'unseen', key: 'unseen', message: 'refused' };
  const resumed = at([
    [0, { kind: 'autoPaused', reason: 'refused', cause: unseen }],
    [1, { kind: 'acted', act: 'resume', ...who }],
    [2, { kind: 'autoPaused', reason: 'z', cause: 'noData' }],
    [3, { kind: 'acted', act: 'resume', ...who }],
  ]);
  expect(resumed.knownDrift).toEqual(['unseen']);
  expect(apply(resumed, { kind: 'looked' }, 4).knownDrift).toEqual([]);
});

test('the proof of a promotion is of the first time, and none is kept that harm has overtaken', () => {
  const alone = at([[0, { kind: 'aloneProven', atMs: 5 }]]);
  expect(alone).toMatchObject({ promoted: true, splitSinceMs: 5, safety: { provenByReadBack: true } });
  expect(apply(alone, { kind: 'aloneProven', atMs: 50 }, 50).splitSinceMs).toBe(5);
  const harmed = at([
    [0, { kind: 'judged', report: report('harm') }],
    [1, { kind: 'aloneProven', atMs: 5 }],
  ]);
  expect(harmed).toMatchObject({ promoted: false, safety: null });
});

test('a roll back is safe only once it was read back a second time', () => {
  const restored = at([
    [0, { kind: 'judged', report: report('harm'), firstCandidateCardAtMs: 2 }],
    [9, { kind: 'restoreProven', atMs: 8, decidedAtMs: 5 }],
  ]);
  expect(restored.safety).toMatchObject({ provenByReadBack: false, timeToSafetyMs: 6, reactionMs: 3 });
  expect(apply(restored, { kind: 'quietProven', isRestored: true }, 10).safety?.provenByReadBack).toBe(true);
  expect(apply(restored, { kind: 'quietProven', isRestored: false }, 10).safety).toBeNull();
});

test('a promotion is decided on what was known as it began', () => {
  const decided = at([
    [0, { kind: 'judged', report: report('safe') }],
    [1, { kind: 'acted', act: 'promote', ...who }],
    [2, { kind: 'promotionBegun' }],
    [3, { kind: 'judged', report: report('undecided') }],
  ]);
  expect(decided).toMatchObject({
    request: null,
    decision: { report: { verdict: 'safe' }, reason: 'promote by ana: because' },
  });
});
