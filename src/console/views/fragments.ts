/** Parts of a page that are told anew, by the id of their element. */
import { raw } from 'hono/html';
import type { Fragments } from '../stream.ts';
import type { Markup } from './markup.ts';

export async function textOf(markup: Markup): Promise<string> {
  return String(await markup);
}

/** In the page as it is first read; it was escaped when it was made. */
export function rawOf(fragments: Fragments, id: string): Markup {
  return raw(fragments[id] ?? '');
}
