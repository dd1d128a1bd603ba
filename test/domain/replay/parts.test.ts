/** What a replay is made of: who served, effects, other fields, another judge's word on a past record. */
import { startJudge } from '../../../src/domain/judge/judge.ts';
import { reportOf } from '../../../src/domain/judge/report/report.ts';
import type { DecisionRecord } from '../../../src/domain/judge/retake.ts';
import { JUDGE_RULES } from '../../../src/domain/judge/state.ts';
import { judgeAgain } from '../../../src/domain/judge/resume.ts';
import { dealtArm, saltOf } from '../../../src/domain/replay/past-cards.ts';
import { dealtCards } from '../../../src/domain/replay/dealt-cards.ts';
import { parseEffect, treatmentOf } from '../../../src/domain/replay/effect.ts';
import { wasBaseline } from '../../../src/domain/replay/served.ts';
import { setFields } from '../../../src/domain/replay/set-fields.ts';
import { whatIf, whatIfSentence } from '../../../src/domain/replay/what-if.ts';
import { definitionOf } from '../../../src/domain/metrics/index.ts';
import type { Guardrail } from '../../../src/domain/plan/plan.ts';
import { hashOf } from '../../../src/domain/split/bucket.ts';
import { acceptance, traffic } from './traffic.ts';

const cards = traffic();

describe('splits', () => {
  const units = Array.from({ length: 20_000 }, (_, i) => hashOf(`unit ${i}`));
  const candidates = (salt: number, percent: number) =>
    units.filter((unit) => dealtArm(unit, salt, percent) === 'candidate');

  test('a share goes to the candidate, a higher split only adds, and repetitions are independent', () => {
    const [one, two] = [saltOf(1, 0), saltOf(1, 1)];
    const tenth = candidates(one, 10);
    expect(tenth.length / units.length).toBeCloseTo(0.1, 2);
    const half = new Set(candidates(one, 50));
    expect(tenth.every((unit) => half.has(unit))).toBe(true);
    const both = candidates(two, 50).filter((unit) => half.has(unit));
    expect(both.length / units.length).toBeCloseTo(0.25, 1.5);
  });

  test('cards come once, settled, in looks of the split they were triggered under, conversations whole', () => {
    const source = dealtCards(cards, { firstCard: 0, salt: 7, settleMs: 30_000 });
    source.setSplit(20, 0, null);
    const first = [1, 2, 3, 4, 5].flatMap((minute) => source.takeUntil(minute * 60_000).looks);
    source.setSplit(50, 300_000, null);
    const second = [6, 7, 8].flatMap((minute) => source.takeUntil(minute * 60_000).looks);
    const arrived = cards.cards.filter(({ arrivedAtMs }) => arrivedAtMs - 400 <= cards.toMs - 3 * 3_600_000 + 450_000);
    const all = [...first, ...second].flatMap((look) => look.cards);
    // What is too little to compare yet waits.
    expect(arrived.length - all.length).toBeLessThan(40);
    const settled = arrived.slice(0, all.length);
    expect(new Set(first.map(({ splitPercent }) => splitPercent))).toEqual(new Set([null, 20]));
    expect(new Set(second.map(({ splitPercent }) => splitPercent))).toEqual(new Set([null, 50]));
    expect(all.filter(({ firstOfConversation }) => firstOfConversation)).toHaveLength(
      new Set(settled.map(({ unit }) => unit)).size,
    );
  });
});

test('a version is the baseline until its rollout begins, and again from its promotion on', () => {
  const rollout = { version: '2.0.0', startedAtMs: 100, endedAtMs: 200, outcome: 'promoted' };
  const at = (ms: number, outcome = 'promoted') => wasBaseline([{ ...rollout, outcome }], '2.0.0', ms);
  expect([99, 100, 199, 200].map((ms) => at(ms))).toEqual([true, false, false, true]);
  expect(at(300, 'rolledBack')).toBe(false);
  expect(at(150, 'rejected')).toBe(true);
  expect(wasBaseline([rollout], '1.0.0', 150)).toBe(true);
  expect(wasBaseline([{ ...rollout, endedAtMs: null, outcome: '' }], '2.0.0', 900)).toBe(false);
});

describe('effects', () => {
  const rate = (text: string, metric: 'acceptanceRate' | 'dismissalRate' | 'undeliveredRate') => {
    const effect = parseEffect(text);
    if (typeof effect === 'string') throw new Error(effect);
    const treatment = treatmentOf(effect, cards.cards);
    if (typeof treatment === 'string') throw new Error(treatment);
    const { counts } = definitionOf(metric);
    const share = (all: readonly (typeof cards.cards)[number][]) => all.filter(counts).length / all.length;
    return [share(cards.cards), share(cards.cards.map((card, i) => treatment(card, (i * 0.618034) % 1 || 0)))] as const;
  };

  test.each([
    ['acceptanceRate=-10%', 'acceptanceRate', (before: number) => before * 0.9],
    ['acceptanceRate=+10%', 'acceptanceRate', (before: number) => before * 1.1],
    ['dismissalRate=+20%', 'dismissalRate', (before: number) => before * 1.2],
    ['undeliveredRate=+2pp', 'undeliveredRate', (before: number) => before + 0.02],
  ] as const)('%s does that, on average', (text, metric, expected) => {
    const [before, after] = rate(text, metric);
    expect(after).toBeCloseTo(expected(before), 2);
  });

  test('times and numbers are changed card by card', () => {
    const [card] = cards.cards;
    if (card === undefined) throw new Error('no cards');
    const changed = (text: string, from: Partial<typeof card>) => {
      const effect = parseEffect(text);
      if (typeof effect === 'string') throw new Error(effect);
      const treatment = treatmentOf(effect, cards.cards);
      return typeof treatment === 'string' ? treatment : treatment({ ...card, ...from }, 0.5);
    };
    expect(changed('deliveryLatency=+200ms', { latencyMs: 300 })).toMatchObject({ latencyMs: 500 });
    expect(changed('deliveryLatency=-10%', { latencyMs: 300 })).toMatchObject({ latencyMs: 270 });
    expect(changed('handleTime=+15', { custom: { handleTime: 5, other: 1 } })).toMatchObject({
      custom: { handleTime: 20, other: 1 },
    });
    expect(changed('handleTime=+15', { custom: {} })).toMatchObject({ custom: {} });
  });

  test.each(['acceptanceRate', 'no metric=+1%', 'acceptanceRate=+10ms', 'custom=+1', 'deliveryLatency=fast'])(
    '%s is no effect',
    (text) => expect(typeof parseEffect(text)).toBe('string'),
  );

  test.each(['undeliveredRate=-1%', 'acceptanceRate=+90pp', 'acceptanceRate=+60pp', 'dismissalRate=-50pp'])(
    '%s cannot be put into these cards',
    (text) => {
      const effect = parseEffect(text);
      expect(typeof (typeof effect === 'string' ? 0 : treatmentOf(effect, cards.cards))).toBe('string');
    },
  );
});

describe('other fields', () => {
  const handleTime: Guardrail = {
    metric: 'custom',
    name: 'handleTime',
    statistic: 'p50',
    worseWhen: 'higher',
    margin: { kind: 'absolute', value: 15 },
    tolerance: 5,
    alpha: 0.01,
    mode: 'enforce',
  };

  test('of every guardrail or of one, as a plan writes them; the rest stays', () => {
    expect(
      setFields([acceptance, handleTime], ['alpha=0.001', 'acceptanceRate.margin=4%', 'handleTime.tolerance=7']),
    ).toEqual([
      { ...acceptance, alpha: 0.001, margin: { kind: 'relative', value: 0.04 } },
      { ...handleTime, alpha: 0.001, tolerance: 7 },
    ]);
    expect(setFields([acceptance], ['mode=observe', 'tolerance=0%'])).toEqual([
      { ...acceptance, mode: 'observe', tolerance: 0 },
    ]);
    expect(setFields([handleTime], [])).toEqual([handleTime]);
  });

  test.each([
    [['alpha'], /sets no field/],
    [['beta=1'], /sets no field/],
    [['dismissalRate.alpha=0.1'], /no guardrail on dismissalRate, but on acceptanceRate, handleTime/],
    [['alpha=0.4'], /alphas add up to 0\.8; expected at most 0\.5/],
    [['alpha=0.7'], /^acceptanceRate: .*0\.7.*less than 0\.5/],
    [['margin=10ms'], /^acceptanceRate: .*10ms/],
    [['handleTime.tolerance=20'], /^handleTime: .*below the margin/],
  ])('%j is refused', (texts, message) => {
    expect(setFields([acceptance, handleTime], texts)).toMatch(message);
  });
});

describe('what if', () => {
  /** Acceptance falls by so much; a look of 100 cards an arm each minute. */
  const record = (fall: number): DecisionRecord => {
    const guardrails = [acceptance];
    const looks = Array.from({ length: 30 }, (_, look) => ({
      atMs: (look + 1) * 60_000,
      splitPercent: 50,
      cards: Array.from({ length: 200 }, (__, i) => ({
        arm: i % 2 === 0 ? ('baseline' as const) : ('candidate' as const),
        outcomes: (i * 37 + look * 11) % 100 < (i % 2 === 0 ? 30 : 30 * (1 - fall)) ? (['accepted'] as const) : [],
        latencyMs: 200,
        agent: `a${i % 50}`,
        queue: 'q',
        firstOfConversation: true,
      })),
    }));
    const common = {
      kind: 'decisionRecord',
      rules: JUDGE_RULES,
      action: 'A',
      version: '2',
      rolloutId: 'r',
      guardrails,
      looks,
    } as const;
    return { ...common, report: reportOf(judgeAgain({ guardrails }, looks)) };
  };

  test('a smaller alpha takes longer, or is not there by the end of the record, which is said', () => {
    const harmed = record(0.4);
    const { was, would } = whatIf(harmed, { guardrails: [{ ...acceptance, alpha: 0.0001 }] });
    expect(was.harmAt?.look).toBeGreaterThan(0);
    expect(would.harmAt?.look).toBeGreaterThan(was.harmAt?.look ?? Infinity);
    const cut = { ...harmed, looks: harmed.looks.slice(0, was.harmAt?.look) };
    const found = whatIf(cut, { guardrails: [{ ...acceptance, alpha: 0.0001 }] });
    expect(found.was.harmAt).not.toBeNull();
    expect(found.would.harmAt).toBeNull();
    expect(whatIfSentence(found)).toMatch(/^No harm would have been called by then: the record ends .* is not known\./);
    expect(whatIfSentence(whatIf(harmed, harmed))).toMatch(/^Harm would have been called \d/);
  });

  test('each guardrail has its moments, and after harm nothing is told any more', () => {
    const observed: Guardrail = { ...acceptance, alpha: 0.4, mode: 'observe' };
    const { would } = whatIf(record(0.4), { guardrails: [observed, acceptance] });
    expect(would.guardrails).toHaveLength(2);
    expect(would.guardrails[1]?.harmAt).toEqual(would.harmAt);
    expect(would.report.verdict).toBe('harm');
    expect(would.report.n.candidate).toBe(would.harmAt?.n.candidate);
  });

  test('metrics and slices that no card of the record has are named', () => {
    const custom: Guardrail = { ...acceptance, metric: 'custom', name: 'handleTime', statistic: 'p50' };
    const slices = { by: ['queue', 'language'], times: 2, alpha: 0.01 } as const;
    expect(whatIf(record(0), { guardrails: [custom], slices }).notInRecord).toEqual(['handleTime', 'language']);
  });

  test('an empty record says nothing', () => {
    const empty = { ...record(0), looks: [], report: reportOf(startJudge([acceptance])) };
    expect(whatIf(empty, empty)).toMatchObject({ looks: 0, endsAtMs: 0, would: { harmAt: null, safeAt: null } });
  });
});
