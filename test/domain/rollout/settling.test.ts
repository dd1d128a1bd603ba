import { addToSampleRatio, isRatioBroken, startSampleRatio } from '../../../src/domain/judge/trust/sample-ratio.ts';
import { cutLooks, DEFAULT_LOOK_RULES } from '../../../src/domain/rollout/looks.ts';
import type { TimedCard } from '../../../src/domain/rollout/looks.ts';
import {
  addToSettling,
  isUnmoved,
  MAX_SETTLING_MS,
  MAX_UNSERVED_MS,
  MIN_SETTLING_MS,
  startSettling,
} from '../../../src/domain/rollout/settling.ts';
import type { Settling, SettlingCard, SplitChange } from '../../../src/domain/rollout/settling.ts';
import { seededRandom } from '../../../src/domain/shared/random.ts';

const SHOWN = 1_000_000_000;
const change: SplitChange = { fromPercent: 5, toPercent: 50, shownMs: SHOWN };

/** One conversation every 200 ms; `percent` of them the candidate's, spread evenly. */
function served(fromMs: number, count: number, percent: number): SettlingCard[] {
  return Array.from({ length: count }, (_, i) => ({
    arm:
      Math.floor(((i + 1) * percent) / 100) > Math.floor((i * percent) / 100)
        ? ('candidate' as const)
        : ('baseline' as const),
    firstOfConversation: true,
    arrivedAtMs: SHOWN + fromMs + i * 200,
  }));
}
const settle = (cards: readonly SettlingCard[], of: SplitChange = change): Settling =>
  addToSettling(startSettling(of), cards, of);

test('a split that is served at once counts within seconds', () => {
  const { sinceMs } = settle(served(0, 100, 50));
  expect(sinceMs).toBeGreaterThanOrEqual(SHOWN + MIN_SETTLING_MS);
  expect(sinceMs).toBeLessThan(SHOWN + MIN_SETTLING_MS + 15_000);
});

test('one that is served half a minute late counts from then on, not before', () => {
  const { sinceMs } = settle([...served(0, 150, 5), ...served(30_000, 300, 50)]);
  expect(sinceMs).toBeGreaterThanOrEqual(SHOWN + 30_000);
  expect(sinceMs).toBeLessThan(SHOWN + 60_000);
});

test('one that is served by half of the servers does not count yet; after two minutes it does all the same', () => {
  expect(settle(served(0, 590, 27)).sinceMs).toBeNull();
  expect(settle(served(0, 700, 27)).sinceMs).toBe(SHOWN + MAX_SETTLING_MS);
});

test('one that never moves is known to be late after two minutes, and counts after ten', () => {
  const late = settle(served(0, 1500, 5));
  expect([late.sinceMs, isUnmoved(late)]).toEqual([null, true]);
  expect(settle(served(0, 3100, 5)).sinceMs).toBe(SHOWN + MAX_UNSERVED_MS);
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
  expect(settle(served(0, 100, 50).map((card) => ({ ...card, firstOfConversation: false }))).cards).toBe(0);
});

test('worked number: 5 % to 50 %, the first card is the candidate’s: S = 1/2 x 0.5 / 0.275', () => {
  const { logReached } = settle([{ arm: 'candidate', firstOfConversation: true, arrivedAtMs: SHOWN + 3000 }]);
  expect(Math.exp(logReached)).toBeCloseTo(0.909, 3);
});

interface World {
  readonly change: readonly [number, number];
  readonly perMinute: number;
  readonly delayS: number;
  /** All servers at once, over a minute, or half of them at once. */
  readonly shape?: 'step' | 'ramp' | 'half';
  /** Seconds that the agent's clock is ahead. */
  readonly clock?: (arm: TimedCard['arm'], agent: number) => number;
}

function shareAt({ change: [from, to], delayS, shape = 'step' }: World, s: number): number {
  if (s < 0) return from;
  if (shape === 'ramp') return from + (to - from) * Math.min(1, Math.max(0, (s - delayS) / 60));
  return s >= delayS ? to : shape === 'half' ? (from + to) / 2 : from;
}

/** From a minute before the change to a quarter of an hour after it, in order of arrival. */
function cardsOf(world: World, seed: number): TimedCard[] {
  const random = seededRandom(seed);
  const cards: TimedCard[] = [];
  for (let s = -60; s < 900; s -= (Math.log(1 - random.next()) * 60) / world.perMinute) {
    const arm = random.next() < shareAt(world, s) / 100 ? 'candidate' : 'baseline';
    const agent = Math.floor(random.next() * 60);
    const arrivedAtMs = SHOWN + 1000 * (s + 0.2 + 2 * random.next());
    const toldMs = SHOWN + 1000 * (s + (world.clock?.(arm, agent) ?? 0));
    cards.push({
      arm,
      outcomes: [],
      latencyMs: 1,
      agent: `a${agent}`,
      queue: 'q',
      firstOfConversation: true,
      triggeredAtMs: Math.min(arrivedAtMs, toldMs),
      arrivedAtMs,
    });
  }
  return cards.toSorted((a, b) => a.arrivedAtMs - b.arrivedAtMs);
}

/** As a watch does: what came is settled, cut into looks and shown to the sample-ratio test, every 20 seconds. */
function isUntrusted(world: World, seed: number): boolean {
  const [fromPercent, toPercent] = world.change;
  const of: SplitChange = { fromPercent, toPercent, shownMs: SHOWN };
  let [settling, ratio, rest] = [startSettling(of), startSampleRatio(), [] as TimedCard[]];
  const cards = cardsOf(world, seed);
  for (let nowMs = SHOWN - 60_000, at = 0; nowMs < SHOWN + 900_000; nowMs += 20_000) {
    const from = at;
    while ((cards[at]?.arrivedAtMs ?? Infinity) <= nowMs) at++;
    rest = [...rest, ...cards.slice(from, at)];
    const { sinceMs: countsFromMs } = addToSettling(settling, rest, of);
    const rules = { ...DEFAULT_LOOK_RULES, rolloutStartedAtMs: SHOWN, splitPercent: toPercent, countsFromMs };
    const { looks, taken } = cutLooks(rest, rules, nowMs);
    settling = addToSettling(settling, rest.slice(0, taken), of);
    rest = rest.slice(taken);
    ratio = looks.reduce(addToSampleRatio, ratio);
  }
  return isRatioBroken(ratio);
}

const SPLITS = [
  [5, 10],
  [10, 25],
  [25, 50],
  [50, 100],
  [100, 95],
  [50, 25],
  [25, 5],
  [5, 50],
] as const;
const WORLDS: readonly Omit<World, 'change' | 'perMinute'>[] = [
  ...[0, 5, 30, 60, 110, 119].map((delayS) => ({ delayS })),
  { delayS: 0, shape: 'ramp' },
  { delayS: 40, shape: 'ramp' },
  { delayS: 60, shape: 'half' },
  { delayS: 110, shape: 'half' },
  { delayS: 0, clock: () => -30 },
  { delayS: 30, clock: () => 30 },
  { delayS: 0, clock: (arm) => (arm === 'candidate' ? -30 : 0) },
  { delayS: 30, clock: (arm) => (arm === 'baseline' ? -30 : 0) },
  { delayS: 30, clock: (arm) => (arm === 'candidate' ? 30 : 0) },
  { delayS: 0, clock: (_, agent) => (agent % 3 === 0 ? -30 : 0) },
];

test.each([3, 30, 300])(
  'an organisation that serves a split late, bit by bit or with clocks half a minute off is no distrust (%i a minute)',
  (perMinute) => {
    const runs = SPLITS.flatMap((one, i) =>
      WORLDS.map((world, j) => isUntrusted({ ...world, change: one, perMinute }, 1000 * i + j)),
    );
    // The sample ratio's own budget is 0.007; 128 runs.
    expect(runs.filter(Boolean).length).toBeLessThanOrEqual(1);
  },
);

test('a ratio that is broken from the start of a split is seen all the same', () => {
  const third: World = { change: [5, 50], perMinute: 300, delayS: 1e9, shape: 'half' };
  expect([1, 2, 3].map((seed) => isUntrusted(third, seed))).toEqual([true, true, true]);
});
