/** A card as browsers of several ages, pages and parsers see it, and whether they see the same. */
import type { DefaultTreeAdapterTypes } from 'parse5';
import { defaultTreeAdapter, ErrorCodes, serialize } from 'parse5';
import type { Manner, Parsed, ParsedElement, ParsedNode } from './card-parser.ts';
import { parseCard, TooComplex } from './card-parser.ts';
import { cssDepth } from './css-depth.ts';
import type { HtmlElement, Place } from './html.ts';
import { elementOfTag, elementsUnder, placeOf } from './html.ts';

export type Tokens = Pick<Parsed, 'startTags' | 'unseen' | 'closed'>;

export interface Reading {
  /** As part of a page, or as a page when it calls itself one; null when the rest was not read. */
  readonly tree: ParsedNode | null;
  /** The same as the tokens of which it was made. */
  readonly tokens: Tokens | null;
  /** Of all readings, each once, also those in templates and those that the parser dropped. */
  readonly elements: readonly HtmlElement[];
  /** The card ends within a tag, a comment or a text that goes on in the page around it. */
  readonly unfinished: Place | null;
  /** An element that is only there once a page has copied the card as text, and the one near which it appears. */
  readonly mutation: { readonly element: HtmlElement; readonly near: Place } | null;
  /** Why the rest was not read. */
  readonly tooComplex: { readonly what: string; readonly at: Place } | null;
}

/**
 * Reads the card in every manner in which it may be shown: as a page and as part of one, with scripts allowed and not
 * (`<noscript>`), by browsers that keep elements in `<select>` and by those that drop them.
 */
export function readCard(html: string): Reading {
  const found = new Found();
  try {
    const parsed = mannersOf(html).map((manner) => ({ manner, ...parseCard(html, manner) }));
    for (const one of parsed) found.add(one);
    const isPage = /<html[\s>]/i.test(html);
    const told = parsed.find(({ manner }) => manner.as === (isPage ? 'document' : 'fragment')) ?? null;
    const mutation = firstMutation(
      parsed.filter(({ manner }) => manner.as === 'fragment').flatMap(({ root }) => write(root)),
      found.bySignature,
    );
    const deep = found.elements.find(nestsCssTooDeeply);
    const tooComplex =
      deep === undefined ? null : { what: `nests CSS deeper than ${MAX_CSS_DEPTH} brackets`, at: deep.at };
    return { ...found.reading(), tree: told?.root ?? null, tokens: told, mutation, tooComplex };
  } catch (error) {
    if (!(error instanceof TooComplex)) throw error;
    const tooComplex = { what: error.what, at: placeOf(error.location) };
    return { ...found.reading(), tree: null, tokens: null, mutation: null, tooComplex };
  }
}

const MAX_CSS_DEPTH = 32;

function nestsCssTooDeeply({ tag, text, attributes }: HtmlElement): boolean {
  return (
    (tag === 'style' && cssDepth(text) > MAX_CSS_DEPTH) ||
    attributes.some(({ name, value }) => name === 'style' && cssDepth(value) > MAX_CSS_DEPTH)
  );
}

const PLAIN: Manner = { as: 'fragment', scriptingEnabled: true, openSelect: false, places: true };

function mannersOf(html: string): Manner[] {
  const manners: Manner[] = [PLAIN];
  if (/<(?:!doctype|html|head|body|frameset)/i.test(html)) manners.push({ ...PLAIN, as: 'document' });
  if (/<noscript/i.test(html)) manners.push(...manners.map((manner) => ({ ...manner, scriptingEnabled: false })));
  const inBody = manners.filter(({ as }) => as === 'fragment');
  return /<select/i.test(html) ? [...manners, ...inBody.map((manner) => ({ ...manner, openSelect: true }))] : manners;
}

/** What several readings have in common is kept once. */
class Found {
  readonly elements: HtmlElement[] = [];
  readonly bySignature = new Map<string, HtmlElement>();
  private readonly kept = new Set<string>();
  private unfinished: Place | null = null;

  reading(): Pick<Reading, 'elements' | 'unfinished'> {
    return { elements: this.elements, unfinished: this.unfinished };
  }

  add({ root, startTags, errors }: Parsed): void {
    const inTree = elementsUnder(root);
    const places = new Set(inTree.map(({ at }) => placeKey(at)));
    const dropped = startTags.map(elementOfTag).filter(({ at }) => !places.has(placeKey(at)));
    for (const element of [...inTree, ...dropped]) this.keep(element);
    // An element that stays open ends with the container of the card.
    const end = errors.find(({ code }) => code !== ErrorCodes.openElementsLeftAfterEof);
    if (end !== undefined) this.unfinished ??= placeOf(end);
    if (startTags.some(({ tagName }) => tagName === 'plaintext'))
      this.unfinished ??= placeOf(startTags.at(-1)?.location);
  }

  private keep(element: HtmlElement): void {
    const signature = signatureOf(element);
    const key = `${placeKey(element.at)} ${signature}`;
    if (this.kept.has(key)) return;
    this.kept.add(key);
    this.elements.push(element);
    if (!this.bySignature.has(signature)) this.bySignature.set(signature, element);
  }
}

function placeKey({ line, column }: Place): string {
  return `${line}:${column}`;
}

/** What makes two elements the same, wherever they stand. The text of most says nothing of what they do. */
function signatureOf({ tag, namespace, attributes, text }: HtmlElement): string {
  let key = `${tag} ${namespace}`;
  for (const { name, value } of attributes) key += `\0${name}\0${value}`;
  return tag === 'script' || tag === 'style' ? `${key}\0\0${text}` : key;
}

/** Most cards are the same after one copy. */
const MAX_COPIES = 24;

/**
 * Reads what was written again, as pages do that copy a card as text (`a.innerHTML = b.innerHTML`): some html turns
 * into other html on the way. What is the same after one copy is the same after all.
 */
function firstMutation(written: readonly string[], known: ReadonlyMap<string, HtmlElement>): Reading['mutation'] {
  // A set that grows is walked to its end.
  const texts = new Set(written);
  for (const text of texts) {
    for (const manner of mannersOf(text).filter(({ as }) => as === 'fragment')) {
      const { root } = parseCard(text, { ...manner, places: false });
      let near = placeOf(null);
      for (const element of elementsUnder(root)) {
        const same = known.get(signatureOf(element));
        if (same === undefined) return { element, near };
        near = same.at;
      }
      for (const next of write(root)) texts.add(next);
    }
    if (texts.size > MAX_COPIES)
      throw new TooComplex(null, 'turns into something else each time that a page copies it');
  }
  return null;
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
