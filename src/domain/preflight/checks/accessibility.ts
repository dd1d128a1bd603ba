import type { CardCheck } from '../a11y/card-check.ts';
import { contrast } from '../a11y/contrast.ts';
import { controls } from '../a11y/controls.ts';
import { focusOrder } from '../a11y/focus-order.ts';
import { headings } from '../a11y/headings.ts';
import { language } from '../a11y/language.ts';
import { limits } from '../a11y/limits.ts';
import { links } from '../a11y/links.ts';
import { placeholders } from '../a11y/placeholders.ts';
import { textAlternatives } from '../a11y/text-alternatives.ts';
import { readTree } from '../a11y/tree.ts';
import type { Check } from '../check.ts';

const CHECKS: readonly CardCheck[] = [
  textAlternatives,
  headings,
  language,
  focusOrder,
  controls,
  links,
  placeholders,
  limits,
  contrast,
];

/** What every agent can perceive, operate and understand, as far as the card's text tells. */
export const accessibility: Check = ({ tree, settings }) => {
  if (tree === null) return [];
  const card = readTree(tree);
  return CHECKS.flatMap((check) => check(card, settings));
};
