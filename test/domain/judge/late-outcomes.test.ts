import { startJudge, takeLook } from '../../../src/domain/judge/judge.ts';
import { reportOf } from '../../../src/domain/judge/report/report.ts';
import {
  addLateOutcomes,
  isLate,
  LATE_OUTCOMES_ALPHA,
  noLateOutcomes,
} from '../../../src/domain/judge/trust/late-outcomes.ts';
import type { LateOutcomes } from '../../../src/domain/judge/trust/late-outcomes.ts';
import type { Arm, FollowedCards, Look } from '../../../src/domain/judge/types.ts';
import { seededRandom } from '../../../src/domain/shared/random.ts';
import { acceptance, cards } from './helpers.ts';

interface World {
  /** Share of the arm's cards to which something comes late, at look t. */
  readonly late: (arm: Arm, t: number) => number;
  readonly candidates?: number;
  readonly baselines?: number;
  /** Chance that an agent's browser is slow for five looks, per agent and look: then all comes late. */
  readonly burst?: number;
}

/** Looks of cards that were followed, of 60 agents who meet both arms. */
function followed(seed: number, count: number, world: World): readonly FollowedCards[] {
  const { late, candidates = 30, baselines = 270, burst = 0 } = world;
  const random = seededRandom(seed);
  const slowUntil = new Map<number, number>();
  return Array.from({ length: count }, (_, t) => {
    for (let agent = 0; agent < 60; agent++) if (random.next() < burst) slowUntil.set(agent, t + 5);
    const sums = new Map<string, { arm: Arm; agent: string; cards: number; late: number }>();
    const add = (arm: Arm): void => {
      const agent = Math.floor(random.next() * 60);
      const sum = sums.get(`${arm}${agent}`) ?? { arm, agent: `a${agent}`, cards: 0, late: 0 };
      sum.cards += 1;
      sum.late += random.next() < late(arm, t) || (slowUntil.get(agent) ?? 0) > t ? 1 : 0;
      sums.set(`${arm}${agent}`, sum);
    };
    for (let i = 0; i < baselines; i++) add('baseline');
    for (let i = 0; i < candidates; i++) add('candidate');
    return { toSeq: t, agents: [...sums.values()] };
  });
}

function after(seed: number, count: number, world: World): LateOutcomes {
  return followed(seed, count, world).reduce<LateOutcomes>(addLateOutcomes, noLateOutcomes);
}
const isDistrust = ({ baseline, candidate }: LateOutcomes): boolean => isLate(baseline) || isLate(candidate);

test.each([1, 2, 3])(
  'what comes late for one arm alone is seen within ten looks, whichever it is (seed %i)',
  (seed) => {
    for (const which of ['candidate', 'baseline'] as const) {
      const late = after(seed, 30, { late: (arm, t) => (arm === which && t >= 20 ? 0.3 : 0.02) });
      expect([isLate(late.candidate), isLate(late.baseline)]).toEqual([which === 'candidate', which === 'baseline']);
    }
  },
);

test('200 streams of a usual share, of drift, bursts, few cards and lateness that begins in both arms at once: no distrust', () => {
  let distrusted = 0;
  for (let seed = 1; seed <= 200; seed++) {
    const base = [0, 0.02, 0.1, 0.3][seed % 4] ?? 0;
    const world: World = {
      late: (arm, t) => base + 0.002 * t + (t > 25 ? 0.4 : 0) + (arm === 'candidate' ? 0.02 : 0),
      burst: 0.002 * (seed % 3),
      ...(seed % 5 === 0 ? { candidates: 2, baselines: 20 } : {}),
    };
    distrusted += isDistrust(after(seed, 50, world)) ? 1 : 0;
  }
  // 0.001 of 200 is 0.2 streams.
  expect(distrusted).toBeLessThanOrEqual(1);
  expect(LATE_OUTCOMES_ALPHA).toBe(0.001);
});

const lookOf = (one: FollowedCards, t: number): Look => ({
  atMs: t * 60_000,
  splitPercent: 10,
  cards: [...cards('baseline', 90, 27), ...cards('candidate', 10, 3)],
  followed: one,
});
const judged = (world: World) =>
  reportOf(
    followed(4, 30, world)
      .map(lookOf)
      .reduce(takeLook, startJudge([{ ...acceptance, mode: 'observe' }])),
  );

test('the sentence says what comes late, for which arm, how much, and the way out; broken stays broken', () => {
  const { reason, distrust, verdict } = judged({ late: (arm) => (arm === 'candidate' ? 0.3 : 0.02) });
  expect([verdict, distrust?.map(({ kind }) => kind)]).toEqual(['untrusted', ['lateForCandidate']]);
  expect(reason).toMatch(
    /^Data untrusted: answers, renders or metrics come after their cards have settled, for the candidate more than for the baseline: [23]\d\.\d % of its last \d+ cards, [123]\.\d+ % of the baseline's, evidence (beyond )?1:\d+, limit 1:2000: raise `settle` in the plan, or find what delays them; n/,
  );
});

test('one that was let pass and goes on is said of what came since, by the limit that it is held to now', () => {
  const late: World = { late: (arm) => (arm === 'candidate' ? 0.3 : 0.02) };
  const looks = followed(4, 90, late).map(lookOf);
  const accepted = looks.map((one, t) =>
    t === 30 || t === 60 ? { ...one, acceptedDistrust: [{ kind: 'lateForCandidate' as const, atMs: one.atMs }] } : one,
  );
  const { reason } = reportOf(accepted.reduce(takeLook, startJudge([{ ...acceptance, mode: 'observe' }])));
  expect(reason).toMatch(/more than for the baseline, since that was last accepted: .*, limit 1:200000: raise/);
});

test('late for both alike is no distrust, and is said', () => {
  const { reason, distrust } = judged({ late: () => 0.25 });
  expect(distrust).toBeUndefined();
  expect(reason).toMatch(
    / Of the cards lately 2\d\.\d % \/ 2\d\.\d % got an answer, a render or a metric after they had settled, which is not judged: raise `settle`/,
  );
  expect(judged({ late: () => 0.02 }).reason).not.toContain('settle');
});

test('a handful of cards of one arm is gathered until there are twenty', () => {
  const few = after(5, 9, { late: () => 0.02, candidates: 2 });
  expect([few.candidate.recent.cards, Object.keys(few.pending.candidate).length > 0]).toEqual([0, true]);
  expect(after(5, 10, { late: () => 0.02, candidates: 2 }).candidate.recent.cards).toBe(20);
});
