/**
 * Bounds the bytes of pushes that are held in memory: those that have come, whatever was announced, until the answer.
 * When there is no room, the oldest body whose signature was not checked yet is cut, so that who sends slowly and
 * proves nothing takes it from nobody.
 */

export interface MemoryBudget {
  /** One push; `onCut` is called once, when it must make room. */
  reserve(onCut: () => void): Reservation;
  readonly bytes: number;
  readonly pushes: number;
  /** How many had to make room. */
  readonly cut: number;
}

export interface Reservation {
  /** False when there is no room for so many more, or when it was cut; they do not count then. */
  grow(bytes: number): boolean;
  /** It is whole and genuine: not cut from now on. */
  proven(): void;
  release(): void;
}

export function createMemoryBudget(maxBytes: number): MemoryBudget {
  const total = { bytes: 0, pushes: 0, cut: 0 };
  /** Oldest first; each makes room when it is called. */
  const unproven = new Set<() => void>();
  const makeRoom = (): boolean => {
    const [oldest] = unproven;
    oldest?.();
    return oldest !== undefined;
  };
  return {
    get bytes() {
      return total.bytes;
    },
    get pushes() {
      return total.pushes;
    },
    get cut() {
      return total.cut;
    },
    reserve(onCut) {
      let held = 0;
      let inside = true;
      total.pushes += 1;
      const release = (): void => {
        if (!inside) return;
        inside = false;
        unproven.delete(makeWay);
        total.bytes -= held;
        total.pushes -= 1;
      };
      const makeWay = (): void => {
        total.cut += 1;
        release();
        onCut();
      };
      unproven.add(makeWay);
      return {
        grow(more) {
          // Whoever makes room may be this one itself.
          const isIn = (): boolean => inside;
          while (isIn() && total.bytes + more > maxBytes) if (!makeRoom()) return false;
          if (!isIn()) return false;
          total.bytes += more;
          held += more;
          return true;
        },
        proven: () => void unproven.delete(makeWay),
        release,
      };
    },
  };
}
