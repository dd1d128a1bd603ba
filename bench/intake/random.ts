/** A seeded source of choices: the same seed sends the same requests. */
import { seededRandom } from '../../src/domain/shared/random.ts';

export interface Dice {
  /** 0 up to 1. */
  next(): number;
  below(n: number): number;
  pick<T>(items: readonly T[]): T;
  chance(probability: number): boolean;
  bytes(length: number): Buffer;
}

export function createDice(seed: number): Dice {
  const random = seededRandom(seed);
  const next = (): number => random.next();
  const below = (n: number): number => Math.floor(next() * n);
  return {
    next,
    below,
    pick: (items) => items[below(items.length)] as never,
    chance: (probability) => next() < probability,
    bytes: (length) => Buffer.from(Array.from({ length }, () => below(256))),
  };
}
