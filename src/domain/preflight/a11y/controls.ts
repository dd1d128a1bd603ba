import type { Problem } from '../../plan/problem.ts';
import { attributeOf } from '../html.ts';
import type { CardCheck } from './card-check.ts';
import { hasName } from './names.ts';
import type { AxeRule } from './rules.ts';
import { ruleProblem } from './rules.ts';
import type { Card, CardElement } from './tree.ts';
import { isHidden, selfAndAncestors, valueOf } from './tree.ts';

/** Every link, button and field says what it is for. */
export const controls: CardCheck = (card) =>
  card.elements.filter((element) => !isHidden(element)).flatMap((element) => unnamed(element, card));

function unnamed(element: CardElement, card: Card): Problem[] {
  const kind = kindOf(element);
  if (kind === null || hasName(element, card) || (kind === 'field' && hasLabel(element, card))) return [];
  const { message, remedy } = SAYINGS[kind];
  return [
    ruleProblem(
      element.at,
      ruleOf(kind, element.tag),
      { message: `This ${kind} (<${element.tag}>) ${message}`, remedy },
      kind === 'field' ? 'warning' : 'error',
    ),
  ];
}

type Kind = 'link' | 'button' | 'field';

const SAYINGS: Readonly<Record<Kind, { readonly message: string; readonly remedy: string }>> = {
  link: {
    message: 'has neither text nor a label, so nobody knows where it leads.',
    remedy: 'Give it a text, or aria-label.',
  },
  button: {
    message: 'has neither text nor a label, so nobody knows what it does.',
    remedy: 'Give it a text, or aria-label.',
  },
  field: {
    message: 'has no label; a placeholder is gone once somebody types.',
    remedy: 'Put it into a <label>, or add aria-label.',
  },
};

function ruleOf(kind: Kind, tag: string): AxeRule {
  if (kind === 'link') return 'link-name';
  if (kind === 'button') return tag === 'input' ? 'input-button-name' : 'button-name';
  return tag === 'select' ? 'select-name' : 'label';
}

const FIELDLESS = new Set(['hidden', 'submit', 'reset', 'button', 'image']);

function kindOf(element: CardElement): Kind | null {
  const role = valueOf(element, 'role');
  if (element.tag === 'button' || role === 'button') return 'button';
  if (element.tag === 'a') return attributeOf(element, 'href') === undefined ? null : 'link';
  if (role === 'link') return 'link';
  if (element.tag === 'select' || element.tag === 'textarea') return 'field';
  if (element.tag !== 'input') return null;
  const type = (valueOf(element, 'type') ?? 'text').toLowerCase();
  if (!FIELDLESS.has(type)) return 'field';
  return type === 'button' || type === 'submit' || type === 'reset' ? 'button' : null;
}

function hasLabel(element: CardElement, card: Card): boolean {
  const id = valueOf(element, 'id');
  return selfAndAncestors(element).some(({ tag }) => tag === 'label') || (id !== undefined && card.labelled.has(id));
}
