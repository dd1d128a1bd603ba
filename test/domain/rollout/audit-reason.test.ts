import type { JudgeReport } from '../../../src/domain/judge/types.ts';
import type { Step } from '../../../src/domain/plan/steps/steps.ts';
import {
  actorOf,
  CANCELLED_BEFORE,
  CANCELLED,
  isPreflightRefusal,
  preflightRefusal,
  reasonOf,
} from '../../../src/domain/rollout/audit-reason.ts';
import { THROUGH_TEMPORAL } from '../../../src/domain/identity/names.ts';
import type { AuditedEvent } from '../../../src/domain/rollout/events.ts';
import type { RolloutState } from '../../../src/domain/rollout/state.ts';
import { initialState } from '../../../src/domain/rollout/state.ts';
import { apply } from '../../../src/domain/rollout/transition.ts';

const STEPS: readonly Step[] = [
  { kind: 'setSplit', percent: 10 },
  { kind: 'approve', reason: 'Team leads agree', timeoutMs: 604_800_000, onTimeout: 'hold' },
] as unknown as readonly Step[];
const REPORT: JudgeReport = {
  verdict: 'harm',
  reason: 'acceptance fell by 40 %',
  guardrails: [],
  n: { baseline: 3, candidate: 2 },
};
const OLD =
  'the organisation to confirm the roll back: no confirmation yet; still trying. Look at the card in the ' +
  'organisation by hand.';

const reason = (event: AuditedEvent, more: Partial<RolloutState> = {}): string => {
  const before = { ...initialState(), waitingFor: OLD, reason: 'an old reason', ...more };
  return reasonOf(before, event, apply(before, event, 5), STEPS);
};

test.each<[AuditedEvent, Partial<RolloutState>, string]>([
  [{ kind: 'splitProven', percent: 10, atMs: 5 }, { phase: 'settingSplit' }, 'the organisation shows split 10 %'],
  [
    { kind: 'splitProven', percent: 0, atMs: 5 },
    { phase: 'needsAttention', splitPercent: 10 },
    'the organisation shows split 0 %: the baseline serves alone again',
  ],
  [
    { kind: 'splitProven', percent: 100, atMs: 5 },
    { phase: 'promoting', splitPercent: 50 },
    'the organisation shows split 100 %',
  ],
  [{ kind: 'stepStarted', step: 0 }, {}, 'step 1 of 2: setSplit 10 %'],
  [{ kind: 'stepStarted', step: 1 }, {}, 'step 2 of 2: approve: Team leads agree'],
  [{ kind: 'stepStarted', step: 2 }, {}, 'all 2 steps are done'],
  [{ kind: 'judged', report: REPORT }, {}, 'harm: acceptance fell by 40 %'],
  [
    { kind: 'judged', report: { ...REPORT, verdict: 'undecided', reason: 'acceptanceRate undecided: 40 % vs 41 %.' } },
    {},
    'acceptanceRate undecided: 40 % vs 41 %.',
  ],
  [
    { kind: 'promotionBegun' },
    { reason: 'resume by root: go on', report: { ...REPORT, verdict: 'safe', reason: 'All are proven.' } },
    'the promotion begins: All are proven.',
  ],
  [
    { kind: 'entered', phase: 'deploying', waitingFor: 'v1.3.0 to exist' },
    {},
    'from here on it waits for v1.3.0 to exist',
  ],
  [{ kind: 'entered', phase: 'rollingBack', waitingFor: 'x', reason: 'harm was proven' }, {}, 'harm was proven'],
  [
    { kind: 'entered', phase: 'validating', waitingFor: 'preflight', reason: '' },
    {},
    'from here on it waits for preflight',
  ],
  [{ kind: 'autoPaused', cause: 'noData', reason: 'no cards' }, {}, 'no cards'],
  [{ kind: 'ended', outcome: 'rolledBack', reason: 'harm' }, {}, 'harm'],
  [{ kind: 'acted', act: 'pause', by: 'kim', reason: 'lunch' }, {}, 'lunch'],
])('%j is told by what happened then, not by what was waited for before', (event, more, expected) => {
  expect(reason(event, more)).toBe(expected);
  expect(reason(event, more)).not.toContain('no confirmation');
});

test('a cancel through Temporal is no act of the engine, and by whom is not made up', () => {
  for (const text of [CANCELLED, CANCELLED_BEFORE]) {
    expect(text).toContain('by whom it does not say');
    expect(actorOf({ kind: 'ended', outcome: 'rolledBack', reason: text }, 'engine')).toBe(THROUGH_TEMPORAL);
    expect(actorOf({ kind: 'entered', phase: 'rollingBack', waitingFor: '', reason: text }, 'engine')).toBe(
      THROUGH_TEMPORAL,
    );
  }
  expect(actorOf({ kind: 'ended', outcome: 'rolledBack', reason: 'harm' }, 'engine')).toBe('engine');
  expect(actorOf({ kind: 'acted', act: 'abort', by: 'kim', reason: CANCELLED }, 'kim')).toBe('kim');
});

test('a refusal by preflight is told from every other reason', () => {
  const problem = {
    code: 'trigger-id-unknown',
    severity: 'error',
    path: 'action.trigger',
    message: 'No such queue.',
    remedy: '',
  } as const;
  expect(preflightRefusal([problem])).toBe(
    'Preflight found 1 problem: trigger-id-unknown at action.trigger: No such queue.',
  );
  expect(preflightRefusal([problem, problem])).toMatch(/^Preflight found 2 problems: /);
  expect([
    isPreflightRefusal(preflightRefusal([problem])),
    isPreflightRefusal('Aborted before anything was written, by kim: Preflight found 1'),
  ]).toEqual([true, false]);
});
