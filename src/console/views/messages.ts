/** What people were told of the rollout, by which destination, and whether it arrived. */
import { html } from 'hono/html';
import { deliveryOf, deliveryText, destinationText } from '../../domain/story/sent-message.ts';
import type { Delivery, SentMessage } from '../../domain/story/sent-message.ts';
import type { Seen } from '../watch.ts';
import { proseOf, shownText, timeOf } from './markup.ts';
import type { Markup } from './markup.ts';
import type { Tone } from './tones.ts';

const TONES: Readonly<Record<Delivery, Tone>> = {
  delivered: 'good',
  waiting: 'dim',
  held: 'dim',
  trying: 'warn',
  givenUp: 'bad',
};
const WORDS: Readonly<Record<Delivery, string>> = {
  delivered: 'delivered',
  waiting: 'waiting',
  held: 'held back',
  trying: 'still trying',
  givenUp: 'given up',
};

/** What did not arrive is open at once. */
export function messagesPart({ told: { story } }: Seen, nowMs: number): Markup {
  const messages = story?.messages ?? null;
  if (messages === null) return html`<section id="messages" hidden></section>`;
  const late = messages.some((one) => ['trying', 'givenUp'].includes(deliveryOf(one, nowMs)));
  return html`<section id="messages" aria-labelledby="messages-title">
    <h2 id="messages-title">Messages</h2>
    ${
      messages.length === 0
        ? html`<p class="dim">No message of it is on record: none is routed to a destination.</p>`
        : html`<details id="messages-sent" ${late ? 'open' : ''}>
            <summary>${summaryText(messages, nowMs)}</summary>
            <ol class="log">
              ${messages.toReversed().map((one) => line(one, nowMs))}
            </ol>
          </details>`
    }
  </section>`;
}

function summaryText(messages: readonly SentMessage[], nowMs: number): string {
  const counts = (['delivered', 'waiting', 'held', 'trying', 'givenUp'] as const).flatMap((kind) => {
    const count = messages.filter((one) => deliveryOf(one, nowMs) === kind).length;
    return count === 0 ? [] : [`${count} ${WORDS[kind]}`];
  });
  return counts.join(', ');
}

function line(message: SentMessage, nowMs: number): Markup {
  return html`<li>
    ${timeOf(message.queuedAt)} <strong>${destinationText(message)}</strong>: ${shownText(message.headline)}
    <span class="dim">(${message.event})</span>
    <span class="${TONES[deliveryOf(message, nowMs)]}">${proseOf(deliveryText(message, nowMs))}</span>
  </li>`;
}
