import fc from 'fast-check';
import type { JudgeReport } from '../../../src/domain/judge/types.ts';
import { claimed } from '../../../src/domain/identity/decide.ts';
import type { Person } from '../../../src/domain/rollout/approvals.ts';
import { initialState } from '../../../src/domain/rollout/state.ts';
import type { Accepted, PauseCause, RolloutState } from '../../../src/domain/rollout/state.ts';
import type { Phase } from '../../../src/domain/rollout/status.ts';
import type { Act } from '../../../src/domain/rollout/acts.ts';
import { ACTS, possibleActs } from '../../../src/domain/rollout/acts.ts';
import { refusal } from './refusal.ts';
import type { RolloutEvent } from '../../../src/domain/rollout/events.ts';
import { apply as applyAt } from '../../../src/domain/rollout/transition.ts';

const ALIVE: readonly Phase[] = [
  'validating',
  'deploying',
  'settingSplit',
  'baking',
  'awaitingApproval',
  'held',
  'promoting',
];
const who = { by: 'ana', reason: 'because' };
const apply = (state: RolloutState, event: RolloutEvent): RolloutState => applyAt(state, event, 7);
const acted = (act: Act): RolloutEvent => ({ kind: 'acted', act, ...who });
const inPhase = (phase: Phase, more: Partial<RolloutState> = {}): RolloutState => ({
  ...initialState(),
  phase,
  ...more,
});

test.each(ALIVE)('abort is possible while %s', (phase) => {
  expect(refusal(inPhase(phase), 'abort', who)).toBeNull();
});

test.each<Phase>(['promoted', 'rolledBack', 'rejected', 'rollingBack', 'needsAttention'])(
  'nothing can be done while %s',
  (phase) => {
    for (const act of ACTS) expect(refusal(inPhase(phase), act, who)).toMatch(/Cannot/);
  },
);

test.each(ACTS)('%s is refused without who or why', (act) => {
  expect(refusal(inPhase('baking'), act, { by: '', reason: 'x' })).toContain('"by"');
  expect(refusal(inPhase('baking'), act, { by: 'ana' })).toContain('"reason"');
});

test('after harm nobody can advance or promote', () => {
  const harmed = inPhase('baking', { harmed: true });
  expect(refusal(harmed, 'advance', who)).toContain('proven harm');
  expect(refusal(harmed, 'promote', who)).toContain('proven harm');
  expect(refusal(harmed, 'abort', who)).toBeNull();
});

test('approve is possible only while an approval is awaited, and once', () => {
  expect(refusal(inPhase('baking'), 'approve', who)).toContain('Possible now');
  expect(refusal(inPhase('awaitingApproval'), 'approve', who)).toBeNull();
  const asked = (given: readonly Person[]): Partial<RolloutState> => ({
    approvals: [{ step: 0, reason: 'leads', by: [], count: 1, notStarter: false, given }],
  });
  expect(refusal(inPhase('awaitingApproval', asked([])), 'approve', who)).toBeNull();
  expect(refusal(inPhase('awaitingApproval', asked([claimed('ana')])), 'approve', who)).not.toBeNull();
});

test('abort wins over promote, whichever comes last', () => {
  const acts = (...names: Act[]): RolloutState =>
    names.reduce((state, act) => apply(state, acted(act)), inPhase('baking'));
  expect(acts('abort', 'promote').request?.kind).toBe('abort');
  expect(acts('promote', 'abort').request?.kind).toBe('abort');
});

test('whatever people do, the harm seen is never forgotten and an abort never undone', () => {
  const act = fc.constantFrom(...ACTS).map(acted);
  const harmed = inPhase('baking', { harmed: true, request: { kind: 'abort', ...who } });
  fc.assert(
    fc.property(fc.array(act), (events) => {
      const state = events.reduce(apply, harmed);
      return state.harmed && state.request?.kind === 'abort' && possibleActs(state).length === 0;
    }),
  );
});

test.each<[PauseCause, Partial<Accepted>]>([
  ['person', {}],
  ['noData', { silenceAtMs: 7 }],
  ['untrusted', { distrust: [{ kind: 'sampleRatio', logEvidence: 9, by: 'ana', atMs: 7, times: 1 }] }],
  ['blind', {}],
  [{ kind: 'rival', key: 'r', message: 'another', rivals: ['x candidate 5'] }, { rivals: ['x candidate 5'] }],
  [{ kind: 'candidateContent', key: 'c', message: 'swapped' }, {}],
])('a resume of a pause for %j accepts what it was for, and nothing else', (cause, accepted) => {
  const report: JudgeReport = {
    verdict: 'untrusted',
    reason: '',
    guardrails: [],
    n: { baseline: 1, candidate: 1 },
    distrust: [{ kind: 'sampleRatio', logEvidence: 9 }],
  };
  const resumed = apply(inPhase('baking', { paused: true, pausedFor: cause, report }), acted('resume'));
  expect(resumed).toMatchObject({
    paused: false,
    pausedFor: null,
    accepted: { silenceAtMs: null, distrust: [], rivals: [], ...accepted },
  });
});

test('distrust is accepted by its kind and counted: another kind is none of it, a second time takes its place', () => {
  const paused = (...distrust: NonNullable<JudgeReport['distrust']>): RolloutState =>
    inPhase('baking', {
      paused: true,
      pausedFor: 'untrusted',
      report: { verdict: 'untrusted', reason: '', guardrails: [], n: { baseline: 1, candidate: 1 }, distrust },
    });
  const once = apply(paused({ kind: 'sampleRatio', logEvidence: 9 }), acted('resume'));
  const both = [
    { kind: 'sampleRatio', logEvidence: 12 },
    { kind: 'lostByBaseline', logEvidence: 8 },
  ] as const;
  const twice = apply({ ...paused(...both), accepted: once.accepted }, acted('resume'));
  expect(twice.accepted.distrust).toMatchObject([
    { kind: 'sampleRatio', logEvidence: 12, times: 2 },
    { kind: 'lostByBaseline', logEvidence: 8, times: 1 },
  ]);
  expect(apply(twice, { kind: 'splitProven', percent: 50, atMs: 9 }).accepted.distrust).toEqual(
    twice.accepted.distrust,
  );
});

test('whoever lets a silence pass lets those metrics pass that were missing then', () => {
  const row = (metric: 'latency' | 'showRate', verdict: 'noData' | 'safe') =>
    ({ metric, mode: 'enforce', verdict }) as unknown as JudgeReport['guardrails'][number];
  const resumeWith = (cards: number) =>
    apply(
      inPhase('baking', {
        paused: true,
        pausedFor: 'noData',
        report: {
          verdict: 'noData',
          reason: '',
          guardrails: [row('latency', 'noData'), row('showRate', 'safe')],
          n: { baseline: 300, candidate: cards },
        },
      }),
      acted('resume'),
    ).accepted.missing;
  expect(resumeWith(300)).toEqual(['latency']);
  // So few cards tell of no missing metric, and nobody was shown one.
  expect(resumeWith(20)).toEqual([]);
});

test('a new split makes silence news again', () => {
  const resumed = apply(inPhase('baking', { paused: true, pausedFor: 'noData' }), acted('resume'));
  expect(apply(resumed, { kind: 'splitProven', percent: 50, atMs: 7 }).accepted).toMatchObject({
    silenceAtMs: null,
    missing: [],
  });
});

test('an overdue approval is held and can still be given, but not be stepped over', () => {
  const overdue = apply(inPhase('awaitingApproval', { asksApproval: true }), {
    kind: 'entered',
    phase: 'held',
    waitingFor: 'approval, which is overdue',
  });
  expect(possibleActs(overdue)).toContain('approve');
  expect(possibleActs(overdue)).not.toContain('advance');
  expect(possibleActs(apply(inPhase('baking'), { kind: 'entered', phase: 'held', waitingFor: 'proof' }))).toContain(
    'advance',
  );
});

test('while a roll back asks about a changed baseline, only an abort answers, and the answer ends the question', () => {
  const asked = apply(inPhase('needsAttention'), {
    kind: 'baselineAsked',
    drift: { kind: 'baselineContent', key: 'b', message: 'changed' },
  });
  expect(possibleActs(asked)).toEqual(['abort']);
  expect(apply(asked, acted('abort')).changedBaseline).toBeNull();
});

test.each<Phase>(['promoting', 'longWatch'])('%s can be left early and undone', (phase) => {
  expect(possibleActs(inPhase(phase))).toEqual([
    ...(phase === 'promoting' ? ['pause', 'advance', 'override'] : ['advance']),
    'abort',
  ]);
  expect(possibleActs(inPhase(phase, { paused: true, harmed: true }))).toEqual(['resume', 'abort']);
});

test('who rolls back waits for nobody to resume', () => {
  const back = apply(inPhase('baking', { paused: true, pausedFor: 'noData' }), {
    kind: 'entered',
    phase: 'rollingBack',
    waitingFor: 'the baseline',
  });
  expect(back).toMatchObject({ paused: false, pausedFor: null });
});

describe('what a write may have left there', () => {
  const written = { splitPercent: 25, stage: 'both' } as const;
  const begun = apply(inPhase('settingSplit'), { kind: 'writeBegun', rises: true, written });

  test('stands until it is proven, whatever was answered, or was not made', () => {
    expect(apply(begun, { kind: 'writeAnswered' }).unproven).toEqual(written);
    for (const proof of [
      { kind: 'splitProven', percent: 25, atMs: 9 },
      { kind: 'aloneProven', atMs: 9 },
      { kind: 'writeNotMade' },
    ] as const)
      expect(apply(begun, proof).unproven).toBeNull();
  });

  test('is what the last write serves; one that changes nothing of that leaves it', () => {
    expect(apply(begun, { kind: 'writeBegun', rises: true }).unproven).toEqual(written);
    const again = { splitPercent: 10, stage: 'both' } as const;
    expect(apply(begun, { kind: 'writeBegun', rises: true, written: again }).unproven).toEqual(again);
  });
});
