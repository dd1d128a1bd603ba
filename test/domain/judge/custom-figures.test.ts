/** What is shown of a custom metric is a value that there was, and what is strange is said. */
import { startJudge, takeLook } from '../../../src/domain/judge/judge.ts';
import { reportOf } from '../../../src/domain/judge/report/report.ts';
import type { Card, Look } from '../../../src/domain/judge/types.ts';
import type { Guardrail } from '../../../src/domain/plan/plan.ts';
import { acceptance, dismissal, p95, undelivered } from './helpers.ts';
import { level, customLooks, normal } from './custom-streams.ts';

const rowOf = (guardrail: Guardrail, looks: readonly Look[]) =>
  reportOf(looks.reduce(takeLook, startJudge([guardrail]))).guardrails[0];

describe('figures as they are', () => {
  const values = (valueOf: (i: number) => number): Look[] =>
    Array.from({ length: 30 }, (_, look) => ({
      atMs: look * 60_000,
      splitPercent: 50,
      cards: Array.from({ length: 20 }, (_card, j): Card => {
        const i = look * 20 + j;
        return {
          arm: i % 2 === 0 ? 'baseline' : 'candidate',
          outcomes: [],
          latencyMs: 220,
          agent: `a${i % 37}`,
          queue: 'q',
          custom: { handleTime: valueOf(i) },
          firstOfConversation: true,
        };
      }),
    }));
  const spread = (i: number): number => 300 + ((i * 37) % 100);

  test.each<[string, number]>([
    ['0', 0],
    ['7', 7],
    ['-3', -3],
    ['1e6', 1e6],
  ])('constant %s against the same: just that, and no effect', (_text, value) => {
    for (const statistic of ['p50', 'p95', 'mean'] as const) {
      const row = rowOf(
        level({ statistic, margin: { kind: 'relative', value: 0.1 } }),
        values(() => value),
      );
      expect(row).toMatchObject({ baselineValue: value, candidateValue: value });
      if (statistic !== 'mean') expect(row?.effect).toMatchObject({ estimate: 0, low: 0, high: 0 });
    }
  });

  test('latencies of 0 ms against the same: 0, and no effect', () => {
    const none = values(() => 0).map((look) => ({
      ...look,
      cards: look.cards.map((card) => ({ ...card, latencyMs: 0 })),
    }));
    expect(rowOf(p95, none)).toMatchObject({
      baselineValue: 0,
      candidateValue: 0,
      effect: { estimate: 0, low: 0, high: 0, unit: 'ms' },
    });
    expect(rowOf(p95, none)?.sentence).toMatch(/; a share of 0 is nothing: give the margin in ms\.$/);
  });

  test('a margin that is a share of 0 is told to be nothing', () => {
    expect(
      rowOf(
        level({ statistic: 'p50', margin: { kind: 'relative', value: 0.1 } }),
        values(() => 0),
      )?.sentence,
    ).toMatch(/; a share of 0 is nothing: give the margin in s\.$/);
    expect(
      rowOf(
        level({ statistic: 'p50', margin: { kind: 'absolute', value: 1 } }),
        values(() => 0),
      )?.sentence,
    ).not.toMatch(/share of 0/);
    for (const guardrail of [acceptance, dismissal])
      expect(
        rowOf(
          guardrail,
          values(() => 0),
        )?.sentence,
      ).toMatch(/; a share of 0 is nothing: give the margin in pp\.$/);
    expect(
      rowOf(
        acceptance,
        customLooks({ seed: 1, looks: 10, value: normal(() => ({ mean: 0, sd: 1 })) }).map((look) => ({
          ...look,
          cards: look.cards.map((card) => ({ ...card, outcomes: ['accepted' as const] })),
        })),
      )?.sentence,
    ).not.toMatch(/share of 0/);
  });

  test.each<[string, (i: number) => number]>([
    ['stand-ins for a fifth of them from the beginning', (i) => (i % 5 === 0 ? 99_999 : spread(i))],
    ['stand-ins that come later', (i) => (i > 100 && i % 5 === 0 ? 99_999 : spread(i))],
    ['stand-ins below zero', (i) => (i % 5 === 0 ? -99_999 : spread(i))],
    ['a third of them in milliseconds', (i) => (i % 3 === 0 ? 1000 * spread(i) : spread(i))],
  ])('%s: said, and the median is that of the rest', (_what, valueOf) => {
    const row = rowOf(level({ statistic: 'p50', margin: { kind: 'relative', value: 0.1 } }), values(valueOf));
    expect(row?.sentence).toMatch(
      / of its values lie far from all others \(-?[\d.]+ s\): they look like stand-ins for what is not known, or like another unit\.$/,
    );
    for (const value of [row?.baselineValue, row?.candidateValue]) {
      expect(value).toBeGreaterThanOrEqual(300);
      expect(value).toBeLessThan(400);
    }
  });

  test.each<[string, (i: number) => number]>([
    ['half of them in milliseconds', (i) => (i % 4 < 2 ? 1000 * spread(i) : spread(i))],
    ['more stand-ins than values', (i) => (i % 20 < 11 ? 99_999 : spread(i))],
    ['-1 for what is not known', (i) => (i % 5 === 0 ? -1 : spread(i))],
  ])('%s: said', (_what, valueOf) => {
    for (const worseWhen of ['higher', 'lower'] as const) {
      const row = rowOf(
        level({ statistic: 'p50', worseWhen, margin: { kind: 'relative', value: 0.1 } }),
        values(valueOf),
      );
      expect(row?.sentence).toMatch(
        / of its values .*: they look like stand-ins for what is not known, or like another unit\.$/,
      );
    }
  });

  test('a stand-in is shown as it came, not rounded', () => {
    const row = rowOf(
      level({ statistic: 'p95', margin: { kind: 'relative', value: 0.1 } }),
      values((i) => (i % 5 < 2 ? 99_999 : spread(i))),
    );
    expect(row?.sentence).toContain('candidate 99999 s vs baseline 99999 s');
  });

  test('a mean that a few cards make says so', () => {
    const looks = customLooks({
      seed: 7,
      looks: 40,
      value: (random) => 300 + 50 * Math.tan(Math.PI * (random.next() - 0.5)),
    });
    const row = rowOf(level({ statistic: 'mean', margin: { kind: 'relative', value: 0.1 } }), looks);
    expect(row?.sentence).toMatch(
      /; one card in a hundred makes two fifths and more of how its values differ, .*: use p50 and p95\.$/,
    );
    expect(row?.effect).toMatchObject({ low: null, high: null });
  });

  test('more than nothing against nothing is harm, and no share of it is told', () => {
    const zero = (guardrail: Guardrail) =>
      rowOf(
        guardrail,
        values((i) => (i % 2 === 1 && i % 5 === 0 ? 5 : 0)),
      );
    for (const statistic of ['p95', 'mean'] as const) {
      const row = zero(level({ statistic, margin: { kind: 'relative', value: 0.1 } }));
      expect(row).toMatchObject({ verdict: 'harm', baselineValue: 0, effect: { unit: 'own' } });
      expect(row?.sentence).not.toMatch(/\d % higher\b(?!\))/);
    }
    for (const guardrail of [dismissal, { ...undelivered, margin: { kind: 'relative' as const, value: 0.1 } }]) {
      const row = rowOf(
        guardrail,
        values(() => 0).map((look) => ({
          ...look,
          cards: look.cards.map((card, i): Card =>
            card.arm === 'candidate' && i % 3 === 0
              ? guardrail === dismissal
                ? { ...card, outcomes: ['dismissed'] }
                : { ...card, latencyMs: null }
              : card,
          ),
        })),
      );
      expect(row).toMatchObject({ verdict: 'harm', baselineValue: 0, effect: { unit: 'share' } });
    }
    expect(
      rowOf(
        { ...undelivered, margin: { kind: 'relative', value: 0.1 } },
        values(() => 0),
      )?.sentence,
    ).toMatch(/; a share of 0 is nothing: give the margin in pp\.$/);
  });

  test('a harm beside stand-ins is found as without them', () => {
    const guardrail = level({ statistic: 'p50', margin: { kind: 'absolute', value: 20 } });
    expect(
      rowOf(
        guardrail,
        values((i) => (i % 5 === 0 ? 99_999 : spread(i) + (i % 2 === 0 ? 0 : 60))),
      )?.verdict,
    ).toBe('harm');
  });

  test('first values unlike the rest: the figures hold, and that they are not told apart is said', () => {
    const row = rowOf(
      level({ statistic: 'p50', margin: { kind: 'relative', value: 0.1 } }),
      values((i) => (i < 40 ? 99_999 : spread(i))),
    );
    expect(row?.sentence).toMatch(
      /; its first values were unlike the later ones, so that differences below \d+ s are not told apart: start the rollout anew\.$/,
    );
    expect(row?.baselineValue).toBeGreaterThanOrEqual(300);
    expect(row?.baselineValue).toBeLessThan(400);
  });

  test('of ordinary figures nothing strange is said, whatever their shape', () => {
    const shapes: ((random: { next(): number; normal(): number }) => number)[] = [
      (random) => 300 + 100 * random.normal(),
      (random) => Math.exp(5 + random.normal()),
      (random) => (random.next() < 0.6 ? 0 : 100 * random.next()),
      (random) => Math.round(1 + 4 * random.next()),
      (random) => (random.next() < 0.5 ? 10 : 200) + 10 * random.normal(),
      (random) => -Math.log(1 - random.next()),
    ];
    for (const value of shapes) {
      const row = rowOf(
        level({ statistic: 'p50', margin: { kind: 'relative', value: 0.1 } }),
        customLooks({ seed: 7, looks: 40, value }),
      );
      expect(row?.sentence).not.toMatch(/far from all others|unlike the later/);
    }
  });
});
