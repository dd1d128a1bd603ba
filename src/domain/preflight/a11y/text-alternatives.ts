import type { Problem } from '../../plan/problem.ts';
import { attributeOf } from '../html.ts';
import type { CardCheck } from './card-check.ts';
import { hasName } from './names.ts';
import type { AxeRule } from './rules.ts';
import { ruleProblem } from './rules.ts';
import type { Card, CardElement } from './tree.ts';
import { isHidden, valueOf } from './tree.ts';

/** Every picture says what it shows, or that it shows nothing (`alt=""`). */
export const textAlternatives: CardCheck = (card) =>
  card.elements
    .filter((element) => isPicture(element) && !isHidden(element) && !isDecoration(element))
    .flatMap((element) => missing(element, card));

function isPicture(element: CardElement): boolean {
  if (element.tag === 'svg') return valueOf(element, 'role') === 'img';
  if (element.tag === 'input') return valueOf(element, 'type')?.toLowerCase() === 'image';
  return element.tag === 'img' || (element.tag === 'area' && attributeOf(element, 'href') !== undefined);
}

function isDecoration(element: CardElement): boolean {
  return (
    /^(presentation|none)$/.test(valueOf(element, 'role') ?? '') ||
    (element.tag === 'img' && valueOf(element, 'alt') === '')
  );
}

function missing(element: CardElement, card: Card): Problem[] {
  if (hasName(element, card)) return [];
  return [
    ruleProblem(element.at, ruleOf(element.tag), {
      message: `<${element.tag}> has no text that says what it shows, so agents who do not see it miss it.`,
      remedy:
        element.tag === 'svg'
          ? 'Add aria-label, or a <title> inside.'
          : 'Add alt="what it shows", or alt="" if it only decorates.',
    }),
  ];
}

function ruleOf(tag: string): AxeRule {
  if (tag === 'svg') return 'svg-img-alt';
  return tag === 'area' ? 'area-alt' : tag === 'input' ? 'input-image-alt' : 'image-alt';
}
