import type { DefaultTreeAdapterTypes } from 'parse5';
import { parse } from 'parse5';

type Node = DefaultTreeAdapterTypes.Node;
type ParsedElement = DefaultTreeAdapterTypes.Element;

/** A place in the html, both counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface HtmlElement {
  readonly tag: string;
  readonly attributes: readonly HtmlAttribute[];
  /** The text directly inside, where scripts and styles keep their code. */
  readonly text: string;
  readonly textAt: Place;
  readonly at: Place;
}

export interface HtmlAttribute {
  /** In lower case, without a namespace prefix. */
  readonly name: string;
  readonly value: string;
  readonly at: Place;
}

/**
 * All elements of a card in the order of the document, also those in templates. What stands in `<noscript>` depends on
 * whether the frame around the card allows scripts, which nobody here knows: so the html is read both ways.
 */
export function readHtml(html: string): HtmlElement[] {
  const seen = new Set<string>();
  return [true, false].flatMap((scriptingEnabled) => {
    const document = parse(html, { sourceCodeLocationInfo: true, scriptingEnabled });
    return elementsUnder(document).filter((element) => isNew(element, seen));
  });
}

export function attributeOf(element: HtmlElement, name: string): HtmlAttribute | undefined {
  return element.attributes.find((attribute) => attribute.name === name);
}

function isNew(element: HtmlElement, seen: Set<string>): boolean {
  const key = JSON.stringify([element.tag, element.at, element.attributes, element.text]);
  if (seen.has(key)) return false;
  seen.add(key);
  return true;
}

/** With a list of what is left rather than recursion: html may nest deeper than the stack. */
function elementsUnder(root: Node): HtmlElement[] {
  const found: HtmlElement[] = [];
  const left: Node[] = [root];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    if ('tagName' in node) found.push(elementOf(node));
    if ('content' in node) left.push(node.content);
    if ('childNodes' in node) for (let i = node.childNodes.length - 1; i >= 0; i--) left.push(node.childNodes[i]!);
  }
  return found;
}

function elementOf(node: ParsedElement): HtmlElement {
  const at = placeOf(node.sourceCodeLocation);
  const places = node.sourceCodeLocation?.attrs;
  const texts = node.childNodes.filter((child) => '#text' === child.nodeName) as DefaultTreeAdapterTypes.TextNode[];
  return {
    tag: node.tagName.toLowerCase(),
    attributes: node.attrs.map(({ name, value, prefix }) => ({
      name: name.toLowerCase(),
      value,
      at: placeOf(places?.[prefix ? `${prefix}:${name}` : name] ?? node.sourceCodeLocation),
    })),
    text: texts.map((text) => text.value).join(''),
    textAt: placeOf(texts[0]?.sourceCodeLocation ?? node.sourceCodeLocation),
    at,
  };
}

/** Elements that the parser adds by itself have no place of their own; the beginning stands for it. */
function placeOf(location: { startLine: number; startCol: number } | null | undefined): Place {
  return { line: location?.startLine ?? 1, column: location?.startCol ?? 1 };
}
