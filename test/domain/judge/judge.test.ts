import { startJudge, takeLook } from '../../../src/domain/judge/judge.ts';
import { reportOf } from '../../../src/domain/judge/report/report.ts';
import type { Guardrail } from '../../../src/domain/plan/plan.ts';
import type { Card, JudgeReport, JudgeState, Look } from '../../../src/domain/judge/types.ts';
import { demoGuardrails, demoLook, harmfulModel, baselineModel } from '../../../bench/judge/demo-traffic.ts';
import { seededRandom } from '../../../src/domain/shared/random.ts';
import { acceptance, card, cards, choose, dismissal, look, numbersIn, p95, undelivered } from './helpers.ts';

function judgeAll(guardrails: readonly Guardrail[], looks: readonly Look[]): JudgeReport {
  return reportOf(looks.reduce(takeLook, startJudge(guardrails)));
}

function demoLooks(kind: 'healthy' | 'harmful', seed: number, count: number): readonly Look[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, i) =>
    demoLook(random, kind === 'healthy' ? baselineModel : harmfulModel, 50, i * 250),
  );
}

/** Thirty cards of three latencies around a median, taken in turn. */
function spread(arm: Card['arm'], medianMs: number, turn: number): readonly Card[] {
  return Array.from({ length: 30 }, (_, i) => card(arm, 'none', medianMs * ([0.7, 1, 1.5][(i + turn) % 3] ?? 1)));
}

describe('evidence', () => {
  test('harm evidence has a mean of at most 1 over every pair of looks when nothing is tolerated and the arms do not differ', () => {
    const never = { ...acceptance, alpha: 1e-9, tolerance: 0 };
    const [candidate, baseline] = [3, 4];
    for (const rate of [0.1, 0.4, 0.8]) {
      const chance = (n: number, k: number): number => choose(n, k) * rate ** k * (1 - rate) ** (n - k);
      const tables = [0, 1, 2, 3].flatMap((a) => [0, 1, 2, 3, 4].map((b) => [a, b] as const));
      const looks = tables.map(([a, b]) => ({
        cards: [...cards('candidate', candidate, a), ...cards('baseline', baseline, b)],
        probability: chance(candidate, a) * chance(baseline, b),
      }));
      let mean = 0;
      for (const first of looks)
        for (const second of looks) {
          const report = judgeAll([never], [look(1, first.cards), look(2, second.cards)]);
          mean += first.probability * second.probability * Math.exp(report.guardrails[0]?.logEvidence.harm ?? 0);
        }
      expect(mean).toBeLessThan(1 + 1e-9);
      expect(mean).toBeGreaterThan(0.8);
    }
  });

  test('zero acceptances in one arm is evidence of harm, not missing data', () => {
    const report = judgeAll(
      [acceptance],
      [1, 2, 3].map((t) => look(t, [...cards('candidate', 20, 0), ...cards('baseline', 20, 8)])),
    );
    expect(report.verdict).toBe('harm');
    expect(report.guardrails[0]?.candidateValue).toBe(0);
  });

  test('never delivering is harm of undeliveredRate and no latency at all', () => {
    const report = judgeAll(
      [undelivered, p95],
      [1, 2, 3].map((t) => look(t, [...cards('candidate', 20, 0, null), ...cards('baseline', 20, 0)])),
    );
    expect(report.guardrails.map((guardrail) => guardrail.verdict)).toEqual(['harm', 'noData']);
    expect(report.guardrails[1]).toMatchObject({
      candidateValue: null,
      n: { baseline: 60, candidate: 0 },
      logEvidence: { harm: 0, safe: 0 },
    });
  });

  test('the sentence has metric, values, limit and n with units', () => {
    const report = judgeAll([acceptance], [look(1, [...cards('candidate', 400, 92), ...cards('baseline', 400, 160)])]);
    expect(report.guardrails[0]?.sentence).toMatch(
      /^acceptanceRate harm: candidate 23\.0 % vs baseline 40\.0 % \(43 % lower\), limit 32\.0 % \(20 % lower\), n 400 \/ 400 cards, evidence 1:\d+ that it is worse by more than the tolerated 10 %; whether delivery or content moved cannot be told yet\.$/,
    );
    expect(report.reason).toBe(report.guardrails[0]?.sentence);
  });

  test('an incident that hits both arms, and a day that gets worse while the split rises, leave no trace', () => {
    const looks = Array.from({ length: 200 }, (_, i) => {
      const rate = i < 100 ? 0.5 : 0.1;
      const [baseline, candidate] = i < 100 ? [90, 10] : [10, 90];
      return look(
        i,
        [...cards('baseline', baseline, baseline * rate), ...cards('candidate', candidate, candidate * rate)],
        candidate,
      );
    });
    const report = judgeAll([acceptance], looks).guardrails[0];
    expect(report?.verdict).not.toBe('harm');
    expect(report?.candidateValue).toBeCloseTo(report?.baselineValue ?? 0, 10);
  });

  test('harm that begins late is found', () => {
    const good = demoLooks('healthy', 5, 150);
    const before = good.reduce(takeLook, startJudge(demoGuardrails));
    expect(reportOf(before).verdict).not.toBe('harm');
    const after = demoLooks('harmful', 6, 40).reduce(takeLook, before);
    expect(reportOf(after).verdict).toBe('harm');
  });
});

describe('verdicts', () => {
  test('harm stays harm, however good what follows', () => {
    const bad = look(1, [...cards('candidate', 100, 5), ...cards('baseline', 100, 40)]);
    const good = Array.from({ length: 50 }, (_, i) =>
      look(2 + i, [...cards('candidate', 100, 60), ...cards('baseline', 100, 40)]),
    );
    const report = judgeAll([acceptance], [bad, ...good]);
    expect(report.verdict).toBe('harm');
    expect(report.guardrails[0]?.logEvidence.harm).toBeGreaterThan(Math.log(100));
  });

  test('no candidate, no baseline, no cards at all: noData with a sentence', () => {
    for (const looks of [[], [look(1, cards('baseline', 50, 20))], [look(1, cards('candidate', 50, 20))]]) {
      const report = judgeAll([acceptance], looks);
      expect([report.verdict, report.guardrails[0]?.verdict, report.guardrails[0]?.baselineValue]).toEqual([
        'noData',
        'noData',
        null,
      ]);
      expect(report.reason).toMatch(/^acceptanceRate noData: no .*cards yet, n \d+ \/ \d+ cards\.$/);
    }
  });

  test('a guardrail that pauses says harm and leaves the verdict to what is enforced', () => {
    const bad = look(1, [...cards('candidate', 100, 5), ...cards('baseline', 100, 40)]);
    const [alone, beside] = [
      judgeAll([dismissal], [bad]),
      judgeAll([dismissal, { ...acceptance, mode: 'pause' }], [bad]),
    ];
    expect(beside.guardrails[1]?.verdict).toBe('harm');
    expect({ ...beside, guardrails: beside.guardrails.slice(0, 1) }).toEqual(alone);
  });

  test('an observed guardrail reports harm and drives nothing; with none enforced nothing is ever safe', () => {
    const observed = { ...acceptance, mode: 'observe' } as const;
    const bad = look(1, [...cards('candidate', 100, 5), ...cards('baseline', 100, 40)]);
    const report = judgeAll([observed, dismissal], [bad]);
    expect(report.guardrails[0]?.verdict).toBe('harm');
    expect(report.verdict).toBe('undecided');
    expect(judgeAll([observed], [bad]).verdict).toBe('undecided');
    expect(judgeAll([], [bad]).verdict).toBe('undecided');
  });

  test('a harmless candidate is proven safe on every guardrail', () => {
    const report = judgeAll(demoGuardrails, demoLooks('healthy', 11, 120));
    expect(report.guardrails.map((guardrail) => guardrail.verdict)).toEqual(['safe', 'safe', 'safe', 'safe']);
    expect(report.verdict).toBe('safe');
    expect(report.reason).toMatch(/^All 4 enforced guardrails are proven within their margins, n \d+ \/ \d+ cards\.$/);
  });

  test('one arm at a time still compares: looks are gathered until both arms are there, within one split', () => {
    const alternating = Array.from({ length: 120 }, (_, i) =>
      look(i, i % 2 === 0 ? cards('candidate', 5, 0) : cards('baseline', 5, 3)),
    );
    expect(judgeAll([acceptance], alternating).verdict).toBe('harm');
    const acrossSplits = Array.from({ length: 120 }, (_, i) =>
      look(i, i % 2 === 0 ? cards('candidate', 5, 0) : cards('baseline', 5, 3), i % 2 === 0 ? 10 : 50),
    );
    expect(judgeAll([acceptance], acrossSplits).verdict).toBe('noData');
  });

  test('a lower latency that must not be (worseWhen lower) is judged in that direction', () => {
    const faster = { ...p95, statistic: 'p50', worseWhen: 'lower' } as const;
    const looks = Array.from({ length: 40 }, (_, i) =>
      look(i, spread('baseline', 200, i).concat(spread('candidate', 60, i))),
    );
    expect(judgeAll([faster], looks).verdict).toBe('harm');
    expect(judgeAll([{ ...p95, statistic: 'p50' }], looks).verdict).toBe('safe');
  });

  test('twice the latency is harm and the same latency is safe, judged by any statistic', () => {
    const guardrails = (['p50', 'p95', 'p99', 'mean'] as const).map((statistic) => ({
      ...p95,
      statistic,
      margin: { kind: 'relative', value: 0.8 } as const,
    }));
    const traffic = (medianMs: number) => {
      const random = seededRandom(3);
      return Array.from({ length: 110 }, (_, i) => demoLook(random, { ...baselineModel, medianMs }, 50, i * 250));
    };
    expect(judgeAll(guardrails, traffic(440)).guardrails.map((guardrail) => guardrail.verdict)).toEqual([
      'harm',
      'harm',
      'harm',
      'harm',
    ]);
    expect(judgeAll(guardrails, traffic(220)).guardrails.map((guardrail) => guardrail.verdict)).toEqual([
      'safe',
      'safe',
      'safe',
      'safe',
    ]);
  });
});

describe('trust', () => {
  const routed = (share: number, seed: number, splitPercent: number | null) => {
    const random = seededRandom(seed);
    return Array.from({ length: 80 }, (_, i): Look =>
      look(
        i,
        Array.from({ length: 50 }, () => ({
          ...card(random.next() < share ? 'candidate' : 'baseline', random.next() < 0.4 ? 'accepted' : 'none'),
          firstOfConversation: true,
        })),
        splitPercent,
      ),
    );
  };

  test('a sample ratio that is not the split is untrusted, with both figures in the sentence', () => {
    const report = judgeAll([acceptance], routed(0.07, 1, 10));
    expect([report.verdict, report.guardrails[0]?.verdict]).toEqual(['untrusted', 'untrusted']);
    expect(report.reason).toMatch(
      /candidate \d+ of \d+ conversations \(\d\.\d %\), asked 10\.0 %, evidence .*, limit 1:143; .*n \d+ \/ \d+ cards\.$/,
    );
  });

  const after = (looks: readonly Look[], n: number): Look[] => looks.map((one) => ({ ...one, atMs: one.atMs + n }));
  const accepted = (looks: readonly Look[], atMs: number): Look[] =>
    looks.map((one, i) => (i === 0 ? { ...one, acceptedDistrust: [{ kind: 'sampleRatio' as const, atMs }] } : one));

  test('a mismatch that a person accepted and that is over lets the verdict go by what came since', () => {
    const broken = routed(0.07, 1, 10);
    const mended = after(routed(0.1, 2, 10), 1e7);
    expect(judgeAll([acceptance], [...broken, ...mended]).verdict).toBe('untrusted');
    const report = judgeAll([acceptance], [...broken, ...accepted(mended, 5)]);
    expect([report.verdict, report.distrust]).toEqual(['safe', undefined]);
  });

  test('one that goes on is said again, by what came since alone and of ten times the evidence', () => {
    const [broken, goesOn] = [routed(0.07, 1, 10), after(routed(0.07, 3, 10), 1e7)];
    const report = judgeAll([acceptance], [...broken, ...accepted(goesOn, 5)]);
    expect(report.verdict).toBe('untrusted');
    expect(report.reason).toMatch(
      /since that was last accepted: candidate \d+ of \d+ conversations \(\d\.\d %\), asked 10\.0 %, evidence .*, limit 1:1429[;.]/,
    );
    // Told twice, as after a crash, it counts once.
    const twice = [goesOn.slice(0, 1), goesOn.slice(1)].flatMap((part) => accepted(part, 5));
    expect(judgeAll([acceptance], [...broken, ...twice])).toEqual(report);
  });

  test('figures and evidence are of one moment, and beside them stands what is so by now', () => {
    const [broken, mended] = [routed(0.05, 1, 10).slice(0, 30), after(routed(0.11, 2, 10), 1e7)];
    const before = judgeAll([acceptance], broken).reason;
    const shown = /candidate .*, evidence [^,]*,/.exec(before)?.[0] ?? 'nothing';
    const { reason } = judgeAll([acceptance], [...broken, ...mended]);
    expect(reason).toContain(shown);
    expect(reason).toMatch(/; by now \d+ of 5500 conversations \(\d+\.\d %\)/);
  });

  test('the ratio that the split asks for is trusted, and while a split settles nothing is tested', () => {
    expect(judgeAll([acceptance], routed(0.1, 2, 10)).verdict).not.toBe('untrusted');
    expect(judgeAll([acceptance], routed(0.3, 3, null)).verdict).not.toBe('untrusted');
  });

  test('harm outranks distrust', () => {
    const bad = look(100, [...cards('candidate', 200, 5), ...cards('baseline', 200, 80)], 10);
    expect(judgeAll([acceptance], [...routed(0.02, 4, 10), bad]).verdict).toBe('harm');
  });
});

describe('state', () => {
  test('a restart from its JSON at every look equals no restart, and the given state is left alone', () => {
    const looks = demoLooks('harmful', 9, 30);
    let plain = startJudge(demoGuardrails);
    let restarted = startJudge(demoGuardrails);
    for (const next of looks) {
      const before = JSON.stringify(plain);
      const after = takeLook(plain, next);
      expect(JSON.stringify(plain)).toBe(before);
      plain = after;
      restarted = JSON.parse(JSON.stringify(takeLook(restarted, next))) as JudgeState;
    }
    expect(restarted).toEqual(plain);
    expect(reportOf(restarted)).toEqual(reportOf(plain));
  });

  test('the order of cards within a look does not matter', () => {
    const looks = demoLooks('healthy', 13, 20);
    const reversed = looks.map((next) => ({ ...next, cards: next.cards.toReversed() }));
    expect(judgeAll(demoGuardrails, reversed)).toEqual(judgeAll(demoGuardrails, looks));
  });

  test('its size does not grow with the rollout', () => {
    const short = demoLooks('healthy', 17, 100).reduce(takeLook, startJudge(demoGuardrails));
    const long = demoLooks('healthy', 18, 400).reduce(takeLook, short);
    expect(JSON.stringify(long).length).toBeLessThan(JSON.stringify(short).length + 3000);
    expect(JSON.stringify(long).length).toBeLessThan(24_000);
  });

  test('another kind or version of state is refused with its code', () => {
    const old = JSON.parse('{"kind":"judgeState","version":6}') as JudgeState;
    expect(() => reportOf(old)).toThrow(expect.objectContaining({ code: 'judge-state-unknown' }));
    expect(() => takeLook(old, look(1, []))).toThrow(
      /version 6, rules undefined; expected judgeState, version 8, rules \d+/,
    );
  });
});

describe('numbers', () => {
  const hostile: readonly (readonly [string, readonly Card[]])[] = [
    ['nothing', []],
    ['one card', [card('candidate')]],
    ['all accepted', [...cards('candidate', 500, 500), ...cards('baseline', 500, 500)]],
    ['opposite extremes', [...cards('candidate', 2000, 0), ...cards('baseline', 2000, 2000)]],
    ['latencies of zero', [...cards('candidate', 500, 1, 0), ...cards('baseline', 500, 1, 0)]],
    ['latencies of days', [...cards('candidate', 500, 1, 4e8), ...cards('baseline', 500, 1, 0)]],
    [
      'broken latencies',
      [
        ...cards('candidate', 50, 1, Number.NaN),
        ...cards('baseline', 50, 1, Number.POSITIVE_INFINITY),
        ...cards('baseline', 50, 1, -7),
      ],
    ],
    ['none delivered', [...cards('candidate', 50, 1, null), ...cards('baseline', 50, 1, null)]],
  ];
  const all = [
    acceptance,
    dismissal,
    undelivered,
    p95,
    { ...p95, statistic: 'mean' },
    { ...p95, worseWhen: 'lower', margin: { kind: 'absolute', value: 100 } },
    { ...acceptance, margin: { kind: 'relative', value: 1 } },
    { ...dismissal, margin: { kind: 'absolute', value: 1 } },
  ] as const;

  test.each(hostile)('only finite numbers leave the judge: %s', (_name, shown) => {
    let state = startJudge(all);
    for (let i = 0; i < 12; i++)
      state = takeLook(
        takeLook(state, look(2 * i, shown)),
        look(2 * i + 1, demoLooks('healthy', i, 1)[0]?.cards ?? []),
      );
    const report = reportOf(state);
    expect(numbersIn([report, state]).filter((value) => !Number.isFinite(value))).toEqual([]);
    expect(JSON.stringify(report)).not.toMatch(/NaN|Infinity/);
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
  });
});
