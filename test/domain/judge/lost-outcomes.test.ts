import { emptyMemory } from '../../../src/domain/judge/gathering/baseline-memory.ts';
import { emptyTally, noHits, TALLIED } from '../../../src/domain/judge/gathering/block.ts';
import { startJudge, takeLook } from '../../../src/domain/judge/judge.ts';
import { reportOf } from '../../../src/domain/judge/report/report.ts';
import {
  addLostOutcomes,
  hasLost,
  LOST_OUTCOMES_ALPHA,
  noLostOutcomes,
} from '../../../src/domain/judge/trust/lost-outcomes.ts';
import { LATE_OUTCOMES_ALPHA } from '../../../src/domain/judge/trust/late-outcomes.ts';
import { SAMPLE_RATIO_ALPHA } from '../../../src/domain/judge/trust/sample-ratio.ts';
import type { Card, Look } from '../../../src/domain/judge/types.ts';
import type { Guardrail } from '../../../src/domain/plan/plan.ts';
import { seededRandom } from '../../../src/domain/shared/random.ts';
import { acceptance, undelivered } from './helpers.ts';

interface World {
  /** Share lost of each arm's cards at look t. */
  readonly lost: (arm: Card['arm'], t: number) => number;
  /** Chance that an agent's browser loses everything for five looks, per agent and look. */
  readonly burst?: number;
  /** Times the latency at look t. */
  readonly slow?: (t: number) => number;
}

/** Looks of 270 and 30 cards; 20 of 200 agents see the candidate, whose arm shares none with the baseline's. */
function looks(seed: number, count: number, { lost, burst = 0, slow = () => 1 }: World): readonly Look[] {
  const random = seededRandom(seed);
  const deafUntil = new Map<number, number>();
  return Array.from({ length: count }, (_, t) => {
    for (let agent = 0; agent < 200; agent++) if (random.next() < burst) deafUntil.set(agent, t + 5);
    const arm = (which: Card['arm'], cards: number, from: number, agents: number): readonly Card[] =>
      Array.from({ length: cards }, () => {
        const agent = from + Math.floor(random.next() * agents);
        const gone = random.next() < lost(which, t) || (deafUntil.get(agent) ?? 0) > t;
        const accepted = random.next() < 0.3;
        const ms = 300 * slow(t) * Math.exp(0.6 * random.normal());
        return {
          arm: which,
          outcomes: accepted && !gone ? ['accepted'] : [],
          latencyMs: gone ? null : ms,
          agent: `a${agent}`,
          queue: 'q',
          firstOfConversation: true,
        };
      });
    return {
      atMs: t * 60_000,
      splitPercent: 10,
      cards: [...arm('baseline', 270, 20, 180), ...arm('candidate', 30, 0, 20)],
    };
  });
}

const harmless: Guardrail = { ...acceptance, mode: 'observe' };

/** The first look (1, 2, ...) at which the data are untrusted; null: never. */
function untrustedAt(shown: readonly Look[], guardrails: readonly Guardrail[] = [harmless]): number | null {
  let state = startJudge(guardrails);
  for (const [i, look] of shown.entries()) {
    state = takeLook(state, look);
    if (reportOf(state).verdict === 'untrusted') return i + 1;
  }
  return null;
}

const jump = (from: number, arms: readonly Card['arm'][]): World => ({
  lost: (arm, t) => (t >= from && arms.includes(arm) ? 0.3 : 0.01),
});

test('the budgets of trust make one in a hundred', () => {
  expect(SAMPLE_RATIO_ALPHA + LOST_OUTCOMES_ALPHA + LATE_OUTCOMES_ALPHA).toBeCloseTo(0.01, 12);
});

test('200 harmless streams with drift, bursts of agents, slow incidents and a candidate that loses two in a hundred more: trusted', () => {
  let untrusted = 0;
  for (let seed = 1; seed <= 200; seed++) {
    const base = 0.005 + 0.02 * (seed % 3);
    untrusted +=
      untrustedAt(
        looks(seed, 30, {
          lost: (arm, t) => base + 0.001 * t + (arm === 'candidate' ? 0.02 : 0),
          burst: 0.002 * (seed % 4),
          slow: (t) => (t > 15 && t < 20 ? 4 : 1),
        }),
      ) === null
        ? 0
        : 1;
  }
  // 0.002 of 200 is 0.4 streams.
  expect(untrusted).toBeLessThanOrEqual(2);
});

test.each([1, 2, 3, 4, 5])(
  "a loss of 30 %% of the baseline's outcomes is seen within 10 looks, early and late (seed %i)",
  (seed) => {
    for (const from of [2, 40]) {
      const at = untrustedAt(looks(seed, from + 10, jump(from, ['baseline'])), [harmless, undelivered]);
      expect(at).toBeGreaterThan(from);
      expect(at).toBeLessThanOrEqual(from + 10);
    }
  },
);

test.each([1, 2, 3, 4, 5])("and of the candidate's, where nothing guards it (seed %i)", (seed) => {
  for (const from of [2, 40])
    expect(untrustedAt(looks(seed, from + 10, jump(from, ['candidate'])))).toBeGreaterThan(from);
});

test("a jump of the candidate alone is the guardrail's: harm, not distrust", () => {
  const state = looks(3, 20, jump(8, ['candidate'])).reduce(takeLook, startJudge([undelivered]));
  expect(reportOf(state).verdict).toBe('harm');
  expect(untrustedAt(looks(3, 20, jump(8, ['candidate'])), [undelivered])).toBeNull();
});

test('one sentence with rates, numbers and evidence, for both arms where both jumped; broken stays broken', () => {
  const broken = looks(7, 18, jump(8, ['baseline', 'candidate'])).reduce(takeLook, startJudge([harmless, undelivered]));
  const { reason, guardrails } = reportOf(broken);
  expect(reason).toMatch(
    /^Data untrusted: cards that nothing is heard of after they were triggered jumped: candidate [1-4]\d\.\d % of the last \d+, evidence (beyond )?1:\d+, baseline [23]\d\.\d % of the last \d+, evidence (beyond )?1:\d+; usual are [01]\.\d+ %, limit 1:1000; n \d+ \/ \d+ cards\.$/,
  );
  expect(guardrails[0]?.verdict).toBe('untrusted');
  expect(reportOf(looks(8, 30, jump(99, [])).reduce(takeLook, broken)).verdict).toBe('untrusted');
});

test('one that was let pass and goes on is said by the limit that it is held to now, of each arm where they differ', () => {
  const shown = looks(7, 60, { lost: (_, t) => ((t >= 8 && t < 18) || t >= 30 ? 0.5 : 0.01) });
  const reasonAfter = (...kinds: ('lostByCandidate' | 'lostByBaseline')[]): string => {
    const accepted = shown.map((one, t) =>
      t === 25 ? { ...one, acceptedDistrust: kinds.map((kind) => ({ kind, atMs: one.atMs })) } : one,
    );
    return reportOf(accepted.reduce(takeLook, startJudge([harmless, undelivered]))).reason;
  };
  expect(reasonAfter('lostByCandidate', 'lostByBaseline')).toMatch(
    /jumped: baseline [^,]+, evidence [^,]+, since that was last accepted; usual are [\d.]+ %, limit 1:10000; n/,
  );
  expect(reasonAfter('lostByBaseline')).toMatch(
    /candidate [^,]+, evidence [^,]+, limit 1:1000, baseline [^,]+, evidence [^,]+, limit 1:10000, since that was last accepted; usual are [\d.]+ %; n/,
  );
});

test('once broken, the evidence goes on to grow with the loss, and what is shown is of when it was highest', () => {
  const distrustOf = (count: number) => {
    const shown = looks(7, count, { lost: (arm, t) => (arm === 'baseline' && t >= 8 && t < 30 ? 0.3 : 0.01) });
    return reportOf(shown.reduce(takeLook, startJudge([harmless])));
  };
  const [early, later, over] = [distrustOf(16), distrustOf(24), distrustOf(60)];
  const evidence = [early, later, over].map(({ distrust = [] }) =>
    distrust.find(({ kind }) => kind === 'lostByBaseline'),
  );
  expect(evidence[0]?.logEvidence).toBeGreaterThan(Math.log(1000));
  expect(evidence[1]?.logEvidence).toBeGreaterThan((evidence[0]?.logEvidence ?? 0) + Math.log(10));
  expect(over.reason).toMatch(/baseline [23]\d\.\d % of the last/);
});

test('one look alone, whatever it shows, breaks nothing; nor does an arm that has always lost as much', () => {
  const blip: World = { lost: (_, t) => (t === 10 ? 0.9 : 0.01) };
  expect(untrustedAt(looks(9, 20, blip))).toBeNull();
  expect(untrustedAt(looks(9, 20, { lost: () => 0.3 }))).toBeNull();
});

test('worked number: usual 1 %, an agent with all, half or none of the cards lost', () => {
  const memory = { ...emptyMemory, cards: 1000, hits: { ...emptyMemory.hits, undeliveredRate: 10 } };
  const paid = (cards: number, lost: number): number => {
    const hits = { ...noHits, undeliveredRate: lost };
    const tally = {
      ...emptyTally,
      cards,
      hits,
      agents: TALLIED.map((name) => (name === 'cards' ? cards : name === 'undeliveredRate' ? lost : 0)),
    };
    const { process } = addLostOutcomes(
      noLostOutcomes,
      { splitPercent: 10, sinceMs: 0, baseline: tally, candidate: emptyTally },
      memory,
    ).baseline;
    return Math.exp(process.sums[0] ?? 0);
  };
  expect([paid(4, 4), paid(4, 2), paid(4, 0)].map((one) => Number(one.toFixed(2)))).toEqual([2.59, 1.74, 0.88]);
  expect(hasLost(noLostOutcomes.baseline)).toBe(false);
});

test('where nobody ever tells that a card was on a screen, nothing is lost', () => {
  expect(untrustedAt(looks(11, 60, { lost: () => 1 }))).toBeNull();
  expect(untrustedAt(looks(12, 60, { lost: () => 0.97 }))).toBeNull();
});
