import fc from 'fast-check';
import { owns } from '../../../src/domain/split/bucket.ts';
import type { ServedVersion } from '../../../src/domain/split/bucket.ts';
import { isCovered, servedPercent } from '../../../src/domain/split/coverage.ts';
import { applyWrite, retireBaselineWrites, splitWrites } from '../../../src/domain/split/writes.ts';
import type { Arms, SplitWrite } from '../../../src/domain/split/writes.ts';

/** Every bucket that a conversation can have; counted here anew, so that the code under test does not judge itself. */
const BUCKETS = Array.from({ length: 10_000 }, (_, i) => i / 100);

const control = (splitPercent: number, enabled = true): ServedVersion => ({ enabled, group: 'control', splitPercent });
const candidate = (splitPercent: number, enabled = true): ServedVersion => ({
  enabled,
  group: 'candidate',
  splitPercent,
});
const at = (percent: number): Arms => ({ candidate: candidate(percent), baseline: control(100 - percent) });

const percent = fc.oneof(
  fc.integer({ min: 0, max: 100 }),
  fc.integer({ min: 0, max: 10_000 }).map((n) => n / 100),
);
const version: fc.Arbitrary<ServedVersion> = fc.record({
  enabled: fc.boolean(),
  group: fc.constantFrom('candidate' as const, 'control' as const),
  splitPercent: percent,
});
const anyArms: fc.Arbitrary<Arms> = fc.record({ candidate: version, baseline: version });

function holes(arms: Arms): Set<number> {
  return new Set(BUCKETS.filter((bucket) => !owns(arms.candidate, bucket) && !owns(arms.baseline, bucket)));
}

function lost(before: Set<number>, after: Set<number>): number[] {
  return [...after].filter((bucket) => !before.has(bucket));
}

function statesAlong(start: Arms, writes: readonly SplitWrite[]): Arms[] {
  const states = [start];
  for (const write of writes) states.push(applyWrite(states.at(-1) ?? start, write));
  return states;
}

function expectNobodyLost(start: Arms, writes: readonly SplitWrite[]): void {
  const gaps = statesAlong(start, writes).map(holes);
  gaps.slice(1).forEach((gap, i) => expect(lost(gaps[i] ?? new Set(), gap)).toEqual([]));
}

describe('order of the writes', () => {
  test('raising lifts the candidate before it lowers the baseline', () => {
    expect(splitWrites(at(5), 25)).toEqual([
      { arm: 'candidate', to: candidate(25) },
      { arm: 'baseline', to: control(75) },
    ]);
  });

  test('lowering restores the baseline before it lowers the candidate', () => {
    expect(splitWrites(at(50), 0)).toEqual([
      { arm: 'baseline', to: control(100) },
      { arm: 'candidate', to: candidate(0) },
    ]);
  });

  test('nothing is written when nothing differs', () => {
    expect(splitWrites(at(25), 25)).toEqual([]);
  });

  test('only the arm that differs is written', () => {
    expect(splitWrites({ candidate: candidate(25), baseline: control(100) }, 25)).toEqual([
      { arm: 'baseline', to: control(75) },
    ]);
  });

  test('arms that swapped their groups by hand go by way of a baseline that serves everything', () => {
    const swapped: Arms = { candidate: control(60), baseline: candidate(40) };
    expect(splitWrites(swapped, 25)).toEqual([
      { arm: 'baseline', to: control(100) },
      { arm: 'candidate', to: candidate(25) },
      { arm: 'baseline', to: control(75) },
    ]);
  });

  test('a candidate that somebody disabled is not enabled again on the way to 0', () => {
    expect(splitWrites({ candidate: candidate(30, false), baseline: control(100) }, 0)).toEqual([
      { arm: 'candidate', to: candidate(0, false) },
    ]);
  });

  test('rolling back after the baseline was retired enables the baseline first', () => {
    expect(splitWrites({ candidate: control(100), baseline: control(0, false) }, 0)).toEqual([
      { arm: 'baseline', to: control(100) },
      { arm: 'candidate', to: candidate(0) },
    ]);
  });

  test('retiring the baseline makes the candidate the control first', () => {
    expect(retireBaselineWrites(at(100))).toEqual([
      { arm: 'candidate', to: control(100) },
      { arm: 'baseline', to: control(0, false) },
    ]);
  });

  test.each([-1, 101, Number.NaN, Number.POSITIVE_INFINITY])('a split of %p is refused', (bad) => {
    expect(() => splitWrites(at(5), bad)).toThrow(RangeError);
  });
});

describe('coverage', () => {
  test('at splits all over the scale, somebody owns the seam between the arms', () => {
    const unserved: number[] = [];
    for (let n = 0; n <= 10_000; n += 7) {
      const writes = splitWrites({ candidate: candidate(50, false), baseline: control(50, false) }, n / 100);
      const arms = writes.map((write) => write.to);
      // Only buckets around the seam can be missed: looking at all of them for all splits would take minutes.
      const seam = BUCKETS.slice(Math.max(0, n - 2), n + 2);
      unserved.push(...seam.filter((bucket) => !arms.some((arm) => owns(arm, bucket))));
    }
    expect(unserved).toEqual([]);
  });

  test('from any state to any split, no write takes a served bucket away, and the end is complete', () => {
    fc.assert(
      fc.property(anyArms, percent, (start, to) => {
        const writes = splitWrites(start, to);
        expectNobodyLost(start, writes);
        const end = statesAlong(start, writes).at(-1) ?? start;
        expect(holes(end).size).toBe(0);
        expect(servedPercent(end.candidate, [end.candidate, end.baseline])).toBeCloseTo(to, 2);
        expect(splitWrites(end, to)).toEqual([]);
      }),
      { numRuns: 120 },
    );
  });

  test('a whole rollout with drift by hand in between stays covered from the first covered state on', () => {
    const act = fc.oneof(
      percent.map((to) => ({ to })),
      version.map((drift) => ({ drift })),
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 6 }), (acts) => {
        let arms: Arms = at(0);
        for (const one of acts) {
          const writes = 'to' in one ? splitWrites(arms, one.to) : [];
          expectNobodyLost(arms, writes);
          arms = 'to' in one ? (statesAlong(arms, writes).at(-1) ?? arms) : { ...arms, candidate: one.drift };
        }
      }),
      { numRuns: 40 },
    );
  });

  test('any write that arrives a second time, at once or later, takes nothing away', () => {
    fc.assert(
      fc.property(anyArms, percent, fc.nat(), fc.nat(), (start, to, which, later) => {
        const writes = splitWrites(start, to);
        if (writes.length === 0) return;
        const again = which % writes.length;
        const place = again + 1 + (later % (writes.length - again));
        const repeated = writes.toSpliced(place, 0, writes[again] as SplitWrite);
        expectNobodyLost(start, repeated);
      }),
      { numRuns: 120 },
    );
  });

  test('a call that died after any of its writes is finished by the next call', () => {
    fc.assert(
      fc.property(anyArms, percent, fc.nat(), (start, to, cut) => {
        const writes = splitWrites(start, to);
        const died = statesAlong(start, writes.slice(0, cut % (writes.length + 1))).at(-1) ?? start;
        const rest = splitWrites(died, to);
        expectNobodyLost(died, rest);
        const end = statesAlong(died, rest).at(-1) ?? died;
        expect(isCovered([end.candidate, end.baseline])).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('retiring the baseline takes nothing away from any state', () => {
    fc.assert(
      fc.property(anyArms, (start) => {
        const writes = retireBaselineWrites(start);
        expectNobodyLost(start, writes);
        expect(holes(statesAlong(start, writes).at(-1) ?? start).size).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});
