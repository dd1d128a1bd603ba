import type { DefaultTreeAdapterTypes } from 'parse5';
import type { ParsedElement, ParsedNode } from '../card-parser.ts';
import type { HtmlElement, Place } from '../html.ts';
import { attributeOf, elementOf, placeOf } from '../html.ts';

/** An element with its surroundings, as assistive technology walks it. */
export interface CardElement extends Pick<HtmlElement, 'tag' | 'attributes' | 'at'> {
  readonly parent: CardElement | null;
  readonly children: readonly (CardElement | CardText)[];
  /** 1 for the outermost. */
  readonly depth: number;
}

export interface CardText {
  readonly text: string;
  readonly at: Place;
}

export interface Card {
  /** In the order of the document, without what stands in templates. */
  readonly elements: readonly CardElement[];
  readonly texts: readonly (CardText & { readonly parent: CardElement | null })[];
  /** The first of each id, as browsers find it. */
  readonly byId: ReadonlyMap<string, CardElement>;
  /** Ids for which there is a `<label for>`. */
  readonly labelled: ReadonlySet<string>;
  /** Names of `<a name>`, to which links may lead. */
  readonly anchors: ReadonlySet<string>;
}

/** What the parser made of the card, as people and assistive technology meet it. */
export function readTree(root: ParsedNode): Card {
  const card = { elements: [], texts: [], byId: new Map(), labelled: new Set<string>(), anchors: new Set<string>() };
  addChildren(card, root as DefaultTreeAdapterTypes.ParentNode, null, []);
  return card;
}

export function isElement(child: CardElement | CardText): child is CardElement {
  return 'tag' in child;
}

export function valueOf(element: CardElement, name: string): string | undefined {
  return attributeOf(element, name)?.value;
}

/** The element and all it stands in, the nearest first. */
export function selfAndAncestors(element: CardElement): CardElement[] {
  const chain: CardElement[] = [];
  for (let one: CardElement | null = element; one !== null; one = one.parent) chain.push(one);
  return chain;
}

/** Is it, or something around it, hidden from everybody or from assistive technology? */
export function isHidden(element: CardElement): boolean {
  return selfAndAncestors(element).some(hidesItself);
}

export function hidesItself(element: CardElement): boolean {
  return attributeOf(element, 'hidden') !== undefined || valueOf(element, 'aria-hidden') === 'true';
}

interface Growing extends Card {
  readonly elements: CardElement[];
  readonly texts: Card['texts'][number][];
  readonly byId: Map<string, CardElement>;
  readonly labelled: Set<string>;
  readonly anchors: Set<string>;
}

/** The parser keeps the depth within bounds, so recursion is safe. */
function addChildren(
  card: Growing,
  node: DefaultTreeAdapterTypes.ParentNode,
  parent: CardElement | null,
  into: (CardElement | CardText)[],
): void {
  for (const child of node.childNodes) {
    if ('tagName' in child) addElement(card, child, parent, into);
    else if (child.nodeName === '#text') addText(card, child, parent, into);
  }
}

function addElement(
  card: Growing,
  node: ParsedElement,
  parent: CardElement | null,
  into: (CardElement | CardText)[],
): void {
  const at = node.sourceCodeLocation ? placeOf(node.sourceCodeLocation) : (parent?.at ?? placeOf(null));
  const children: (CardElement | CardText)[] = [];
  const { tag, attributes } = elementOf(node);
  const element: CardElement = { tag, attributes, at, parent, children, depth: (parent?.depth ?? 0) + 1 };
  card.elements.push(element);
  addNames(card, element);
  into.push(element);
  addChildren(card, node, element, children);
}

function addNames({ byId, labelled, anchors }: Growing, element: CardElement): void {
  const id = valueOf(element, 'id');
  if (id !== undefined && !byId.has(id)) byId.set(id, element);
  if (element.tag === 'label') labelled.add(valueOf(element, 'for') ?? '');
  if (element.tag === 'a') anchors.add(valueOf(element, 'name') ?? '');
}

function addText(
  card: Growing,
  node: DefaultTreeAdapterTypes.TextNode,
  parent: CardElement | null,
  into: (CardElement | CardText)[],
): void {
  const text = { text: node.value, at: placeOf(node.sourceCodeLocation) };
  into.push(text);
  card.texts.push({ ...text, parent });
}
