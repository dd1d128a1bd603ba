import type { Card, CardElement } from './tree.ts';
import { attribute, isElement, isHidden, valueOf } from './tree.ts';

/**
 * What a screen reader calls an element: a simple part of the accessible name computation
 * (https://www.w3.org/TR/accname-1.2/). Empty when it has no name.
 */
export function accessibleName(element: CardElement, card: Card): string {
  const labelledBy = idsIn(valueOf(element, 'aria-labelledby')).flatMap((id) => card.elements.filter((one) => valueOf(one, 'id') === id));
  const names = [
    labelledBy.map((one) => contentName(one)).join(' '),
    valueOf(element, 'aria-label') ?? '',
    ownName(element),
    valueOf(element, 'title') ?? '',
  ];
  return names.map((name) => name.trim()).find((name) => name !== '') ?? '';
}

/** The text inside, with what images and buttons stand for. */
function contentName(element: CardElement): string {
  return element.children.map((child) => (isElement(child) ? (isHidden(child) ? '' : partName(child)) : child.text)).join('').trim();
}

function partName(element: CardElement): string {
  return valueOf(element, 'aria-label') ?? ownName(element);
}

function ownName(element: CardElement): string {
  if (element.tag === 'img' || element.tag === 'area') return valueOf(element, 'alt') ?? valueOf(element, 'title') ?? '';
  if (element.tag === 'svg') return element.children.filter(isElement).filter(({ tag }) => tag === 'title').map(contentName).join(' ');
  if (element.tag === 'input') return inputName(element);
  return NAMELESS.test(element.tag) ? '' : contentName(element);
}

/** What stands inside these is no text for a reader, or is what the agent chose. */
const NAMELESS = /^(script|style|template|select|textarea)$/;

function inputName(element: CardElement): string {
  const type = (valueOf(element, 'type') ?? '').toLowerCase();
  if (type === 'image') return valueOf(element, 'alt') ?? '';
  if (type === 'submit' || type === 'reset') return attribute(element, 'value') === undefined ? type : (valueOf(element, 'value') ?? '');
  return type === 'button' ? (valueOf(element, 'value') ?? '') : '';
}

export function idsIn(list: string | undefined): string[] {
  return (list ?? '').split(/\s+/).filter(Boolean);
}
