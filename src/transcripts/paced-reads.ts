/**
 * Reads one after the other, some time apart, so that they do not use up the rate that others need. What finds out which
 * conversations there are goes before what is read of one that is over; of these so many wait, and the oldest gives way.
 */
import type { Followed } from './followed.ts';
import { isPassing } from './retry.ts';

export interface PacedReadsParts {
  readonly sleep: (ms: number) => Promise<void>;
  readonly readEveryMs: number;
  /** Conversations that wait for their turn. */
  readonly maxUnread: number;
  /** Gave way: it is never read. */
  readonly onGivenUp: (followed: Followed) => void;
  /** Of what will be answered otherwise after a while: the same once more. */
  readonly onPassing: (again: () => void) => void;
  readonly onFailure: (error: unknown) => void;
}

type Work = () => Promise<void>;

export class PacedReads {
  readonly #parts: PacedReadsParts;
  readonly #first: Work[] = [];
  readonly #unread: { readonly followed: Followed; readonly work: Work }[] = [];
  #running = false;
  #closed = false;

  constructor(parts: PacedReadsParts) {
    this.#parts = parts;
  }

  find(work: Work): void {
    if (this.#closed) return;
    this.#first.push(work);
    void this.#run();
  }

  fill(followed: Followed, work: Work): void {
    if (this.#closed) return;
    this.#unread.push({ followed, work });
    if (this.#unread.length > this.#parts.maxUnread) {
      const oldest = this.#unread.shift();
      if (oldest !== undefined) this.#parts.onGivenUp(oldest.followed);
    }
    void this.#run();
  }

  close(): void {
    this.#closed = true;
    this.#first.length = 0;
    this.#unread.length = 0;
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    for (let again = this.#next(); again !== undefined; again = this.#next()) {
      await this.#take(again);
      if (!this.#closed) await this.#parts.sleep(this.#parts.readEveryMs).catch(() => undefined);
    }
    this.#running = false;
  }

  /** Takes it out and answers how to put it back. */
  #next(): { readonly work: Work; readonly again: () => void } | undefined {
    const first = this.#first.shift();
    if (first !== undefined) return { work: first, again: () => this.find(first) };
    const unread = this.#unread.shift();
    if (unread === undefined) return undefined;
    return { work: unread.work, again: () => this.fill(unread.followed, unread.work) };
  }

  async #take({ work, again }: { readonly work: Work; readonly again: () => void }): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.#closed) return;
      if (isPassing(error)) this.#parts.onPassing(again);
      else this.#parts.onFailure(error);
    }
  }
}
