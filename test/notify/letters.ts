import { exampleMessages } from '../../src/domain/messages/examples.ts';
import type { Message, MessageEvent } from '../../src/domain/messages/message.ts';
import { linksIn } from '../../src/notify/links.ts';
import type { Letter } from '../../src/notify/payload.ts';

export const UI = 'https://temporal.example.com';

export function exampleOf(event: MessageEvent): Message {
  const found = exampleMessages().find((one) => one.event === event);
  if (found === undefined) throw new Error(`There is no example of ${event}.`);
  return found;
}

export function letterOf(messages: readonly Message[], more: Partial<Letter> = {}): Letter {
  const [first, ...others] = messages.map((message, at) => ({ ...message, id: `msg_${at}`, transition: `r1/${at}` }));
  if (first === undefined) throw new Error('A letter has a message.');
  return {
    id: first.id,
    messages: [first, ...others],
    links: linksIn({ consoleUrl: null, uiUrl: UI, namespace: 'prod' }),
    again: false,
    taken: [],
    ...more,
  };
}
