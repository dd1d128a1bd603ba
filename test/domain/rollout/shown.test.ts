import { claimed } from '../../../src/domain/identity/decide.ts';
import type { Actor } from '../../../src/domain/identity/actor.ts';
import { takeAs } from '../../../src/domain/rollout/act-refusal.ts';
import type { Act } from '../../../src/domain/rollout/acts.ts';
import { unfit } from '../../../src/domain/rollout/acts.ts';
import type { RolloutEvent } from '../../../src/domain/rollout/events.ts';
import { shownOptions } from '../../../src/domain/rollout/shown.ts';
import type { RolloutState } from '../../../src/domain/rollout/state.ts';
import { initialState } from '../../../src/domain/rollout/state.ts';
import { apply } from '../../../src/domain/rollout/transition.ts';
import { NOON } from '../../helpers/events.ts';

const after = (...events: readonly RolloutEvent[]) =>
  events.reduce((state, event) => apply(state, event, NOON), initialState());
const byAna: RolloutEvent = { kind: 'acted', act: 'pause', by: 'ana', reason: 'lunch' };
const goneOn: RolloutEvent = { kind: 'acted', act: 'resume', by: 'ana', reason: 'back' };
const silent: RolloutEvent = { kind: 'autoPaused', cause: 'noData', reason: 'No card has come.' };

const person = { by: 'ana', reason: 'it is over' };
const why = (state: ReturnType<typeof after>, act: Act, given: object): string | null => {
  const taken = takeAs(state, act, { ...person, ...given }, { actor: claimed('ana'), nowMs: NOON, steps: [] });
  return 'why' in taken ? taken.why : null;
};

test('an act that names its pause is refused when another came between, and taken when none did', () => {
  const state = after(byAna, goneOn, silent);
  for (const act of ['resume', 'advance', 'promote'] as const)
    expect(why(state, act, { pause: 1 })).toBe(
      `Cannot ${act}: it is paused since for another reason (pause 2): No card has come. Look at the status, and ${act} ` +
        'anew if you mean that one.',
    );
  expect(why(state, 'resume', { pause: 2 })).toBeNull();
  expect(why(state, 'resume', {})).toBeNull();
  // Nothing is accepted where somebody else has resumed already.
  expect(why(after(byAna, goneOn), 'advance', { pause: 0 })).toBeNull();
});

test('a pause that comes while one is waited out is another one', () => {
  expect(why(after(byAna, silent), 'resume', { pause: 1 })).toContain('(pause 2): No card has come.');
});

test('an act for all resumes what a person paused, and nothing that the engine has a reason for', () => {
  expect(why(after(byAna), 'resume', { pause: 'person' })).toBeNull();
  expect(why(after(silent), 'resume', { pause: 'person' })).toContain('a reason of its own: No card has come.');
});

test('an act that names its step is for no other', () => {
  const state = after({ kind: 'stepStarted', step: 5 });
  for (const act of ['approve', 'withdraw', 'advance'] as const) {
    expect(why(state, act, { step: 3 })).toContain('step 6 is at hand, and it is about step 3');
    expect(why(state, act, { step: 6 })).toBeNull();
  }
  expect(why(state, 'promote', { step: 3 }) ?? '').not.toContain('is at hand');
});

test.each([{ pause: -1 }, { pause: '2' }, { pause: 1.5 }, { pause: null }, { step: 0 }, { step: 'x' }])(
  'what is no number of a pause or a step is refused: %j',
  (given) => {
    expect(unfit('resume', { ...person, ...given })).toMatch(
      /^Cannot resume: "(pause|step)" is .*; expected the number/,
    );
  },
);

test('what a person types names the pause and the step', () => {
  const at = { paused: true, pauses: 3, steps: [{ state: 'done' }, { state: 'running' }] };
  expect(shownOptions('resume', at)).toBe(' --pause 3');
  expect(shownOptions('advance', at)).toBe(' --step 2 --pause 3');
  expect(shownOptions('approve', at)).toBe(' --step 2');
  expect(shownOptions('abort', at)).toBe('');
});

test('who leaves the last bake of what is not proven promotes it, and so takes an approver', () => {
  const operator: Actor = { by: 'kim', verifiedBy: 'key', subject: 'k', groups: [], roles: ['operator'] };
  const steps = [
    { kind: 'setSplit' },
    { kind: 'bake' },
    { kind: 'approve' },
    { kind: 'bake' },
    { kind: 'notify' },
  ] as const;
  const refusal = (step: number, actor: Actor, phase: RolloutState['phase'] = 'baking'): string | null => {
    const state: RolloutState = { ...initialState(), phase, step };
    const taken = takeAs(state, 'advance', person, { actor, nowMs: NOON, steps });
    return 'why' in taken ? taken.why : null;
  };
  expect(refusal(1, operator)).toBeNull();
  expect(refusal(3, operator)).toMatch(/^Cannot advance: .* not proven .*takes an approver; kim has only operator\.$/);
  expect(refusal(5, operator, 'promoting')).toContain('takes an approver');
  expect(refusal(5, operator, 'longWatch')).toBeNull();
  expect(refusal(3, { ...operator, roles: ['operator', 'approver'] })).toBeNull();
});
