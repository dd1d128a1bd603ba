/**
 * Whether the server of a page can be reached. While it cannot, one question at a time is asked, however many desks
 * wait for it.
 */
import type { PageHttp } from './page-http.ts';

const ASK_EVERY_MS = 250;

export class Reach {
  readonly #http: Pick<PageHttp, 'get'>;
  readonly #reached = new Set<string>();
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(http: Pick<PageHttp, 'get'>) {
    this.#http = http;
  }

  /** Resolves as soon as the page answers, or once `signal` is aborted. */
  async until(pageUrl: string, signal: AbortSignal): Promise<void> {
    if (this.#reached.has(pageUrl) || signal.aborted) return;
    const waiting = this.#waiting.get(pageUrl);
    const others = waiting ?? new Set();
    if (waiting === undefined) {
      this.#waiting.set(pageUrl, others);
      void this.#ask(pageUrl);
    }
    await new Promise<void>((resolve) => {
      const go = (): void => {
        others.delete(go);
        signal.removeEventListener('abort', go);
        resolve();
      };
      others.add(go);
      signal.addEventListener('abort', go);
    });
  }

  lost(pageUrl: string): void {
    this.#reached.delete(pageUrl);
  }

  /** Asks no more. Whoever waits is let go by its own signal. */
  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  async #ask(pageUrl: string): Promise<void> {
    const waiting = this.#waiting.get(pageUrl);
    const isThere = await this.#http.get(pageUrl).then(
      () => true,
      () => false,
    );
    if (isThere) this.#reached.add(pageUrl);
    if (isThere || waiting === undefined || waiting.size === 0) {
      this.#waiting.delete(pageUrl);
      for (const go of waiting ?? []) go();
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#ask(pageUrl);
    }, ASK_EVERY_MS);
    this.#timers.add(timer);
  }
}
