import {
  addToSettling,
  MAX_SETTLING_MS,
  MIN_SETTLING_MS,
  startSettling,
} from '../../../src/domain/rollout/settling.ts';
import type { Settling, SettlingCard, SplitChange } from '../../../src/domain/rollout/settling.ts';

const SHOWN = 1_000_000;
const change: SplitChange = { fromPercent: 5, toPercent: 50, shownMs: SHOWN };

/** One conversation every 200 ms; `percent` of them the candidate's, spread evenly. */
function served(fromMs: number, count: number, percent: number): SettlingCard[] {
  return Array.from({ length: count }, (_, i) => ({
    arm:
      Math.floor(((i + 1) * percent) / 100) > Math.floor((i * percent) / 100)
        ? ('candidate' as const)
        : ('baseline' as const),
    firstOfConversation: true,
    triggeredAtMs: SHOWN + fromMs + i * 200,
  }));
}
const settle = (cards: readonly SettlingCard[], of: SplitChange = change): Settling =>
  addToSettling(startSettling(of), cards, of);

test('a split that is served at once counts within seconds', () => {
  const { sinceMs } = settle(served(0, 100, 50));
  expect(sinceMs).toBeGreaterThanOrEqual(SHOWN + MIN_SETTLING_MS);
  expect(sinceMs).toBeLessThan(SHOWN + MIN_SETTLING_MS + 5000);
});

test('one that is served half a minute late counts from then on, not before', () => {
  const { sinceMs } = settle([...served(0, 150, 5), ...served(30_000, 200, 50)]);
  expect(sinceMs).toBeGreaterThanOrEqual(SHOWN + 30_000);
  expect(sinceMs).toBeLessThan(SHOWN + 36_000);
});

test('one that never moves counts after two minutes all the same: then it is news', () => {
  expect(settle(served(0, 550, 5)).sinceMs).toBeNull();
  expect(settle(served(0, 700, 5)).sinceMs).toBe(SHOWN + MAX_SETTLING_MS);
});

test('a split that did not change has settled once requests in flight have', () => {
  expect(startSettling({ fromPercent: 50, toPercent: 50, shownMs: SHOWN }).sinceMs).toBe(SHOWN + MIN_SETTLING_MS);
});

test('card by card or all at once, it is the same instant', () => {
  const cards = [...served(0, 60, 5), ...served(12_000, 60, 50)];
  expect(cards.reduce((state, card) => addToSettling(state, [card], change), startSettling(change))).toEqual(
    settle(cards),
  );
});

test('repeated cards of a conversation say nothing', () => {
  expect(settle(served(0, 100, 50).map((card) => ({ ...card, firstOfConversation: false }))).logEvidence).toBe(0);
});
