import { permits } from '../content-policy.ts';
import type { CardCheck } from './card-check.ts';
import type { Colour } from './colour.ts';
import { contrastRatio, parseColour } from './colour.ts';
import { ruleProblem } from './rules.ts';
import type { Styles } from './styles.ts';
import { stylesOf } from './styles.ts';
import type { CardElement } from './tree.ts';
import { isElement, isHidden, selfAndAncestors } from './tree.ts';

/** Least contrast of text, and of large text (https://www.w3.org/TR/WCAG22/#contrast-minimum). */
const MIN_RATIO = 4.5;
const MIN_RATIO_LARGE = 3;

/**
 * Text whose colour and background are both said in the card can be told apart. A warning where the policy keeps the
 * browser from using these styles at all.
 */
export const contrast: CardCheck = (card, { policy }) => {
  const styles = stylesOf(card);
  const severity = permits(policy, 'style-src', 'unsafe-inline') ? 'error' : 'warning';
  return card.elements
    .filter((element) => hasText(element) && !isHidden(element))
    .flatMap((element) => {
      const pair = coloursOf(element, styles);
      if (pair === null) return [];
      const ratio = contrastRatio(pair.text, pair.background);
      const minRatio = isLarge(element, styles) ? MIN_RATIO_LARGE : MIN_RATIO;
      if (ratio >= minRatio) return [];
      return [
        ruleProblem(
          element.at,
          'color-contrast',
          {
            message:
              `The text of <${element.tag}> has a contrast of ${ratio.toFixed(2)}:1 (${pair.textAs} on ` +
              `${pair.backgroundAs}); expected at least ${minRatio}:1.`,
            remedy: 'Make the text darker or the background lighter, or the other way round.',
          },
          severity,
        ),
      ];
    });
};

function hasText(element: CardElement): boolean {
  return (
    !/^(script|style|template|title|option)$/.test(element.tag) &&
    element.children.some((child) => !isElement(child) && child.text.trim() !== '')
  );
}

interface Pair {
  readonly text: Colour;
  readonly textAs: string;
  readonly background: Colour;
  readonly backgroundAs: string;
}

/** Null where either is not said, or cannot be known: pictures, gradients, transparency, variables. */
function coloursOf(element: CardElement, styles: Styles): Pair | null {
  const textAs = nearest(element, (one) => styles(one).color);
  const backgroundAs = nearest(element, (one) => styles(one)['background-color'] ?? styles(one).background);
  const text = textAs === undefined ? null : parseColour(textAs);
  const background = backgroundAs === undefined ? null : parseColour(backgroundAs);
  if (text === null || background === null || textAs === undefined || backgroundAs === undefined) return null;
  return text.alpha < 1 || background.alpha < 1 ? null : { text, textAs, background, backgroundAs };
}

function nearest(element: CardElement, read: (one: CardElement) => string | undefined): string | undefined {
  return selfAndAncestors(element)
    .map(read)
    .find((value) => value !== undefined && !/^(inherit|unset|transparent|currentcolor)$/i.test(value));
}

/** 24 px, or bold from 18.66 px on. */
function isLarge(element: CardElement, styles: Styles): boolean {
  const size = nearest(element, (one) => styles(one)['font-size']) ?? '';
  const px = Number.parseFloat(size) * (size.endsWith('pt') ? 4 / 3 : size.endsWith('px') ? 1 : Number.NaN);
  const isBold =
    /^(bold|[789]00)$/.test(nearest(element, (one) => styles(one)['font-weight']) ?? '') ||
    selfAndAncestors(element).some(({ tag }) => /^(b|strong|h[1-6])$/.test(tag));
  return px >= 24 || (isBold && px >= 18.66);
}
