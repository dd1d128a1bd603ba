/**
 * Between what comes by itself and whoever takes it: holds a bounded number, and says when to stop and go on reading.
 */
interface QueueOptions {
  /** Beyond it `onFull` is called; at half of it `onRoom`. */
  readonly maxItems: number;
  readonly onFull: () => void;
  readonly onRoom: () => void;
}

export class BoundedQueue<T> {
  readonly #options: QueueOptions;
  readonly #items: T[] = [];
  #full = false;
  #over: { readonly error?: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  push(item: T): void {
    if (this.#over !== undefined) return;
    this.#items.push(item);
    if (this.#items.length >= this.#options.maxItems && !this.#full) {
      this.#full = true;
      this.#options.onFull();
    }
    this.#wakeUp();
  }

  /** What waits is still taken; then whoever takes is told. */
  fail(error: unknown): void {
    this.#over ??= { error };
    this.#wakeUp();
  }

  end(): void {
    this.#over ??= {};
    this.#wakeUp();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const item = this.#take();
      if (item !== undefined) yield item;
      else if (this.#over === undefined)
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      else if ('error' in this.#over) throw this.#over.error;
      else return;
    }
  }

  #take(): T | undefined {
    const item = this.#items.shift();
    if (this.#full && this.#items.length <= this.#options.maxItems / 2) {
      this.#full = false;
      this.#options.onRoom();
    }
    return item;
  }

  #wakeUp(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
