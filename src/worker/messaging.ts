/** What sends messages to people. */
import type { BookSource } from '../notify/settings-file.ts';
import type { Links } from '../notify/links.ts';
import { messageOutlets } from '../notify/outlets.ts';
import { MESSAGES_QUEUE } from '../workflows/messages.ts';
import { startSending } from './sending.ts';
import type { Sending, SendingOptions } from './sending.ts';

export interface MessagingOptions extends Omit<SendingOptions, 'kind' | 'outlets' | 'queue' | 'maxDestinations'> {
  readonly book: BookSource;
  readonly links: Links;
  /** Looks so often whether the file names other destinations. */
  readonly renewEveryMs?: number;
}

const MAX_DESTINATIONS = 64;
/** One at a time: a sender that is killed leaves one at most of which nobody knows whether it came. */
const SETTINGS = { concurrency: 1, batch: 100, warnPending: 1_000 };

/** From its return on, what is told is put into the outbox for the destinations that the file names. */
export async function startMessaging({
  book,
  links,
  renewEveryMs = 5_000,
  ...options
}: MessagingOptions): Promise<Sending> {
  const sending = await startSending({
    ...options,
    kind: 'messages',
    queue: MESSAGES_QUEUE,
    maxDestinations: MAX_DESTINATIONS,
    outlets: () => messageOutlets(book, links),
    settings: { ...SETTINGS, ...options.settings },
  });
  let known = namesIn(book);
  const timer = setInterval(() => {
    void book
      .now()
      .then(async () => {
        const names = namesIn(book);
        if (names === known) return;
        await sending.renew();
        known = names;
      })
      .catch((error: unknown) =>
        options.logger.warn({ err: error }, 'messages: destinations could not be renewed yet'),
      );
  }, renewEveryMs);
  timer.unref();
  return {
    ...sending,
    async close() {
      clearInterval(timer);
      await sending.close();
    },
  };
}

function namesIn(book: BookSource): string {
  return book
    .last()
    .destinations.map(({ name }) => name)
    .join(' ');
}
