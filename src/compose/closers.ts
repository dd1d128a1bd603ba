/** Whoever opens a thing registers how to close it, there and then; closing is one loop, last opened first. */

export interface Closers {
  add(name: string, close: () => unknown): void;
  /** Closes everything; one that fails or hangs is reported and does not keep the others open. */
  close(): Promise<void>;
}

export interface ClosersOptions {
  readonly onError: (name: string, error: unknown) => void;
  /** Longest time one closer may take. */
  readonly timeoutMs?: number;
}

export function createClosers(options: ClosersOptions): Closers {
  const open: { name: string; close: () => unknown }[] = [];
  return {
    add: (name, close) => void open.push({ name, close }),
    async close() {
      for (let last = open.pop(); last !== undefined; last = open.pop()) {
        try {
          await within(options.timeoutMs ?? 15_000, last.close);
        } catch (error) {
          options.onError(last.name, error);
        }
      }
    },
  };
}

async function within(ms: number, close: () => unknown): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`did not close within ${ms} ms`)), ms);
  });
  try {
    await Promise.race([Promise.resolve().then(close), late]);
  } finally {
    clearTimeout(timer);
  }
}
