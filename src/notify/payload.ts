/** What all payloads are made of. */
import { digestHeadline } from '../domain/messages/text.ts';
import type { Around } from '../domain/messages/text.ts';
import { oneLine } from '../domain/text/printable.ts';
import type { QueuedMessage } from '../store/messages.ts';
import type { Links } from './links.ts';

/** One message, or several that were held in quiet hours. */
export interface Letter extends Pick<Around, 'again'> {
  readonly id: string;
  readonly messages: readonly [QueuedMessage, ...QueuedMessage[]];
  readonly links: Links;
  /** Marks of receivers that have it already. */
  readonly taken: readonly string[];
}

export function headlineOf({ messages }: Letter): string {
  return messages.length === 1 ? oneLine(messages[0].headline) : digestHeadline(messages);
}

/** Receivers refuse what is too long, and nobody reads it; the whole is in the audit log. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
