import fc from 'fast-check';
import { initialState } from '../../../src/domain/rollout/state.ts';
import type { RolloutState } from '../../../src/domain/rollout/state.ts';
import type { Phase } from '../../../src/domain/rollout/status.ts';
import type { Act, RolloutEvent } from '../../../src/domain/rollout/transition.ts';
import { apply, possibleActs, refusal } from '../../../src/domain/rollout/transition.ts';

const ACTS: readonly Act[] = ['pause', 'resume', 'approve', 'advance', 'promote', 'abort'];
const ALIVE: readonly Phase[] = ['validating', 'deploying', 'settingSplit', 'baking', 'awaitingApproval', 'held', 'promoting'];
const who = { by: 'ana', reason: 'because' };
const inPhase = (phase: Phase, more: Partial<RolloutState> = {}): RolloutState => ({ ...initialState(), phase, ...more });

test.each(ALIVE)('abort is possible while %s', (phase) => {
  expect(refusal(inPhase(phase), 'abort', who)).toBeNull();
});

test.each<Phase>(['promoted', 'rolledBack', 'rejected', 'rollingBack', 'needsAttention'])('nothing can be done while %s', (phase) => {
  for (const act of ACTS) expect(refusal(inPhase(phase), act, who)).toMatch(/Cannot/);
});

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
  expect(refusal(inPhase('awaitingApproval', { approved: true }), 'approve', who)).not.toBeNull();
});

test('abort wins over promote, whichever comes last', () => {
  const acts = (...names: Act[]): RolloutState => names.reduce((state, act) => apply(state, { kind: 'acted', act, ...who }), inPhase('baking'));
  expect(acts('abort', 'promote').request?.kind).toBe('abort');
  expect(acts('promote', 'abort').request?.kind).toBe('abort');
});

test('whatever people do, the harm seen is never forgotten and an abort never undone', () => {
  const act = fc.constantFrom(...ACTS).map((name): RolloutEvent => ({ kind: 'acted', act: name, ...who }));
  const harmed = inPhase('baking', { harmed: true, request: { kind: 'abort', ...who } });
  fc.assert(fc.property(fc.array(act), (events) => {
    const state = events.reduce(apply, harmed);
    return state.harmed && state.request?.kind === 'abort' && possibleActs(state).length === 0;
  }));
});

test('a new split makes silence news again', () => {
  const resumed = apply(inPhase('baking', { paused: true }), { kind: 'acted', act: 'resume', ...who });
  expect(resumed.accepted.noData).toBe(true);
  expect(apply(resumed, { kind: 'splitProven', percent: 50 }).accepted).toEqual({ noData: false, untrusted: true });
});
