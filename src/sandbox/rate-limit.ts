/** So many calls per key and minute, counted in windows that open with the first call. */
const WINDOW_MS = 60_000;

export interface Quota {
  readonly allowed: boolean;
  readonly count: number;
  readonly limit: number;
  /** Whole seconds to the end of the window, at least one. */
  readonly resetSeconds: number;
}

export class WindowLimit {
  readonly #windows = new Map<string, { readonly endsAt: number; count: number }>();
  readonly #limit: number;
  readonly #now: () => number;

  constructor(limit: number, now: () => number) {
    this.#limit = limit;
    this.#now = now;
  }

  /** A key may have a limit of its own. */
  take(key: string, limit = this.#limit): Quota {
    const now = this.#now();
    let window = this.#windows.get(key);
    if (window === undefined || window.endsAt <= now) window = this.#open(key, now);
    const resetSeconds = Math.max(1, Math.ceil((window.endsAt - now) / 1000));
    if (window.count >= limit) return { allowed: false, count: window.count, limit, resetSeconds };
    window.count += 1;
    return { allowed: true, count: window.count, limit, resetSeconds };
  }

  #open(key: string, now: number): { readonly endsAt: number; count: number } {
    for (const [other, { endsAt }] of this.#windows) if (endsAt <= now) this.#windows.delete(other);
    const window = { endsAt: now + WINDOW_MS, count: 0 };
    this.#windows.set(key, window);
    return window;
  }
}
