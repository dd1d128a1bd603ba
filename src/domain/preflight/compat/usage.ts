import type { Place } from '../html.ts';
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

/** The place of an offset within a text that begins at a place. */
export function placeWithin(text: string, start: Place, offset: number): Place {
  const lines = text.slice(0, offset).split('\n');
  const last = lines.at(-1) ?? '';
  return lines.length === 1 ? { line: start.line, column: start.column + last.length } : { line: start.line + lines.length - 1, column: last.length + 1 };
}
