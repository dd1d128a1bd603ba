/**
 * Between what comes by itself and whoever takes it: holds a bounded number, and says when to stop and go on reading.
 */
export interface Outlet<T> {
  put(item: T): void;
  fail(error: unknown): void;
  end(): void;
  [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined>;
}

export interface OutletOptions {
  /** Beyond it `onFull` is called; at half of it `onRoom`. */
  readonly most: number;
  readonly onFull: () => void;
  readonly onRoom: () => void;
}

export function createOutlet<T>({ most, onFull, onRoom }: OutletOptions): Outlet<T> {
  const items: T[] = [];
  let full = false;
  let over: { readonly error?: unknown } | undefined;
  let wake: (() => void) | undefined;
  const stir = (): void => {
    wake?.();
    wake = undefined;
  };
  return {
    put(item) {
      if (over !== undefined) return;
      items.push(item);
      if (items.length >= most && !full) {
        full = true;
        onFull();
      }
      stir();
    },
    fail(error) {
      over ??= { error };
      stir();
    },
    end() {
      over ??= {};
      stir();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const item = items.shift();
        if (item !== undefined) {
          if (full && items.length <= most / 2) {
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
