/**
 * Some rollouts turn harmful in the same second: how soon does the organisation serve the baseline alone again? Asked
 * of the organisation, from outside.
 */
import type { OrganisationApi } from '../lib/organisation.ts';
import { sleep } from './lanes.ts';
import type { Pair } from './traffic.ts';
import { send, tippingCards } from './traffic.ts';

/** Of all rollouts together: who asks more often measures the asking. */
const POLLS_PER_SECOND = 200;
/** One that takes longer is told as never: the benchmark must end. */
const PATIENCE_MS = 60_000;

export interface Safety {
  readonly action: string;
  readonly sentAtMs: number;
  /** Until the events service has acknowledged the tipping push. */
  readonly ackMs: number;
  /** From the sending of the tipping push to the read-back; null: not within a minute. */
  readonly ms: number | null;
}

export async function timeToSafety(
  events: { readonly url: string; readonly secret: string },
  organisation: OrganisationApi,
  pairs: readonly Pair[],
): Promise<Safety[]> {
  const pollMs = (1000 * pairs.length) / POLLS_PER_SECOND;
  return Promise.all(
    pairs.map(async (pair, place) => {
      // Spread over the second, as they would be.
      await sleep((1000 * place) / pairs.length);
      const cards = tippingCards(pair);
      const sentAtMs = Date.now();
      await send(events.url, events.secret, cards);
      const told = { action: pair.action, sentAtMs, ackMs: Date.now() - sentAtMs };
      while (Date.now() - sentAtMs < PATIENCE_MS) {
        if (await organisation.isRestored(pair.action)) return { ...told, ms: Date.now() - sentAtMs };
        await sleep(pollMs);
      }
      return { ...told, ms: null };
    }),
  );
}
