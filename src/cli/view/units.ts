/** Numbers with their units, and texts of others, as people read them. */
import { audienceText } from '../../domain/split/audience.ts';
import type { Audience } from '../../domain/split/audience.ts';
import { excerpt, oneLine } from '../../domain/text/printable.ts';

export function percent(value: number | null, digits = 1): string {
  return value === null ? '–' : `${Number(value.toFixed(digits))} %`;
}

const MAX_TEXT_LENGTH = 500;

/** A reason or a failure: of others, and as long as they like. `--json` has the whole. */
export function shownText(text: string): string {
  return excerpt(oneLine(text), MAX_TEXT_LENGTH);
}

/** ` of Nights (pilot)`; nothing where the split is for everybody. */
export function ofWhom({ splitOf }: { readonly splitOf?: Audience }): string {
  return splitOf === undefined ? '' : ` of ${shownText(audienceText(splitOf))}`;
}
