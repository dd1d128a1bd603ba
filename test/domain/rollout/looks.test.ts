import { cutLooks, DEFAULT_LOOK_RULES } from '../../../src/domain/rollout/looks.ts';
import type { TimedCard } from '../../../src/domain/rollout/looks.ts';

const START = 1_000_000;
const rules = { ...DEFAULT_LOOK_RULES, rolloutStartedAtMs: START, splitPercent: 50, countsFromMs: START + 12_000 };

function card(
  afterMs: number,
  arm: 'baseline' | 'candidate' = afterMs % 2 === 0 ? 'candidate' : 'baseline',
): TimedCard {
  return {
    arm,
    outcomes: [],
    latencyMs: 200,
    agent: 'a',
    queue: 'q',
    firstOfConversation: true,
    triggeredAtMs: START + afterMs,
    arrivedAtMs: START + afterMs,
  };
}
const run = (from: number, count: number, everyMs = 1): TimedCard[] =>
  Array.from({ length: count }, (_, i) => card(from + i * everyMs));

test('a look never mixes two splits: what does not count yet and what counts are two looks', () => {
  const cards = [...run(9_000, 20), ...run(10_500, 20), ...run(13_000, 20)];
  const { looks, taken } = cutLooks(cards, rules, START + 14_000);
  expect(taken).toBe(60);
  expect(looks.map((look) => [look.cards.length, look.splitPercent])).toEqual([
    [40, null],
    [20, 50],
  ]);
  expect(cutLooks(cards, { ...rules, countsFromMs: null }, START + 14_000).looks[0]?.splitPercent).toBeNull();
});

test('a card counts by when it arrived, whatever its clock; but one of well before the split, delivered late, does not', () => {
  const told = (behindMs: number) =>
    run(13_000, 20).map((one) => ({ ...one, triggeredAtMs: one.triggeredAtMs - behindMs }));
  const splitOf = (behindMs: number) => cutLooks(told(behindMs), rules, START + 14_000).looks[0]?.splitPercent;
  expect([splitOf(0), splitOf(30_000), splitOf(120_000)]).toEqual([50, 50, null]);
});

test('too few cards to compare wait for more, until they are as old as the longest span', () => {
  const few = run(13_000, 6);
  expect(cutLooks(few, rules, START + 14_000)).toEqual({ looks: [], taken: 0 });
  expect(cutLooks(few, rules, START + 13_000 + rules.maxSpanMs).taken).toBe(6);
});

test('after an outage an hour of cards is cut into looks of at most a minute', () => {
  const { looks } = cutLooks(run(20_000, 3600, 1000), rules, START + 3_700_000);
  expect(looks.length).toBeGreaterThanOrEqual(60);
  expect(Math.max(...looks.map((look) => look.cards.length))).toBeLessThanOrEqual(60);
});

test('every card taken is in exactly one look, in order', () => {
  const cards = [...run(9_990, 50), ...run(80_000, 50), ...run(200_000, 3)];
  const { looks, taken } = cutLooks(cards, rules, START + 200_100);
  expect(looks.flatMap((look) => look.cards)).toEqual(cards.slice(0, taken));
  expect(taken).toBe(100);
});

test('outcomes do not move the cuts', () => {
  const cards = [...run(9_990, 50), ...run(80_000, 50)];
  const accepted = cards.map((one) => ({ ...one, outcomes: ['accepted' as const] }));
  const sizes = (list: TimedCard[]): number[] =>
    cutLooks(list, rules, START + 90_000).looks.map((look) => look.cards.length);
  expect(sizes(accepted)).toEqual(sizes(cards));
});
