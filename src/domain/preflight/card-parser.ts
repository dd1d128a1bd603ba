/** parse5 with what a card needs on top: bounds, every start tag it met, and the newer rules for `<select>`. */
import type { DefaultTreeAdapterMap, DefaultTreeAdapterTypes, ParserError, ParserOptions, Token } from 'parse5';
import { defaultTreeAdapter, html as spec, Parser } from 'parse5';
import { words } from './words.ts';

export type ParsedNode = DefaultTreeAdapterTypes.Node;
export type ParsedElement = DefaultTreeAdapterTypes.Element;
type ParsedParent = DefaultTreeAdapterTypes.ParentNode;
type ParsedChild = DefaultTreeAdapterTypes.ChildNode;

/** How the html is looked at. Browsers differ in it by where the card stands and by their age. */
export interface Manner {
  readonly as: 'document' | 'fragment';
  readonly scriptingEnabled: boolean;
  /** Browsers of late keep most elements within `<select>`; older ones, and the parser here, drop them. */
  readonly openSelect: boolean;
  readonly places: boolean;
}

export interface Parsed {
  readonly root: ParsedNode;
  /** Also those that the parser dropped. */
  readonly startTags: readonly Token.TagToken[];
  /** What may be text that was taken for a tag or a comment. */
  readonly unseen: readonly Unseen[];
  /** Names of the end tags. */
  readonly closed: ReadonlySet<string>;
  readonly errors: readonly ParserError[];
}

/**
 * Outside of SVG and MathML: a tag with attributes, by a name that the parser has no number for, or of words within a
 * text; or a comment.
 */
export type Unseen = Token.TagToken | Token.CommentToken;

/** Browsers stop at 512 and flatten what nests deeper, so that nothing is where it was written. */
export const MAX_DEPTH = 256;
/** Several times what a browser lays out without effort; a large card may have one for each 24 characters. */
const MAX_ELEMENTS = 3_000;
const CHARACTERS_OF_AN_ELEMENT = 24;
/**
 * Rows and cells are laid out with little effort, so that many of them weigh as one element. A cell has something in
 * it.
 */
const CELLS_OF_AN_ELEMENT = 15;
const CHARACTERS_OF_A_CELL = 6;
/** Elements that nobody wrote: unclosed formatting elements are opened again in every paragraph. */
const MAX_IMPLIED = 2_000;

/** Thrown when the html would cost more than any card is worth; the place is that of the tag that was too much. */
export class TooComplex extends Error {
  constructor(
    readonly location: Token.Location | null,
    readonly what: string,
  ) {
    super(what);
  }
}

/** Takes time in proportion to the length of the html, whatever it holds. Throws TooComplex. */
export function parseCard(html: string, manner: Manner): Parsed {
  const errors: ParserError[] = [];
  const bounds = new Bounds(html.length);
  const options: ParserOptions<DefaultTreeAdapterMap> = {
    sourceCodeLocationInfo: manner.places,
    scriptingEnabled: manner.scriptingEnabled,
    treeAdapter: bounds.treeAdapter,
    onParseError: manner.places ? (error) => void (error.code.startsWith('eof-') && errors.push(error)) : null,
  };
  const parser = manner.as === 'document' ? new CardParser(options) : CardParser.inBody(options);
  parser.bounds = bounds;
  parser.openSelect = manner.openSelect;
  parser.tokenizer.write(html, true);
  return {
    root: manner.as === 'document' ? parser.document : parser.getFragment(),
    startTags: parser.startTags,
    unseen: parser.unseen,
    closed: parser.closed,
    errors,
  };
}

class CardParser extends Parser<DefaultTreeAdapterMap> {
  readonly startTags: Token.TagToken[] = [];
  readonly unseen: Unseen[] = [];
  readonly closed = new Set<string>();
  bounds: Bounds | undefined;
  openSelect = false;

  /** As `innerHTML` of a div does it. */
  static inBody(options: ParserOptions<DefaultTreeAdapterMap>): CardParser {
    const div = defaultTreeAdapter.createElement('div', spec.NS.HTML, []);
    return this.getFragmentParser<DefaultTreeAdapterMap>(div, options) as CardParser;
  }

  override onStartTag(token: Token.TagToken): void {
    this.startTags.push(token);
    this.bounds?.onStartTag(token);
    super.onStartTag(token);
  }

  /**
   * A select ends the one that it stands in, and so does an input. An element that the parser does not know keeps
   * whatever is in it.
   */
  override _startTagOutsideForeignContent(token: Token.TagToken): void {
    const { SELECT, INPUT, UNKNOWN } = spec.TAG_ID;
    if (token.tagID === UNKNOWN || token.attrs.length > 0 || OF_WORDS.has(token.tagName)) this.unseen.push(token);
    if (this.openSelect && (token.tagID === SELECT || token.tagID === INPUT)) {
      const around = this.selectInScope();
      if (around !== undefined) this.openElements.popUntilElementPopped(around);
      if (token.tagID === SELECT && around !== undefined) return;
      if (token.tagID === SELECT) token.tagID = UNKNOWN;
    }
    super._startTagOutsideForeignContent(token);
  }

  override onEndTag(token: Token.TagToken): void {
    this.closed.add(token.tagName);
    super.onEndTag(token);
  }

  override onComment(token: Token.CommentToken): void {
    this.unseen.push(token);
    super.onComment(token);
  }

  override _endTagOutsideForeignContent(token: Token.TagToken): void {
    if (token.tagID === spec.TAG_ID.UNKNOWN) this.unseen.push(token);
    if (!this.openSelect || token.tagID !== spec.TAG_ID.SELECT) return super._endTagOutsideForeignContent(token);
    const ended = this.selectInScope();
    if (ended === undefined) return;
    this.openElements.generateImpliedEndTags();
    this.openElements.popUntilElementPopped(ended);
  }

  /** https://html.spec.whatwg.org/multipage/parsing.html#has-an-element-in-scope */
  private selectInScope(): ParsedElement | undefined {
    const { openElements } = this;
    for (let slot = openElements.stackTop; slot >= 0; slot = openElements.slotBelow(slot)) {
      const element = openElements.items[slot] as ParsedElement;
      if (element.tagName === 'select' && element.namespaceURI === spec.NS.HTML) return element;
      if (SCOPES[element.namespaceURI]?.has(element.tagName)) return undefined;
    }
    return undefined;
  }
}

/** Elements that must be closed, and whose names may be words of a text; without those that only wrap others. */
export const OF_WORDS = words(`
  a abbr address b bdi bdo big cite code data del dfn em font i ins kbd label mark meter output q s samp small span
  strike strong sub sup time tt u var audio button canvas dialog form legend map menu object picture progress summary
  video`);

const SCOPES: Readonly<Partial<Record<string, ReadonlySet<string>>>> = {
  [spec.NS.HTML]: words('applet caption html table td th marquee object template'),
  [spec.NS.MATHML]: words('mi mo mn ms mtext annotation-xml'),
  [spec.NS.SVG]: words('foreignObject desc title'),
};

const CELLS: ReadonlySet<string> = words('tr td th');

class Bounds {
  private latest: Token.TagToken | undefined;
  private startTags = 0;
  private cells = 0;
  private created = 0;
  private depth = 0;

  constructor(private readonly length: number) {}

  readonly treeAdapter = {
    ...defaultTreeAdapter,
    createElement: (...args: Parameters<typeof defaultTreeAdapter.createElement>): ParsedElement => {
      this.created += 1;
      if (this.created - this.startTags > MAX_IMPLIED)
        this.stop(`makes the browser add more than ${MAX_IMPLIED} elements`);
      return defaultTreeAdapter.createElement(...args);
    },
    // What is moved out of a table lands before it, near the end of its parent: looked for from there, not from the
    // front.
    insertBefore: (parent: ParsedParent, node: ParsedChild, reference: ParsedChild): void => {
      parent.childNodes.splice(parent.childNodes.lastIndexOf(reference), 0, node);
      node.parentNode = parent;
    },
    insertTextBefore: (parent: ParsedParent, text: string, reference: ParsedChild): void => {
      const before = parent.childNodes[parent.childNodes.lastIndexOf(reference) - 1];
      if (before !== undefined && defaultTreeAdapter.isTextNode(before)) before.value += text;
      else this.treeAdapter.insertBefore(parent, defaultTreeAdapter.createTextNode(text), reference);
    },
    // Only where things begin is ever told.
    updateNodeSourceCodeLocation: (): void => {},
    onItemPush: (): void => {
      this.depth += 1;
      if (this.depth > MAX_DEPTH) this.stop(`nests deeper than ${MAX_DEPTH} elements`);
    },
    onItemPop: (): void => {
      this.depth -= 1;
    },
  };

  onStartTag(token: Token.TagToken): void {
    this.startTags += 1;
    this.latest = token;
    if (CELLS.has(token.tagName)) this.cells += 1;
    const maxCells = Math.max(MAX_ELEMENTS, Math.floor(this.length / CHARACTERS_OF_A_CELL));
    if (this.cells > maxCells) this.stop(`holds more than ${maxCells} rows and cells`);
    const maxElements = Math.max(MAX_ELEMENTS, Math.floor(this.length / CHARACTERS_OF_AN_ELEMENT));
    if (this.startTags - this.cells + this.cells / CELLS_OF_AN_ELEMENT > maxElements)
      this.stop(`holds more than ${maxElements} elements`);
  }

  private stop(what: string): never {
    throw new TooComplex(this.latest?.location ?? null, what);
  }
}
