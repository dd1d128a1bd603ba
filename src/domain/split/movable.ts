/**
 * Whole queues, or agents, are moved one after the other: in which order, and which shares of the conversations that
 * gives. Pure.
 */
import { hashOf } from './bucket.ts';

/** What is moved as a whole: a queue, or an agent. */
export interface Movable {
  readonly id: string;
  /** Conversations in the time that was looked at; one without any counts as one. */
  readonly volume: number;
}

/**
 * In the order of a stable hash: the candidate is not tried on the smallest first, whose conversations are like no
 * other's, and a repeat gives the same order.
 */
export function ordered<Of extends Movable>(movables: readonly Of[], seed: string): readonly Of[] {
  const keyed = movables.map((movable) => ({ movable, key: hashOf(`${seed}/${movable.id}`) >>> 0 }));
  return keyed
    .toSorted((a, b) => a.key - b.key || (a.movable.id < b.movable.id ? -1 : 1))
    .map(({ movable }) => movable);
}

/** The shares (percent, ascending from 0 to 100, each once) that moving them in this order gives. */
export function sharesOf(inOrder: readonly Movable[]): readonly number[] {
  const shares = inOrder.map((_, at) => shareOf(inOrder.slice(0, at + 1), inOrder));
  return [...new Set([0, ...shares])];
}

/** Share in percent, to 0.01, of some of them; only none is 0, only all are 100. */
export function shareOf(some: readonly Movable[], all: readonly Movable[]): number {
  if (some.length === 0) return 0;
  if (some.length === all.length) return 100;
  const percent = (100 * volumeOf(some)) / volumeOf(all);
  return Math.min(99.99, Math.max(0.01, Math.round(percent * 100) / 100));
}

/** Those that are the candidate's at this share, which is one of `sharesOf`. */
export function movedAt<Of extends Movable>(inOrder: readonly Of[], share: number): readonly Of[] {
  if (share <= 0) return [];
  const counts = inOrder.map((_, at) => at + 1);
  const count = counts.findLast((moved) => shareOf(inOrder.slice(0, moved), inOrder) <= share) ?? 0;
  return inOrder.slice(0, count);
}

function volumeOf(movables: readonly Movable[]): number {
  return movables.reduce((sum, { volume }) => sum + Math.max(1, volume), 0);
}
