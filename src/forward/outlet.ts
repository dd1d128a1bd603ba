/** One destination, and how a message gets there. */
import type { ClaimedMessage } from '../store/outbox.ts';
import type { Answer } from './post.ts';

export interface DeliverOptions {
  readonly timeoutMs: number;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

export interface Outlet {
  readonly name: string;
  /** Figures of windows are sent there too. */
  readonly metrics: boolean;
  /** Never rejects. */
  deliver(message: ClaimedMessage, options: DeliverOptions): Promise<Answer>;
}
