import type { UndoFacts } from '../../../src/domain/registry/plan-undo.ts';
import { planUndo } from '../../../src/domain/registry/plan-undo.ts';
import type { TargetKind } from '../../../src/domain/plan/target-schema.ts';
import type { SeenVersion } from '../../../src/domain/split/seen-version.ts';
import { numbered, seenVersion } from '../../helpers/seen-version.ts';

/** Version 2 was promoted beside 1. */
function facts(more: Partial<UndoFacts> = {}, target: TargetKind = 'agentAssistActions'): UndoFacts {
  return {
    action: 'A',
    chosen: { version: '1', ref: numbered('1'), proof: { how: 'baseline', rolloutId: 'r', at: '', cards: 0 } },
    serves: '2',
    last: {
      outcome: 'promoted',
      deployment: { target, actionName: 'A', baseline: numbered('1'), candidate: numbered('2') },
    },
    kept: 'card',
    seen: [seenVersion('1', 0), seenVersion('2', 100)],
    ...more,
  };
}

const why = (given: UndoFacts): string => {
  const plan = planUndo(given);
  return plan.kind === 'refused' ? plan.why : plan.kind;
};

test('what is gone back to becomes the baseline of a roll back, and what serves its candidate', () => {
  expect(planUndo(facts())).toMatchObject({
    kind: 'rollBack',
    deployment: { baseline: { id: 'id-1' }, candidate: { id: 'id-2' } },
  });
});

test('what another hand changed is not gone back to; what is gone is deployed again; what serves goes as it stands', () => {
  const changed = seenVersion('1', 0, {
    fingerprint: { html: 'x' },
    changedBy: 'kim',
    changedAt: '2026-11-28T12:00:00Z',
  });
  expect(why(facts({ seen: [changed, seenVersion('2', 100)] }))).toContain('kim changed it at 2026-11-28T12:00:00Z');
  expect(planUndo(facts({ seen: [seenVersion('2', 100)] }))).toMatchObject({
    kind: 'deployAgain',
    leaving: { id: 'id-2' },
  });
  const edited = seenVersion('2', 100, { fingerprint: { html: 'edited' } });
  expect(planUndo(facts({ seen: [seenVersion('1', 0), edited] }))).toMatchObject({ kind: 'rollBack' });
});

test('a version that no rollout put there, or a candidate that nobody watches, is nobody to go over', () => {
  expect(why(facts({ seen: [seenVersion('1', 0), seenVersion('9', 100)] }))).toContain('Another hand put it there');
  const candidate = seenVersion('9', 10, { group: 'candidate' });
  expect(why(facts({ seen: [seenVersion('1', 0), seenVersion('2', 90), candidate] }))).toContain('recover "A"');
});

test('an undo that was left half done is gone on with: both serve, one of them goes', () => {
  expect(planUndo(facts({ seen: [seenVersion('1', 100), seenVersion('2', 100)] }))).toMatchObject({ kind: 'rollBack' });
});

test('a first version goes to no card, a retired one comes back', () => {
  const first = facts({ seen: [seenVersion('2', 100)] });
  const toNothing = { ...first.chosen, version: null, ref: null };
  expect(planUndo({ ...first, chosen: toNothing })).toMatchObject({
    deployment: { baseline: null, candidate: { id: 'id-2' } },
  });
  const { last } = first;
  const retired = { outcome: 'retired', deployment: { ...last.deployment, candidate: null } };
  expect(planUndo(facts({ serves: null, last: retired, seen: [seenVersion('1', 0)] }))).toMatchObject({
    deployment: { baseline: { id: 'id-1' }, candidate: null },
  });
});

test.each(['copilotSuggestions', 'copilotQueues'] as const)(
  '%s goes back over its last promotion by what that rollout knew, and no further',
  (target) => {
    expect(planUndo(facts({}, target))).toEqual({ kind: 'rollBack', deployment: facts({}, target).last.deployment });
    const further = { ...facts().chosen, version: '0', ref: numbered('0') };
    expect(why(facts({ chosen: further }, target))).toContain('only the last promotion can be undone');
    expect(why(facts({ seen: [seenVersion('2', 100)] }, target))).toContain('only the last promotion can be undone');
    const { last } = facts({}, target);
    expect(why(facts({ last: { ...last, outcome: 'undone' } }, target))).toContain('only the last promotion');
  },
);

const CHANGED = seenVersion('1', 0, { fingerprint: { html: 'x' } });
const PUT_BACK = [seenVersion('1', 0), seenVersion('2', 100)];

/** What is said, and what the organisation shows once a person has done it. */
test.each<[string, Partial<UndoFacts>, string, readonly SeenVersion[], string]>([
  ['changed', { seen: [CHANGED, seenVersion('2', 100)] }, 'Put its content back', PUT_BACK, 'rollBack'],
  ['changed', { seen: [CHANGED, seenVersion('2', 100)] }, 'or delete it', [seenVersion('2', 100)], 'deployAgain'],
  [
    'changed, and never rolled out here',
    { seen: [CHANGED, seenVersion('2', 100)], kept: null },
    'Put its content back: it was never rolled out here',
    PUT_BACK,
    'rollBack',
  ],
  [
    'beside a candidate that nobody watches',
    { seen: [...PUT_BACK, seenVersion('9', 10, { group: 'candidate' })] },
    'recover "A"',
    [...PUT_BACK, seenVersion('9', 0, { group: 'candidate' })],
    'rollBack',
  ],
  [
    'beside another',
    { seen: [seenVersion('1', 0), seenVersion('9', 100)] },
    'take it out of service',
    PUT_BACK,
    'rollBack',
  ],
])('the way out of a refusal works: %s', (_what, given, says, after, becomes) => {
  expect(why(facts(given))).toContain(says);
  expect(why(facts({ ...given, seen: after }))).toBe(becomes);
});

test('no plan is named that the registry does not have', () => {
  const changed = facts({ kept: null, seen: [CHANGED, seenVersion('2', 100)] });
  expect(why(changed)).not.toContain('delete');
  const further = { ...facts().chosen, version: '0', ref: numbered('0') };
  const asked = (more: Partial<UndoFacts>): string => why(facts({ chosen: further, ...more }, 'copilotQueues'));
  expect(asked({ kept: 'plan' })).toContain('`assist-rollouts show "A@0" --plan` writes it');
  expect(asked({ kept: null })).toContain('never rolled out here, so the registry has none');
  expect(asked({ chosen: { ...further, version: null, ref: null }, kept: null })).toContain(
    'Start a plan of v2 with retire: true.',
  );
});
