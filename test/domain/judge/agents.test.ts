import { addToLedger, CARD_SCORES, emptyLedger } from '../../../src/domain/judge/gathering/agent-ledger.ts';
import { AGENT_KEYS, agentKeyOf } from '../../../src/domain/judge/gathering/agent-key.ts';
import { cardScores } from '../../../src/domain/judge/gathering/card-scores.ts';
import { emptyMemory } from '../../../src/domain/judge/gathering/baseline-memory.ts';
import { fillBlock, startBlock } from '../../../src/domain/judge/gathering/block.ts';
import { designEffects } from '../../../src/domain/judge/clusters/design-effect.ts';
import type { DesignEffects } from '../../../src/domain/judge/clusters/design-effect.ts';
import { startJudge, takeLook } from '../../../src/domain/judge/judge.ts';
import { reportOf } from '../../../src/domain/judge/report/report.ts';
import type { Card, Look } from '../../../src/domain/judge/types.ts';
import { seededRandom } from '../../../src/domain/shared/random.ts';
import type { Random } from '../../../src/domain/shared/random.ts';
import { acceptance, dismissal, p95, undelivered } from './helpers.ts';

interface Crowd {
  readonly random: Random;
  /** Of the agents, by number. */
  readonly rates: readonly number[];
  readonly candidateAgents: number;
  readonly perArm: readonly [number, number];
}

/** Each agent of its own acceptance rate; the arms share no agent. */
function crowd(
  seed: number,
  agents: number,
  candidateAgents: number,
  spread: number,
  perArm: readonly [number, number],
): Crowd {
  const random = seededRandom(seed);
  return {
    random,
    candidateAgents,
    perArm,
    rates: Array.from({ length: agents }, () => Math.min(0.95, Math.max(0.05, 0.4 + spread * random.normal()))),
  };
}

function crowdLook({ random, rates, candidateAgents, perArm }: Crowd, atMs: number): Look {
  const arm = (which: Card['arm'], count: number, from: number, to: number): readonly Card[] =>
    Array.from({ length: count }, () => {
      const agent = from + Math.floor(random.next() * (to - from));
      return {
        arm: which,
        outcomes: random.next() < (rates[agent] ?? 0.4) ? ['accepted'] : [],
        latencyMs: 200 * Math.exp(random.normal() / 2),
        agent: `agent-${agent}`,
        queue: 'q',
        firstOfConversation: true,
      };
    });
  return {
    atMs,
    splitPercent: null,
    cards: [
      ...arm('baseline', perArm[0], candidateAgents, rates.length),
      ...arm('candidate', perArm[1], 0, candidateAgents),
    ],
  };
}

function designOf(looks: readonly Look[]): DesignEffects {
  const scores = cardScores(emptyMemory, []);
  return designEffects(
    looks.reduce(
      (ledger, look) => addToLedger(ledger, fillBlock(startBlock(look), look.cards, scores)),
      emptyLedger(CARD_SCORES),
    ),
  );
}

const looksOf = (some: Crowd, count: number) => Array.from({ length: count }, (_, i) => crowdLook(some, i * 60_000));

describe('design effect', () => {
  test('worked number: 20 and 180 agents of 50 cards, correlation 0.03, make the variance about 2.5 times as large', () => {
    const spread = Math.sqrt(0.03 * 0.24);
    const found = [1, 2, 3, 4].map(
      (seed) => designOf(looksOf(crowd(seed, 200, 20, spread, [900, 100]), 10)).byScore.acceptanceRate ?? 0,
    );
    const mean = found.reduce((sum, one) => sum + one, 0) / found.length;
    expect(mean).toBeGreaterThan(2);
    expect(mean).toBeLessThan(3.5);
  });

  test('near 1 where agents do not differ, and where the same agents see both arms however much they differ', () => {
    expect(designOf(looksOf(crowd(5, 200, 20, 0, [900, 100]), 10)).byScore.acceptanceRate).toBeLessThan(1.6);
    const shared = looksOf(crowd(6, 60, 30, 0.2, [100, 100]), 10).map((look) => ({
      ...look,
      cards: look.cards.map((card, i) => ({ ...card, agent: `agent-${i % 60}` })),
    }));
    expect(designOf(shared).byScore.acceptanceRate).toBeLessThan(1.2);
  });

  test('harm to a whole arm is not taken for agents who differ', () => {
    const looks = looksOf(crowd(7, 200, 20, 0, [900, 100]), 10).map((look) => ({
      ...look,
      cards: look.cards.map((card, i) => (card.arm === 'candidate' && i % 2 === 0 ? { ...card, outcomes: [] } : card)),
    }));
    expect(designOf(looks).byScore.acceptanceRate).toBeLessThan(1.6);
  });
});

describe('verdicts where cards cluster by agent', () => {
  test('too few agents to know: undecided, with the reason in the sentence', () => {
    const state = looksOf(crowd(8, 60, 2, 0.15, [300, 100]), 30).reduce(takeLook, startJudge([acceptance]));
    expect(reportOf(state)).toMatchObject({
      verdict: 'undecided',
      reason: expect.stringMatching(/one arm has the cards of about 2 agents, too few to tell their habits/),
    });
  });

  test('agents of their own habits are no harm: seldom rolled back in 12 streams', () => {
    let harmed = 0;
    for (let seed = 1; seed <= 12; seed++) {
      const state = looksOf(crowd(seed, 100, 20, 0.1, [160, 40]), 20).reduce(
        takeLook,
        startJudge([{ ...acceptance, alpha: 0.05 }]),
      );
      harmed += reportOf(state).verdict === 'harm' ? 1 : 0;
    }
    expect(harmed).toBeLessThanOrEqual(2);
  });
});

describe('state', () => {
  test('under 20 KB for a thousand agents, with four guardrails', () => {
    const some = crowd(9, 1000, 100, 0.1, [1800, 200]);
    const state = looksOf(some, 30).reduce(takeLook, startJudge([acceptance, dismissal, undelivered, p95]));
    expect(JSON.stringify(state).length).toBeLessThan(20 * 1024);
    expect(JSON.stringify(state).length).toBeGreaterThan(5000);
  });

  test('worked number of the keys; any id finds one', () => {
    expect(agentKeyOf('')).toBe(252);
    for (const id of ['a', 'ü', '7f1c0e9e-0000-4b6f-9b1c-000000000000'])
      expect(agentKeyOf(id)).toBeLessThan(AGENT_KEYS);
  });
});
