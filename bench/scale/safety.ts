/** Some rollouts turn harmful in the same second: how soon does the organisation serve the baseline alone again? Asked of the organisation, from outside. */
import type { OrganisationApi } from '../lib/organisation.ts';
import { sleep } from './lanes.ts';
import type { Pair } from './traffic.ts';
import { send, tippingCards } from './traffic.ts';

const POLL_MS = 20;
/** One that takes longer is told as never: the benchmark must end. */
const PATIENCE_MS = 60_000;

/** ms from the sending of the tipping push to the read-back; null: not within a minute. */
export async function timeToSafety(events: { readonly url: string; readonly secret: string }, organisation: OrganisationApi, pairs: readonly Pair[]): Promise<(number | null)[]> {
  return Promise.all(pairs.map(async (pair, place) => {
    // Spread over the second, as they would be.
    await sleep((1000 * place) / pairs.length);
    const cards = tippingCards(pair);
    const sentAtMs = Date.now();
    await send(events.url, events.secret, cards);
    while (Date.now() - sentAtMs < PATIENCE_MS) {
      if (await organisation.isRestored(pair.action)) return Date.now() - sentAtMs;
      await sleep(POLL_MS);
    }
    return null;
  }));
}
