/** A/A on past cards: about alpha or less, the same for the same seed, and what was put in is found. */
import type { Plan } from '../../../src/domain/plan/plan.ts';
import { replayOnce, replayResult, replaySentences } from '../../../src/domain/replay/aa.ts';
import type { ReplayResult } from '../../../src/domain/replay/aa.ts';
import { parseEffect, treatmentOf } from '../../../src/domain/replay/effect.ts';
import { gatherCards } from '../../../src/domain/replay/past-cards.ts';
import type { PastTraffic } from '../../../src/domain/replay/past-cards.ts';
import { NOON } from '../../helpers/events.ts';
import { acceptance, planOf, traffic } from './traffic.ts';

function replayed(
  cards: PastTraffic,
  {
    plan = planOf(),
    count = 24,
    seed = 1,
    effect,
  }: { plan?: Plan; count?: number; seed?: number; effect?: string } = {},
): ReplayResult {
  const read = effect === undefined ? undefined : parseEffect(effect);
  if (typeof read === 'string') throw new Error(read);
  const treatment = read && treatmentOf(read, cards.cards);
  if (typeof treatment === 'string') throw new Error(treatment);
  const runs = Array.from({ length: count }, (_, at) => replayOnce(plan, cards, { count, seed, treatment }, at));
  return replayResult(plan, runs);
}

test('cards split from themselves are called harmful in no more than alpha, and mostly promoted', () => {
  const result = replayed(traffic());
  expect(result.budget).toBe(0.05);
  expect(result.harm.low).toBeLessThan(0.05);
  expect(result.harm.hits).toBeLessThanOrEqual(3);
  expect(result.promoted.hits).toBeGreaterThan(19);
  expect(result.guardrails).toMatchObject([{ metric: 'acceptanceRate', alpha: 0.05, harm: { of: 24 } }]);
  expect(result.promotedAfterMs.median).toBeGreaterThanOrEqual(45 * 60_000);
  expect(replaySentences(result, null)).toEqual([
    expect.stringMatching(/^Called harmful, though split from itself: \d of 24, .* \(.* to .*\)\.$/),
    'The plan allows 5.0 %.',
  ]);
});

test('the same seed gives the same, another one other splits', () => {
  const cards = traffic();
  expect(replayed(cards, { count: 6 })).toEqual(replayed(cards, { count: 6 }));
  expect(replayed(cards, { count: 6, seed: 2 })).not.toEqual(replayed(cards, { count: 6 }));
});

test.each(['acceptanceRate=-40%', 'acceptanceRate=-12pp'])('%s injected is found', (effect) => {
  const result = replayed(traffic(), { count: 8, effect });
  expect(result.harm.hits).toBeGreaterThanOrEqual(7);
  expect(result.harmAfterMs.median).toBeLessThan(45 * 60_000);
  expect(replaySentences(result, effect)).toEqual([
    expect.stringMatching(/^With acceptanceRate=-.* injected, harm was found in \d of 8, /),
  ]);
});

test('where agents differ, by agent is undecided more often than by conversation, and neither is wrong too often', () => {
  const making = { agents: 60, agentSpread: 0.1 };
  const byConversation = replayed(traffic(making), { count: 16 });
  const byAgent = replayed(traffic({ ...making, unit: 'agent' }), { count: 16 });
  for (const { harm, untrusted } of [byConversation, byAgent]) {
    expect(harm.low).toBeLessThan(0.05);
    expect(untrusted.hits).toBe(0);
  }
  expect(byAgent.promoted.hits).toBeLessThan(byConversation.promoted.hits - 3);
});

test('slices are counted by their own budget, and a guardrail that only observes rolls nothing back', () => {
  const plan = planOf({
    guardrails: [{ ...acceptance, mode: 'observe', alpha: 0.4 }],
    slices: { by: ['queue'], times: 2, alpha: 0.01 },
  });
  const result = replayed(traffic(), { count: 5, plan });
  expect(result).toMatchObject({ budget: 0.01, harm: { hits: 0 }, slices: { of: 5, hits: 0 } });
});

test('where the cards end before the plan does, that is what is said', () => {
  const result = replayed(traffic({ hours: 0.2 }), { count: 3 });
  expect(result).toMatchObject({ unfinished: { hits: 3 }, promoted: { hits: 0 }, promotedAfterMs: { median: null } });
});

test('a gap in which no card came stops the plan as onNoData says', () => {
  const gathering = gatherCards('conversation');
  const cards = traffic();
  const late = cards.cards.filter(({ arrivedAtMs }) => arrivedAtMs < NOON + 20 * 60_000);
  late.forEach(({ unit, ...card }) => gathering.add(String(unit), card));
  const { policies } = planOf();
  const plan = planOf({ policies: { ...policies, onNoData: { afterMs: 300_000, do: 'pause' } } });
  const result = replayed(gathering.traffic(NOON + 5 * 3_600_000), { count: 3, plan });
  expect(result).toMatchObject({ silent: { hits: 3 }, unfinished: { hits: 0 } });
});
