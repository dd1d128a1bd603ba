import { movedAt, ordered, shareOf, sharesOf } from '../../../src/domain/split/movable.ts';
import { seededRandom } from '../../../src/domain/shared/random.ts';

const queue = (id: string, volume: number) => ({ id, volume });

test('shares are the cumulative volume in a fixed order, and a quiet queue counts as one conversation', () => {
  const queues = [queue('a', 60), queue('b', 0), queue('c', 39)];
  expect(sharesOf(queues)).toEqual([0, 60, 61, 100]);
  expect(movedAt(queues, 60).map(({ id }) => id)).toEqual(['a']);
  expect(movedAt(queues, 61).map(({ id }) => id)).toEqual(['a', 'b']);
  expect(shareOf([queues[2] ?? queue('', 0)], queues)).toBe(39);
});

test('the order is the same each time, goes by the action, and is not that of the volume', () => {
  const queues = Array.from({ length: 40 }, (_, i) => queue(`queue-${i}`, i));
  const order = ordered(queues, 'RefundCopilot');
  expect(ordered(queues.toReversed(), 'RefundCopilot')).toEqual(order);
  expect(ordered(queues, 'OtherCopilot')).not.toEqual(order);
  expect(order).not.toEqual(queues);
});

test('whatever the volumes: nobody at 0, all at 100, each share its own queues, and never more than asked', () => {
  const random = seededRandom(7).next;
  for (let round = 0; round < 300; round++) {
    const count = 1 + Math.floor(random() * 12);
    const queues = Array.from({ length: count }, (_, i) => queue(`q${i}`, Math.floor(10 ** (random() * 9 - 2))));
    const shares = sharesOf(queues);
    expect(shares.at(0)).toBe(0);
    expect(shares.at(-1)).toBe(100);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    for (const share of shares) expect(shareOf(movedAt(queues, share), queues)).toBe(share);
    expect(movedAt(queues, 0)).toEqual([]);
    expect(movedAt(queues, 100)).toEqual(queues);
  }
});
