import type { JudgeReport, Verdict } from '../../../src/domain/judge/types.ts';
import { DEFAULT_POLICIES } from '../../../src/domain/plan/default-policies.ts';
import type { MaxCards } from '../../../src/domain/plan/max-cards.ts';
import type { Step } from '../../../src/domain/plan/steps/steps.ts';
import { noArrivals } from '../../../src/domain/rollout/arrivals.ts';
import { budgetsOf, budgetText, spentOf } from '../../../src/domain/rollout/card-budget.ts';
import type { ShownBudget } from '../../../src/domain/rollout/card-budget.ts';
import { initialState } from '../../../src/domain/rollout/state.ts';
import type { RolloutState } from '../../../src/domain/rollout/state.ts';
import { apply } from '../../../src/domain/rollout/transition.ts';
import type { WatchGoal } from '../../../src/domain/rollout/watch-decision.ts';
import { watchEnd } from '../../../src/domain/rollout/watch-decision.ts';

const bake = (maxCards?: MaxCards): Step => ({
  kind: 'bake',
  forMs: 60_000,
  atMostMs: 600_000,
  minCards: 10,
  require: 'safe',
  maxCards,
});
const plan = {
  steps: [{ kind: 'setSplit' as const, percent: 5 }, bake({ cards: 200, do: 'pause' }), bake()],
  policies: { ...DEFAULT_POLICIES, maxCards: { cards: 1000, do: 'rollback' as const } },
};
const opened: RolloutState = { ...initialState(), opened: { startSeq: 0, startedAtMs: 1000 } };
const baking = apply(opened, { kind: 'stepStarted', step: 1 }, 5000);

test('a bake has its own budget beside that of the whole rollout, each from its beginning', () => {
  expect(budgetsOf(plan, opened).map(({ of, sinceMs }) => [of, sinceMs])).toEqual([['rollout', 1000]]);
  expect(budgetsOf(plan, baking).map(({ of, sinceMs }) => [of, sinceMs])).toEqual([
    ['step', 5000],
    ['rollout', 1000],
  ]);
});

test('nothing is bounded once the promotion is decided on', () => {
  expect(budgetsOf(plan, apply(baking, { kind: 'promotionBegun' }, 9000))).toEqual([]);
});

test.each<['stepCards' | 'rolloutCards', 'resume' | 'advance', number[]]>([
  ['stepCards', 'resume', [9000, 1000]],
  ['rolloutCards', 'resume', [5000, 9000]],
  ['rolloutCards', 'advance', [5000, 9000]],
])('a pause for %s that ends by %s lets as many again be shown, of that budget alone', (cause, act, since) => {
  const paused = apply(baking, { kind: 'autoPaused', cause, reason: 'spent' }, 8000);
  const after = apply(paused, { kind: 'acted', act, by: 'ann', reason: 'go on' }, 9000);
  expect(budgetsOf(plan, after).map(({ sinceMs }) => sinceMs)).toEqual(since);
});

test('a resume of another pause lets nothing more be shown', () => {
  const paused = apply(baking, { kind: 'autoPaused', cause: 'untrusted', reason: 'broken' }, 8000);
  const after = apply(paused, { kind: 'acted', act: 'resume', by: 'ann', reason: 'go on' }, 9000);
  expect(budgetsOf(plan, after)).toEqual(budgetsOf(plan, baking));
});

const shown = (more: Partial<ShownBudget> = {}): ShownBudget => ({
  cards: 200,
  do: 'pause',
  of: 'step',
  sinceMs: 0,
  shown: 200,
  ...more,
});
const report = (verdict: Verdict): JudgeReport => ({
  verdict,
  reason: `because ${verdict}`,
  guardrails: [],
  n: { baseline: 9000, candidate: 150 },
});

test('the last card of a budget spends it, and what rolls back comes first', () => {
  expect(spentOf([shown({ shown: 199 })], report('undecided'))).toBeNull();
  expect(spentOf([shown(), shown({ of: 'rollout', do: 'rollback' })], report('undecided'))?.of).toBe('rollout');
  expect(budgetText(shown({ shown: 134 }))).toBe('134 of 200 cards before a verdict');
});

const goal: WatchGoal = {
  kind: 'bake',
  startedAtMs: 0,
  forMs: 1000,
  atMostMs: 60_000,
  minCards: 100,
  cardsBefore: 0,
  require: 'safe',
};

test.each<[string, Verdict, WatchGoal, string | null]>([
  ['without a verdict no more is shown', 'undecided', goal, 'spent'],
  ['also while something else is waited for', 'undecided', { kind: 'hold' }, 'spent'],
  ['broken data are no verdict, and their pause would go on showing cards', 'untrusted', goal, 'spent'],
  ['harm is a verdict', 'harm', goal, 'harm'],
  ['safe is one, also before the bake may end', 'safe', { ...goal, forMs: 50_000 }, null],
  ['a bake that has what it requires ends', 'undecided', { ...goal, require: 'noHarm' }, 'advance'],
])('a spent budget: %s', (_, verdict, of, end) => {
  const facts = {
    report: report(verdict),
    nowMs: 10_000,
    arrivals: noArrivals(10_000),
    firstCandidateAtMs: 0,
    splitPercent: 5,
    noCard: null,
    noDataAfterMs: 60_000,
    silenceAcceptedAtMs: null,
    distrust: [],
    staleAfterMs: 60_000,
    alarms: [],
    budgets: [shown()],
  };
  expect(watchEnd(of, facts)?.kind ?? null).toBe(end);
});
