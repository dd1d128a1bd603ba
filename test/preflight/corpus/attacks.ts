import { DOCUMENT_ATTACKS } from './attacks-document.ts';
import { LOAD_ATTACKS } from './attacks-load.ts';
import { SCRIPT_ATTACKS } from './attacks-script.ts';
import { READING_ATTACKS } from './attacks-reading.ts';
import { UNKNOWN_ATTACKS } from './attacks-unknown.ts';
import type { Family } from './card.ts';
import { numbered } from './card.ts';
import { VARIATIONS } from './variations.ts';

const FAMILIES = [...SCRIPT_ATTACKS, ...LOAD_ATTACKS, ...DOCUMENT_ATTACKS];

/** Cards that run code, load from hosts off the allowlist or lead away, or try to. */
export const ATTACKS = numbered([...withVariations(FAMILIES), ...READING_ATTACKS, ...UNKNOWN_ATTACKS], 1);

/** Variations of a family stand behind it, so that those before keep their names. */
function withVariations(families: readonly Family[]): Family[] {
  const names = new Set(families.map(({ family }) => family));
  const grown = families.map(({ family, cards }) => ({
    family,
    cards: [...cards, ...VARIATIONS.filter((one) => one.family === family).flatMap((one) => one.cards)],
  }));
  return [...grown, ...VARIATIONS.filter(({ family }) => !names.has(family))];
}
