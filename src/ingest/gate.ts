/** Bounds the bytes of pushes that are held in memory, from the first byte read until the answer. */

export interface Gate {
  /** One push. */
  enter(): Hold;
  readonly bytes: number;
  readonly pushes: number;
}

export interface Hold {
  /** False when there is no room for so many more; they do not count then. */
  add(bytes: number): boolean;
  leave(): void;
}

export function createGate(mostBytes: number): Gate {
  let [bytes, pushes] = [0, 0];
  return {
    get bytes() {
      return bytes;
    },
    get pushes() {
      return pushes;
    },
    enter() {
      let held = 0;
      pushes += 1;
      return {
        add(more) {
          if (bytes + more > mostBytes) return false;
          bytes += more;
          held += more;
          return true;
        },
        leave() {
          bytes -= held;
          pushes -= 1;
          held = 0;
        },
      };
    },
  };
}
