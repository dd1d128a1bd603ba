/**
 * What many rollouts ask of the organisation in the same words while they start is asked once for all who wait, and after
 * each of them began to wait.
 */
import { setTimeout as sleep } from 'node:timers/promises';

/** `work` of the same `key` is the same work, whoever does it. */
export type Turns<T> = (key: string, work: () => Promise<T>) => Promise<T>;

interface Turn<T> {
  /** null: it has begun, and whoever comes now needs another. */
  next: Promise<T> | null;
  beganAtMs: number;
}

/** Who comes alone waits for nobody; a further one of the same key begins when the last one began `everyMs` ago. */
export function createTurns<T>(everyMs: number): Turns<T> {
  const turns = new Map<string, Turn<T>>();

  const begin = async (turn: Turn<T>, work: () => Promise<T>): Promise<T> => {
    await sleep(Math.max(0, turn.beganAtMs + everyMs - performance.now()));
    turn.next = null;
    turn.beganAtMs = performance.now();
    return work();
  };

  return (key, work) => {
    for (const [name, { next, beganAtMs }] of turns)
      if (next === null && performance.now() - beganAtMs > everyMs) turns.delete(name);
    const turn = turns.get(key) ?? { next: null, beganAtMs: -Infinity };
    turns.set(key, turn);
    // The first does it as its own work, which may be given up: then each of the others does it for itself.
    if (turn.next !== null) return turn.next.catch(work);
    turn.next = begin(turn, work);
    return turn.next;
  };
}
