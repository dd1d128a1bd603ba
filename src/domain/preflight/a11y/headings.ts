import type { CardCheck } from './card-check.ts';
import { hasName } from './names.ts';
import { ruleProblem } from './rules.ts';
import type { CardElement } from './tree.ts';
import { isHidden, valueOf } from './tree.ts';

/**
 * Headings go down one level at a time, and each has a text. The first may have any level: the page around the card has
 * headings of its own.
 */
export const headings: CardCheck = (card) => {
  const found = card.elements.filter((element) => levelOf(element) !== null && !isHidden(element));
  return found.flatMap((element, index) => {
    if (!hasName(element, card)) return [ruleProblem(element.at, 'empty-heading', EMPTY)];
    const before = found[index - 1];
    const level = levelOf(element) ?? 0;
    const last = before === undefined ? level : (levelOf(before) ?? level);
    if (level <= last + 1) return [];
    return [
      ruleProblem(
        element.at,
        'heading-order',
        {
          message: `A heading of level ${level} follows one of level ${last}; expected at most ${last + 1}.`,
          remedy: `Use <h${last + 1}>, and classes for its size.`,
        },
        'warning',
      ),
    ];
  });
};

const EMPTY = {
  message: 'This heading has no text.',
  remedy: 'Give it a text, or remove it.',
} as const;

function levelOf(element: CardElement): number | null {
  const level = /^h([1-6])$/.exec(element.tag)?.[1];
  if (level !== undefined) return Number(level);
  if (valueOf(element, 'role') !== 'heading') return null;
  return Number(valueOf(element, 'aria-level') ?? 2) || 2;
}
