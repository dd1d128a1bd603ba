import { ident, string, tokenize, tokenTypes, url } from 'css-tree';
import { isCode, leadsElsewhere } from '../urls.ts';

/** Something in CSS that loads or runs. */
export type CssFinding =
  | {
      readonly kind: 'load';
      readonly directive: string;
      readonly url: string;
      readonly what: string;
      readonly offset: number;
    }
  | { readonly kind: 'code'; readonly what: string; readonly offset: number };

/**
 * Reads CSS token by token, so that escapes and comments hide nothing and unclosed ends are read as browsers do. A text
 * that stands where a URL may stand counts as one: in `@import`, in images, and wherever a value is made that may end
 * up in either, as in custom properties and functions.
 */
export function cssFindings(css: string): CssFinding[] {
  // The tokenizer passes over a mark of byte order; browsers take it for a letter of the first name.
  const plain = plainUrls(css).replace(/^\ufeff/, '_');
  const reader = new Reader(plain);
  tokenize(plain, (type, start, end) => reader.token(type, start, end));
  return reader.found;
}

/** What is in `url(` follows other rules than what is in `(`, also when escapes spell it. The length stays. */
function plainUrls(css: string): string {
  return css.replace(
    /(?:u|\\0{0,4}[57]5(?:\r\n|[ \t\n\r\f])?|\\u)(?:r|\\0{0,4}[57]2(?:\r\n|[ \t\n\r\f])?|\\r)(?:l|\\0{0,4}[46]c(?:\r\n|[ \t\n\r\f])?|\\l)\(/gi,
    (spelt) => 'url('.padEnd(spelt.length),
  );
}

/** Something that is open: a block, a bracket or a function. */
interface Open {
  readonly closedBy: number;
  readonly name: string;
  /** The outermost function around that takes URLs. */
  readonly taker: string | undefined;
  /** The at-rule whose block it is. */
  readonly atRule: string;
  /** Part of a value: a bracket or function, whatever is in one, and a block in a custom property. */
  readonly inValue: boolean;
  /** The outermost function around that a style sheet defines by itself. */
  readonly custom: string | undefined;
}

class Reader {
  readonly found: CssFinding[] = [];
  /** Innermost last. */
  private readonly open: Open[] = [];
  private atRule = '';
  private property = '';
  private name = '';

  constructor(private readonly css: string) {}

  token(type: number, start: number, end: number): void {
    const text = (): string => this.css.slice(start, end);
    switch (type) {
      case tokenTypes.AtKeyword:
        this.atRule = ident.decode(text().slice(1)).toLowerCase();
        break;
      case tokenTypes.Ident:
        this.onIdent(ident.decode(text()).toLowerCase(), start);
        break;
      case tokenTypes.Colon:
        if (this.isBetweenBrackets()) this.onProperty(start);
        break;
      case tokenTypes.Function:
        this.onFunction(ident.decode(text().slice(0, -1)).toLowerCase(), start);
        break;
      case tokenTypes.Url:
        this.load(url.decode(text()), 'url()', start);
        break;
      case tokenTypes.BadUrl:
        this.load(text().replace(/^[^(]*\(\s*["']?/, ''), 'url()', start);
        break;
      case tokenTypes.String:
        this.onString(string.decode(closed(text())), start);
        break;
      case tokenTypes.BadString:
        this.onString(text().slice(1), start);
        break;
      case tokenTypes.LeftParenthesis:
        this.enter(tokenTypes.RightParenthesis, '');
        break;
      case tokenTypes.LeftSquareBracket:
        this.enter(tokenTypes.RightSquareBracket, '');
        break;
      case tokenTypes.LeftCurlyBracket:
        this.onBlock();
        break;
      case tokenTypes.RightParenthesis:
      case tokenTypes.RightSquareBracket:
      case tokenTypes.RightCurlyBracket:
        this.onClose(type);
        break;
      case tokenTypes.Semicolon:
        if (this.isBetweenBrackets()) this.onEnd();
        break;
      default:
    }
  }

  /** Where declarations and rules begin and end; within brackets and functions `;` and `:` are values. */
  private isBetweenBrackets(): boolean {
    return this.open.at(-1)?.inValue !== true;
  }

  private onIdent(name: string, offset: number): void {
    this.name = name;
    if (name === '-ms-behavior') this.code(name, offset);
  }

  private onProperty(offset: number): void {
    this.property = this.name;
    if (CODE_PROPERTIES.has(this.property) && !OF_WORD.test(this.css.slice(offset, offset + 60)))
      this.code(this.property, offset);
  }

  private onFunction(name: string, offset: number): void {
    this.enter(tokenTypes.RightParenthesis, name);
    if (name === 'expression') this.code('expression()', offset);
  }

  /** A block within a function is part of a value: `--f({"a"})`. */
  private onBlock(): void {
    this.enter(tokenTypes.RightCurlyBracket, '');
    if (this.isBetweenBrackets()) this.onEnd();
  }

  /** A bracket that fits nothing closes nothing. */
  private onClose(type: number): void {
    const last = this.open.at(-1);
    if (last?.closedBy === type) this.open.pop();
    if (type === tokenTypes.RightCurlyBracket && last?.inValue !== true) this.onEnd();
  }

  private enter(closedBy: number, name: string): void {
    const { taker, custom, inValue = false, atRule = '' } = this.open.at(-1) ?? {};
    const isBlock = closedBy === tokenTypes.RightCurlyBracket;
    this.open.push({
      closedBy,
      name,
      taker: taker ?? (URL_FUNCTIONS.has(name) ? name : undefined),
      custom: custom ?? (name.startsWith('--') ? name : undefined),
      inValue: inValue || !isBlock || this.property.startsWith('--'),
      atRule: isBlock ? this.atRule : atRule,
    });
  }

  private onString(value: string, offset: number): void {
    const within = this.open.at(-1);
    if (within?.name === 'type') return; // of an image, within image-set()
    if (within?.taker !== undefined) return this.load(value, `${within.taker}()`, offset);
    if (this.atRule === 'import') return this.load(value, '@import', offset);
    const maker = this.makerOfValues();
    if (maker !== undefined && leadsElsewhere(value)) this.load(value, maker, offset);
  }

  /** What gives values to others: custom properties, registered ones, and functions with their arguments. */
  private makerOfValues(): string | undefined {
    if (this.property.startsWith('--') || this.property === 'initial-value' || this.property === 'result')
      return this.property;
    const { custom } = this.open.at(-1) ?? {};
    if (custom !== undefined) return `${custom}()`;
    return this.atRule === 'function' || this.atRule === 'apply' ? `@${this.atRule}` : undefined;
  }

  private onEnd(): void {
    this.property = '';
    this.atRule = '';
  }

  private load(reference: string, what: string, offset: number): void {
    if (this.atRule === 'namespace' || reference.startsWith('#')) return;
    const isFont = this.open.at(-1)?.atRule === 'font-face';
    const directive = this.atRule === 'import' ? 'style-src-elem' : isFont ? 'font-src' : 'img-src';
    if (isCode(reference)) this.code('a javascript: URL', offset);
    else
      this.found.push({
        kind: 'load',
        directive,
        url: reference,
        what: this.atRule === 'import' ? '@import' : what,
        offset,
      });
  }

  private code(what: string, offset: number): void {
    this.found.push({ kind: 'code', what, offset });
  }
}

const URL_FUNCTIONS: ReadonlySet<string> = new Set([
  'url',
  'src',
  'image',
  'image-set',
  '-webkit-image-set',
  'cross-fade',
  '-webkit-cross-fade',
  'element',
  'url-prefix',
  'domain',
  'document',
]);
const CODE_PROPERTIES: ReadonlySet<string> = new Set(['behavior', '-moz-binding', '-webkit-binding']);
/** Word, Excel and PowerPoint write it into each page for the drawings of their time; it loads nothing. */
const OF_WORD = /^:\s*url\(\s*["']?#default#VML["']?\s*\)\s*(?:[;}]|$)/i;
/** The decoder drops the last character, which is missing where the file ends within the text. */
function closed(text: string): string {
  const quote = text[0] ?? '';
  return text.length > 1 && text.endsWith(quote) ? text : text + quote;
}
