import { nextLookMs } from '../../src/activities/next-look.ts';
import { NOON } from '../helpers/events.ts';
import { watchInput } from './watch-input.ts';

const MINUTE = 60_000;
const input = watchInput({ guardrails: [], seen: [] }, { settleMs: 1000, atMostMs: 14 * MINUTE });
const NOTHING = { headMs: null, leftMs: null };
const arms = { baseline: { cards: 0, lastMs: NOON }, candidate: { cards: 0, lastMs: NOON } };

test.each([
  ['the bake may end', NOON, NOTHING, MINUTE],
  ['its longest time is over', NOON + MINUTE, NOTHING, 14 * MINUTE],
  ['the silence is long enough', NOON + 14 * MINUTE, NOTHING, 600 * MINUTE],
  ['nothing is due any more', NOON + 600 * MINUTE, NOTHING, Infinity],
  ['the first card settles', NOON, { headMs: NOON + 500, leftMs: null }, 1500],
  ['what was too little to compare is old enough', NOON + 2 * MINUTE, { headMs: null, leftMs: NOON + 90_000 }, 150_000],
])('without any news it looks when %s', (_, nowMs, unsettled, afterMs) => {
  expect(nextLookMs(input, { arms }, { ...unsettled, asOfMs: nowMs }) - NOON).toBe(afterMs);
});

test('it looks at the planned end of the step, and when what a person let pass is over', () => {
  const override = { untilMs: NOON + 30_000 } as NonNullable<typeof input.overrides>[number];
  const next = nextLookMs({ ...input, overrides: [override] }, { arms }, { ...NOTHING, asOfMs: NOON });
  expect(next).toBe(NOON + 30_000);
  const planned = { ...input, plannedEnd: { atMs: NOON + 20_000, share: 1 } };
  expect(nextLookMs(planned, { arms }, { ...NOTHING, asOfMs: NOON })).toBe(NOON + 20_000);
});
