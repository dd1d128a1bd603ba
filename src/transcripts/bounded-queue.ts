/**
 * Between what comes by itself and whoever takes it: holds a bounded number, and says when to stop and go on reading.
 */
export interface BoundedQueue<T> {
  push(item: T): void;
  fail(error: unknown): void;
  end(): void;
  [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined>;
}

export interface QueueOptions {
  /** Beyond it `onFull` is called; at half of it `onRoom`. */
  readonly maxItems: number;
  readonly onFull: () => void;
  readonly onRoom: () => void;
}

export function createBoundedQueue<T>({ maxItems, onFull, onRoom }: QueueOptions): BoundedQueue<T> {
  const items: T[] = [];
  let full = false;
  let over: { readonly error?: unknown } | undefined;
  let wake: (() => void) | undefined;
  const wakeUp = (): void => {
    wake?.();
    wake = undefined;
  };
  return {
    push(item) {
      if (over !== undefined) return;
      items.push(item);
      if (items.length >= maxItems && !full) {
        full = true;
        onFull();
      }
      wakeUp();
    },
    fail(error) {
      over ??= { error };
      wakeUp();
    },
    end() {
      over ??= {};
      wakeUp();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const item = items.shift();
        if (item !== undefined) {
          if (full && items.length <= maxItems / 2) {
            full = false;
            onRoom();
          }
          yield item;
        } else if (over !== undefined) {
          if ('error' in over) throw over.error;
          return;
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    },
  };
}
