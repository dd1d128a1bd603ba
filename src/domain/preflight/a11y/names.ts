import { attributeOf } from '../html.ts';
import type { Card, CardElement } from './tree.ts';
import { hidesItself, isElement, isHidden, valueOf } from './tree.ts';

/**
 * Does a screen reader have something to call an element? A simple part of the accessible name computation
 * (https://www.w3.org/TR/accname-1.2/).
 */
export function hasName(element: CardElement, card: Card): boolean {
  const labelledBy = [...new Set(idsIn(valueOf(element, 'aria-labelledby')))].flatMap((id) => card.byId.get(id) ?? []);
  return (
    labelledBy.some((one) => hasContent(one, isHidden(one))) ||
    says(valueOf(element, 'aria-label')) ||
    namesItself(element, isHidden(element)) ||
    says(valueOf(element, 'title'))
  );
}

function says(text: string | undefined): boolean {
  return text !== undefined && text.trim() !== '';
}

const WITH_CONTENT = new WeakMap<CardElement, boolean>();

/** Is there a text inside, or an image or button that stands for one? Asked of many who stand in one another. */
function hasContent(element: CardElement, hidden: boolean): boolean {
  const known = WITH_CONTENT.get(element);
  if (known !== undefined) return known;
  const found = element.children.some((child) =>
    isElement(child) ? !hidden && !hidesItself(child) && isPartNamed(child) : says(child.text),
  );
  WITH_CONTENT.set(element, found);
  return found;
}

function isPartNamed(element: CardElement): boolean {
  const label = valueOf(element, 'aria-label');
  return label === undefined ? namesItself(element, false) : says(label);
}

function namesItself(element: CardElement, hidden: boolean): boolean {
  if (element.tag === 'img' || element.tag === 'area')
    return says(valueOf(element, 'alt') ?? valueOf(element, 'title'));
  if (element.tag === 'svg')
    return element.children.filter(isElement).some((child) => child.tag === 'title' && hasContent(child, hidden));
  if (element.tag === 'input') return says(inputName(element));
  return !NAMELESS.test(element.tag) && hasContent(element, hidden);
}

/** What stands inside these is no text for a reader, or is what the agent chose. */
const NAMELESS = /^(script|style|template|select|textarea)$/;

function inputName(element: CardElement): string {
  const type = (valueOf(element, 'type') ?? '').toLowerCase();
  if (type === 'image') return valueOf(element, 'alt') ?? '';
  if (type === 'submit' || type === 'reset')
    return attributeOf(element, 'value') === undefined ? type : (valueOf(element, 'value') ?? '');
  return type === 'button' ? (valueOf(element, 'value') ?? '') : '';
}

function idsIn(list: string | undefined): string[] {
  return (list ?? '').split(/\s+/).filter(Boolean);
}
