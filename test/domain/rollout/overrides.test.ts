import type { GuardrailReport, JudgeReport } from '../../../src/domain/judge/types.ts';
import type { HarmOverride } from '../../../src/domain/rollout/overrides.ts';
import { boundTo, endOfOverride, excusesHarm, isHarmed, notSafeText } from '../../../src/domain/rollout/overrides.ts';
import { initialState } from '../../../src/domain/rollout/state.ts';
import { apply } from '../../../src/domain/rollout/transition.ts';
import { watchEnd } from '../../../src/domain/rollout/watch-decision.ts';
import { noArrivals } from '../../../src/domain/rollout/arrivals.ts';

/** Accepted to 41.6 % by the baseline, margin 10 %, so tolerated 5 %. */
const row = (estimate: number, more: Partial<GuardrailReport> = {}): GuardrailReport => ({
  metric: 'acceptanceRate',
  mode: 'enforce',
  verdict: 'harm',
  baselineValue: 0.416,
  candidateValue: 0.416 * (1 + estimate),
  limit: 0.416 * 0.9,
  tolerated: 0.416 * 0.95,
  logEvidence: { harm: 6, safe: 0 },
  effect: { estimate, low: estimate - 0.1, high: estimate + 0.1, unit: 'ofBaseline' },
  n: { baseline: 900, candidate: 144 },
  sentence: '',
  ...more,
});
const report = (...guardrails: GuardrailReport[]): JudgeReport => ({
  verdict: 'harm',
  reason: 'acceptanceRate harm',
  guardrails,
  n: { baseline: 900, candidate: 144 },
});
const override = (shown: number, untilMs = 100): HarmOverride => ({
  kind: 'harm',
  by: 'ana',
  verifiedBy: 'key',
  subject: 'ed25519:ana',
  reason: 'the old text is wrong',
  atMs: 0,
  untilMs,
  ...(boundTo(row(shown)) as NonNullable<ReturnType<typeof boundTo>>),
});

test('a harm is let pass as it was shown, and as much worse as is tolerated; until its end, and no longer', () => {
  expect(excusesHarm([override(-0.3)], report(row(-0.34)), 99)).toBe(true);
  expect(excusesHarm([override(-0.3)], report(row(-0.34)), 100)).toBe(false);
  expect(endOfOverride([override(-0.3)], report(row(-0.34)), 100)).toContain('held until');
  expect(excusesHarm([override(-0.3)], report(row(-0.36)), 99)).toBe(false);
  expect(endOfOverride([override(-0.3)], report(row(-0.36)), 99)).toBe(
    'It is worse than ana was shown (acceptanceRate 29.1 % vs 41.6 %, n 144).',
  );
});

test('what turned worse lately counts once its interval proves it, however good the whole still looks', () => {
  const lately = (high: number): GuardrailReport =>
    row(-0.3, {
      recent: {
        baselineValue: 0.4,
        candidateValue: 0.1,
        effect: { estimate: -0.75, low: null, high, unit: 'ofBaseline' },
        n: { baseline: 50, candidate: 50 },
        sinceMs: 0,
      },
    });
  expect(excusesHarm([override(-0.3)], report(lately(-0.3)), 1)).toBe(true);
  expect(excusesHarm([override(-0.3)], report(lately(-0.5)), 1)).toBe(false);
});

test("another guardrail's harm and a slice's are never let pass with it", () => {
  const latency = row(-0.1, { metric: 'deliveryLatency', statistic: 'p95' });
  expect(excusesHarm([override(-0.3)], report(row(-0.3), latency), 1)).toBe(false);
  const slices = [{ verdict: 'harm' }] as unknown as NonNullable<JudgeReport['slices']>;
  expect(excusesHarm([override(-0.3)], { ...report(row(-0.3)), slices }, 1)).toBe(false);
  expect(excusesHarm([override(-0.3)], { ...report(), slices }, 1)).toBe(false);
});

test('without figures there is nothing that an override could be bound to', () => {
  expect(boundTo(row(-0.3, { effect: null }))).toBeNull();
  expect(boundTo(row(0.01))).toBeNull();
});

test('harm that was let pass ends no watch, satisfies no proof, and counts the moment that the word ends', () => {
  const facts = (nowMs: number) => ({
    report: report(row(-0.3)),
    nowMs,
    arrivals: noArrivals(nowMs),
    firstCandidateAtMs: null,
    splitPercent: 10,
    noCard: null,
    noDataAfterMs: null,
    silenceAcceptedAtMs: null,
    distrust: [],
    alarms: [],
    overrides: [override(-0.3)],
    staleAfterMs: 1000,
    budgets: [],
  });
  expect(watchEnd({ kind: 'hold' }, facts(50))).toBeNull();
  expect(watchEnd({ kind: 'hold' }, facts(100))).toMatchObject({ kind: 'harm' });
  const bake = { kind: 'bake', startedAtMs: 0, forMs: 0, atMostMs: 10, minCards: 0, cardsBefore: 0 } as const;
  expect(watchEnd({ ...bake, require: 'noHarm' }, facts(50))).toMatchObject({ kind: 'advance' });
  expect(watchEnd({ ...bake, require: 'safe' }, facts(50))).toMatchObject({ kind: 'undecided' });
});

test('the rollout is not harmed by what was let pass when it was proven, and is from its end on', () => {
  const before = { ...initialState(), overrides: [override(-0.3)] };
  const judged = apply(before, { kind: 'judged', report: report(row(-0.3)) }, 50);
  expect(judged.harmed).toBe(false);
  expect([isHarmed(judged, 99), isHarmed(judged, 100)]).toEqual([false, true]);
  expect(apply(before, { kind: 'judged', report: report(row(-0.5)) }, 50).harmed).toBe(true);
});

test('what is not proven is said with its figures', () => {
  const undecided = row(-0.34, { verdict: 'undecided' });
  expect(notSafeText({ ...report(undecided), verdict: 'undecided' })).toBe(
    'undecided: acceptanceRate 27.5 % vs 41.6 %, n 144',
  );
  expect(notSafeText({ ...report(row(0, { verdict: 'safe' })), verdict: 'safe' })).toBeNull();
});
