import type { Place } from '../html.ts';
import { Lines } from '../lines.ts';
import type { BrowserVersions } from './versions.ts';

/** A feature that a card uses, where it uses it. */
export interface Usage {
  readonly kind: 'html' | 'css' | 'javascript';
  /** As its author knows it: `<dialog>`, `:has()`, `?.`. */
  readonly feature: string;
  readonly first: BrowserVersions;
  readonly at: Place;
  /** The card still does its work without: a hint, an ornament, or something that has a fallback beside it. */
  readonly optional: boolean;
}

/** The place of an offset within a text that begins at a place. Asked many times of one text, which is split once. */
export function placeWithin(text: string, start: Place, offset: number): Place {
  if (latest?.text !== text || latest.start !== start) latest = { text, start, lines: new Lines(text, start) };
  return latest.lines.at(offset);
}

let latest: { readonly text: string; readonly start: Place; readonly lines: Lines } | undefined;
