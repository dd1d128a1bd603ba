/** Messages on their way: into the outbox, and from there to people. */
import { targetsOf } from '../domain/messages/targets.ts';
import { createRedactor, redactDeep } from '../domain/text/redact.ts';
import type { Redact } from '../domain/text/redact.ts';
import type { Outlet } from '../forward/outlet.ts';
import type { QueuedMessage, Tell } from '../store/messages.ts';
import { queueMessage } from '../store/messages.ts';
import type { ClaimedMessage } from '../store/outbox.ts';
import { deliver } from './deliver.ts';
import type { Links } from './links.ts';
import type { Letter } from './payload.ts';
import type { BookSource } from './settings-file.ts';

/** Names their rows of the outbox; no destination of events can bear such a name. */
const PREFIX = 'messages/';

function outboxName(destination: string): string {
  return `${PREFIX}${destination}`;
}

/** `redact` cuts secrets out of what people wrote. */
export function createTell(book: BookSource, now: () => number, redact: Redact = createRedactor()): Tell {
  return async (trx, given, key) => {
    const message = redactDeep(given, redact);
    const { settings } = await book.now();
    const targets = targetsOf(message, settings, now()).map(({ name, heldUntilMs }) => ({
      destination: outboxName(name),
      heldUntil: heldUntilMs === null ? null : new Date(heldUntilMs),
    }));
    await queueMessage(trx, message, key, targets);
  };
}

/** One for each destination that the file names now; each is asked anew where it goes. */
export function messageOutlets(book: BookSource, links: Links): readonly Outlet[] {
  return book.last().destinations.map(({ name }) => ({
    name: outboxName(name),
    metrics: false,
    async deliver(claimed, options) {
      const destination = (await book.now()).destinations.find((one) => one.name === name);
      if (destination === undefined)
        return { kind: 'failed', code: 'removed', reason: 'the file names it no more', retryAfterMs: null };
      const letter = letterOf(claimed, links);
      return letter === null ? { kind: 'delivered' } : deliver(destination, letter, options);
    },
  }));
}

function letterOf({ id, rows, attempts }: ClaimedMessage, links: Links): Letter | null {
  const [first, ...others] = rows.flatMap(({ content }) =>
    content === null ? [] : [JSON.parse(content) as QueuedMessage],
  );
  if (first === undefined) return null;
  const taken = (first.taken ?? []).filter((mark) => others.every((one) => one.taken?.includes(mark)));
  return { id, messages: [first, ...others], links, again: attempts > 0, taken };
}
