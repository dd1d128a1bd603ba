import { defaultTreeAdapter, ErrorCodes, html as spec, serialize } from 'parse5';
import type { DefaultTreeAdapterTypes, Token } from 'parse5';
import type { Manner, Parsed, ParsedElement, ParsedNode } from './card-parser.ts';
import { parseCard, TooComplex } from './card-parser.ts';
import { cssDepth } from './css-depth.ts';

/** A place in the html, both counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export type Namespace = 'html' | 'svg' | 'mathml';

export interface HtmlElement {
  readonly tag: string;
  readonly namespace: Namespace;
  readonly attributes: readonly HtmlAttribute[];
  /** The text directly inside, where scripts and styles keep their code. */
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

export type Tokens = Pick<Parsed, 'startTags' | 'unseen' | 'closed'>;

/** All that a card is, for the browsers and pages that may show it. */
export interface Reading {
  /** As part of a page, or as a page when it calls itself one; null when the rest was not read. */
  readonly tree: ParsedNode | null;
  /** The same as the tokens of which it was made. */
  readonly tokens: Tokens | null;
  /** In the order of the document, also those in templates. */
  readonly elements: readonly HtmlElement[];
  /**
   * Elements that are only there once the page has copied the card as text (`a.innerHTML = b.innerHTML`); places are
   * near.
   */
  readonly emerging: readonly HtmlElement[];
  /** The card ends within a tag, a comment or a text that goes on in the page around it. */
  readonly unfinished: readonly Place[];
  /** Why the rest was not read. */
  readonly tooComplex?: { readonly what: string; readonly at: Place };
}

/** All elements of a card in the order of the document, also those in templates. */
export function readHtml(html: string): readonly HtmlElement[] {
  return readCard(html).elements;
}

/**
 * Reads the card in every manner in which it may be shown: as a page and as part of one, with scripts allowed and not
 * (`<noscript>`), by browsers that keep elements in `<select>` and by those that drop them.
 */
export function readCard(html: string): Reading {
  const found = new Found();
  try {
    const isPage = /<html[\s>]/i.test(html);
    let told: Parsed | null = null;
    const written: string[] = [];
    mannersOf(html).forEach((manner, index) => {
      const parsed = parseCard(html, manner);
      found.add(parsed);
      if (manner.as === 'fragment') written.push(...write(parsed.root));
      if (index === (isPage ? 1 : 0)) told = parsed;
    });
    const emerging = emergingFrom(written, found);
    const deep = [...found.elements, ...emerging].find(nestsCssTooDeeply);
    const reading = found.reading(emerging, told);
    return deep === undefined
      ? reading
      : { ...reading, tooComplex: { what: `nests CSS deeper than ${DEEPEST_CSS} brackets`, at: deep.at } };
  } catch (error) {
    if (!(error instanceof TooComplex)) throw error;
    return { ...found.reading([], null), tooComplex: { what: error.what, at: placeOf(error.location) } };
  }
}

/** The attribute that browsers go by. */
export function attributeOf(element: HtmlElement, name: string): HtmlAttribute | undefined {
  return element.attributes.find((attribute) => attribute.name === name);
}

const DEEPEST_CSS = 32;

function nestsCssTooDeeply({ tag, text, attributes }: HtmlElement): boolean {
  return (
    (tag === 'style' && cssDepth(text) > DEEPEST_CSS) ||
    attributes.some(({ name, value }) => name === 'style' && cssDepth(value) > DEEPEST_CSS)
  );
}

const PLAIN: Manner = { as: 'fragment', scriptingEnabled: true, openSelect: false, places: true };

function mannersOf(html: string): Manner[] {
  const manners: Manner[] = [PLAIN, { ...PLAIN, as: 'document' }];
  if (/<noscript/i.test(html))
    manners.push({ ...PLAIN, scriptingEnabled: false }, { ...PLAIN, as: 'document', scriptingEnabled: false });
  const inBody = manners.filter(({ as }) => as === 'fragment');
  return /<select/i.test(html) ? [...manners, ...inBody.map((manner) => ({ ...manner, openSelect: true }))] : manners;
}

/** What several readings have in common is kept once. */
class Found {
  readonly elements: HtmlElement[] = [];
  /** Of each of the elements. */
  readonly signatures: string[] = [];
  private readonly unfinished: Place[] = [];
  /** What stands at an offset; at none what the parser added by itself. */
  private readonly kept = new Map<
    number,
    { readonly first: ParsedElement | null; readonly signatures: Set<string> | string }
  >();

  add({ root, startTags, errors }: Parsed): void {
    const parsed = elementsUnder(root);
    const inTree = new Set<number | undefined>();
    for (const element of parsed) {
      const offset = element.sourceCodeLocation?.startOffset;
      inTree.add(offset);
      if (offset === undefined || !this.isKnown(element, offset)) this.keep(elementOf(element), offset, element);
    }
    for (const token of startTags)
      if (!inTree.has(token.location?.startOffset)) this.keep(droppedElement(token), token.location?.startOffset, null);
    // An element that stays open ends with the container of the card.
    for (const error of errors)
      if (error.code !== ErrorCodes.openElementsLeftAfterEof) this.unfinished.push(placeOf(error));
    if (startTags.some((token) => token.tagName === 'plaintext'))
      this.unfinished.push(placeOf(startTags.at(-1)?.location));
  }

  reading(emerging: readonly HtmlElement[], told: Parsed | null): Reading {
    return {
      tree: told?.root ?? null,
      tokens: told,
      elements: this.elements,
      emerging,
      unfinished: this.unfinished.slice(0, 1),
    };
  }

  /** The same start tag is the same element in most readings; not worth being written down again. */
  private isKnown(element: ParsedElement, offset: number): boolean {
    const first = this.kept.get(offset)?.first;
    return (
      first != null &&
      first.namespaceURI === element.namespaceURI &&
      first.tagName === element.tagName &&
      first.attrs.length === element.attrs.length &&
      codeOf(first) === codeOf(element)
    );
  }

  private keep(element: HtmlElement, offset = NOWHERE, node: ParsedElement | null = null): void {
    const own = signatureOf(element);
    const known = this.kept.get(offset);
    if (known === undefined) this.kept.set(offset, { first: node, signatures: own });
    else if (typeof known.signatures === 'string' ? known.signatures === own : known.signatures.has(own)) return;
    else if (typeof known.signatures === 'string')
      this.kept.set(offset, { first: known.first, signatures: new Set([known.signatures, own]) });
    else known.signatures.add(own);
    this.elements.push(element);
    this.signatures.push(own);
  }
}

/** Offset of what the parser added by itself. */
const NOWHERE = -1;

/** Most cards are the same after one copy; each copy may be read in a few manners. */
const MOST_COPIES = 48;

/**
 * Reads what was written again, as pages do that copy a card as text: some html turns into other html on the way.
 * Throws TooComplex when it never ends.
 */
function emergingFrom(readings: readonly string[], found: Found): HtmlElement[] {
  const known = new Set(found.signatures);
  const emerging: HtmlElement[] = [];
  const written = new Set(readings);
  let copies = 0;
  // A set that grows is walked to its end.
  for (const text of written) {
    for (const manner of mannersOf(text).filter(({ as }) => as === 'fragment')) {
      copies += 1;
      if (copies > MOST_COPIES) throw new TooComplex(null, 'turns into something else each time that a page copies it');
      const again = parseCard(text, { ...manner, places: false }).root;
      emerging.push(...newElements(elementsUnder(again), known, found));
      for (const next of write(again)) written.add(next);
    }
  }
  return emerging;
}

/**
 * Angle brackets in attributes as browsers write them, escaped, and as they did until 2025. Two noncharacters keep
 * their places.
 */
function write(root: ParsedNode): string[] {
  const text = serialize(root as DefaultTreeAdapterTypes.ParentNode, { treeAdapter: UNESCAPED });
  const bare = text.replaceAll('\ufdd0', '<').replaceAll('\ufdd1', '>');
  return bare === text ? [text] : [bare, text.replaceAll('\ufdd0', '&lt;').replaceAll('\ufdd1', '&gt;')];
}

const UNESCAPED = {
  ...defaultTreeAdapter,
  getAttrList: (element: ParsedElement) =>
    element.attrs.map((attr) =>
      /[<>]/.test(attr.value)
        ? { ...attr, value: attr.value.replaceAll('<', '\ufdd0').replaceAll('>', '\ufdd1') }
        : attr,
    ),
};

/** Each stands at the place of the element before it that was there from the beginning. */
function newElements(
  parsed: readonly ParsedElement[],
  known: Set<string>,
  { elements, signatures }: Found,
): HtmlElement[] {
  const found: HtmlElement[] = [];
  let before = 0;
  for (const one of parsed) {
    const key = signature(one);
    if (known.has(key)) {
      if (signatures[before] === key) before += 1;
      continue;
    }
    known.add(key);
    const at = elements[Math.max(0, before - 1)]?.at ?? START;
    const element = elementOf(one);
    found.push({
      ...element,
      at,
      textAt: at,
      attributes: element.attributes.map((attribute) => ({ ...attribute, at })),
    });
  }
  return found;
}

/** What makes two elements the same, wherever they stand. The text of most says nothing of what they do. */
function signatureOf({ tag, namespace, attributes, text }: HtmlElement): string {
  let key = `${tag} ${namespace}`;
  for (const { name, value } of attributes) key += `\0${name}\0${value}`;
  return HOLDS_CODE.has(tag) && text !== '' ? `${key}\0\0${text}` : key;
}

/** The same, of an element that was not read yet. */
function signature(node: ParsedElement): string {
  let key = `${node.tagName.toLowerCase()} ${namespaceOf(node)}`;
  for (const { name, value, prefix } of node.attrs) key += `\0${fullName(name, prefix)}\0${value}`;
  const code = codeOf(node);
  return code === '' ? key : `${key}\0\0${code}`;
}

const HOLDS_CODE: ReadonlySet<string> = new Set(['script', 'style']);

function codeOf(node: ParsedElement): string {
  return HOLDS_CODE.has(node.tagName) ? joined(textsIn(node)) : '';
}

function joined(texts: readonly DefaultTreeAdapterTypes.TextNode[]): string {
  return texts.map((text) => text.value).join('');
}

function textsIn(node: ParsedElement): DefaultTreeAdapterTypes.TextNode[] {
  return node.childNodes.filter((child) => child.nodeName === '#text') as DefaultTreeAdapterTypes.TextNode[];
}

/** With a list of what is left rather than recursion: html may nest deeper than the stack. */
function elementsUnder(root: ParsedNode): ParsedElement[] {
  const found: ParsedElement[] = [];
  const left: ParsedNode[] = [root];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    if ('tagName' in node) found.push(node);
    if ('content' in node) left.push(node.content);
    if ('childNodes' in node) for (let i = node.childNodes.length - 1; i >= 0; i--) left.push(node.childNodes[i]!);
  }
  return found;
}

function elementOf(node: ParsedElement): HtmlElement {
  const location = node.sourceCodeLocation;
  const texts = textsIn(node);
  return {
    tag: node.tagName.toLowerCase(),
    namespace: namespaceOf(node),
    attributes: attributesOf(node.attrs, location),
    text: joined(texts),
    textAt: placeOf(texts[0]?.sourceCodeLocation ?? location),
    at: placeOf(location),
  };
}

function namespaceOf({ namespaceURI }: ParsedElement): Namespace {
  return namespaceURI === spec.NS.HTML ? 'html' : namespaceURI === spec.NS.SVG ? 'svg' : 'mathml';
}

function fullName(name: string, prefix: string | undefined): string {
  return (prefix && name !== 'href' ? `${prefix}:${name}` : name).toLowerCase();
}

/** A start tag for which the parser had no use: another browser may. */
function droppedElement({ tagName, attrs, location }: Token.TagToken): HtmlElement {
  const at = placeOf(location);
  return {
    tag: tagName.toLowerCase(),
    namespace: 'html',
    attributes: attributesOf(attrs, location),
    text: '',
    textAt: at,
    at,
  };
}

function attributesOf(
  attrs: readonly Token.Attribute[],
  location: Token.LocationWithAttributes | null | undefined,
): HtmlAttribute[] {
  return attrs.length === 0
    ? NO_ATTRIBUTES
    : attrs.map(({ name, value, prefix }) => ({
        name: fullName(name, prefix),
        value,
        at: placeOf(location?.attrs?.[prefix ? `${prefix}:${name}` : name] ?? location),
      }));
}

const NO_ATTRIBUTES: HtmlAttribute[] = [];
const START: Place = { line: 1, column: 1 };

/** Elements that the parser adds by itself have no place of their own; the beginning stands for it. */
function placeOf(location: { startLine: number; startCol: number } | null | undefined): Place {
  return location == null ? START : { line: location.startLine, column: location.startCol };
}
