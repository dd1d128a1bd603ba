import { DEFAULT_POLICIES } from '../../../src/domain/plan/default-policies.ts';
import { errorBudgetOf, errorBudgetSentence, sumOf } from '../../../src/domain/plan/error-budget.ts';
import { acceptance, dismissal, p95 } from '../judge/helpers.ts';

const policies = { ...DEFAULT_POLICIES, afterPromotionMs: 1000 };
const guardrails = [acceptance, dismissal, { ...p95, mode: 'observe' as const }];

test('one budget: what is enforced, the slices and the long watch; what only observes costs nothing', () => {
  const plan = {
    guardrails,
    slices: { by: ['queue' as const], times: 2, alpha: 0.005 },
    policies: { ...policies, longWatch: { forMs: 86_400_000, alpha: 0.01 } },
  };
  expect(errorBudgetOf(plan)).toEqual({ guardrails: 0.02, pausing: 0, slices: 0.005, longWatch: 0.01 });
  expect(sumOf(errorBudgetOf(plan))).toBe(0.035);
  expect(errorBudgetSentence(plan)).toBe(
    'A tolerable version is undone in at most 3.5 % of all cases: guardrails 2 % over all steps and the holdback, ' +
      'slices 0.5 %, long watch 1 %.',
  );
});

test('distrust that rolls back is said beside it', () => {
  expect(errorBudgetSentence({ guardrails, policies: { ...policies, onUntrusted: 'rollback' } })).toBe(
    'A tolerable version is undone in at most 2 % of all cases: guardrails 2 % over all steps and the holdback; ' +
      'besides, 1 % for distrust of the data, which rolls back here.',
  );
});

test('what only pauses is beside what undoes, and counts in all', () => {
  const plan = { guardrails: [acceptance, { ...dismissal, mode: 'pause' as const }], policies };
  expect(sumOf(errorBudgetOf(plan))).toBe(0.02);
  expect(errorBudgetSentence(plan)).toBe(
    'A tolerable version is undone in at most 1 % of all cases: guardrails 1 % over all steps and the holdback; ' +
      'besides, paused for a person in at most 1 %.',
  );
});
