/** What checks see of a card: its elements with their attributes, each at its place. */
import { html as spec } from 'parse5';
import type { DefaultTreeAdapterTypes, Token } from 'parse5';
import type { ParsedElement, ParsedNode } from './card-parser.ts';

/** A place in the html, both counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export type Namespace = 'html' | 'svg' | 'mathml';

export interface HtmlElement {
  /** In lower case. */
  readonly tag: string;
  readonly namespace: Namespace;
  readonly attributes: readonly HtmlAttribute[];
  /** The code directly inside, of scripts and styles. */
  readonly text: string;
  readonly textAt: Place;
  readonly at: Place;
}

export interface HtmlAttribute {
  /** In lower case, with its prefix (`x:src` is no `src`) but for that of `xlink:href`, which browsers obey. */
  readonly name: string;
  readonly value: string;
  readonly at: Place;
}

/** The attribute that browsers go by. */
export function attributeOf(element: Pick<HtmlElement, 'attributes'>, name: string): HtmlAttribute | undefined {
  return element.attributes.find((attribute) => attribute.name === name);
}

/**
 * All elements in the order of the document, also those in templates. With a list of what is left rather than
 * recursion: html may nest deeper than the stack.
 */
export function elementsUnder(root: ParsedNode): HtmlElement[] {
  const found: HtmlElement[] = [];
  const left: ParsedNode[] = [root];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    if ('tagName' in node) found.push(elementOf(node));
    if ('content' in node) left.push(node.content);
    if ('childNodes' in node) for (let i = node.childNodes.length - 1; i >= 0; i--) left.push(node.childNodes[i]!);
  }
  return found;
}

/** Of a start tag for which the parser had no use: another browser may. */
export function elementOfTag({ tagName, attrs, location }: Token.TagToken): HtmlElement {
  const at = placeOf(location);
  const attributes = attributesOf(attrs, location);
  return { tag: tagName.toLowerCase(), namespace: 'html', attributes, text: '', textAt: at, at };
}

/** As the parser made it. */
export function elementOf(node: ParsedElement): HtmlElement {
  const location = node.sourceCodeLocation;
  const tag = node.tagName.toLowerCase();
  const texts = HOLDS_CODE.has(tag) ? node.childNodes.filter(isText) : [];
  return {
    tag,
    namespace: NAMESPACES[node.namespaceURI] ?? 'html',
    attributes: attributesOf(node.attrs, location),
    text: texts.map(({ value }) => value).join(''),
    textAt: placeOf(texts[0]?.sourceCodeLocation ?? location),
    at: placeOf(location),
  };
}

const HOLDS_CODE: ReadonlySet<string> = new Set(['script', 'style']);

function isText(node: ParsedNode): node is DefaultTreeAdapterTypes.TextNode {
  return node.nodeName === '#text';
}

const NAMESPACES: Readonly<Partial<Record<string, Namespace>>> = { [spec.NS.SVG]: 'svg', [spec.NS.MATHML]: 'mathml' };

function attributesOf(
  attrs: readonly Token.Attribute[],
  location: Token.LocationWithAttributes | null | undefined,
): readonly HtmlAttribute[] {
  if (attrs.length === 0) return NO_ATTRIBUTES;
  return attrs.map(({ name, value, prefix }) => {
    const fullName = prefix ? `${prefix}:${name}` : name;
    const at = placeOf(location?.attrs?.[fullName] ?? location);
    return { name: (fullName === 'xlink:href' ? name : fullName).toLowerCase(), value, at };
  });
}

const NO_ATTRIBUTES: readonly HtmlAttribute[] = [];
const START: Place = { line: 1, column: 1 };

/** Elements that the parser adds by itself have no place of their own; the beginning stands for it. */
export function placeOf(location: { startLine: number; startCol: number } | null | undefined): Place {
  return location == null ? START : { line: location.startLine, column: location.startCol };
}
