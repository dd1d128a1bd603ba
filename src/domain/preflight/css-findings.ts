import { ident, string, tokenize, tokenTypes, url } from 'css-tree';
import { isCode, leadsElsewhere } from './urls.ts';
import { words } from './words.ts';

/** Something in CSS that loads, runs, or is written so that nobody sees what it does. */
export type CssFinding = { readonly offset: number; readonly what: string } & (
  | { readonly kind: 'load'; readonly directive: string; readonly url: string }
  | { readonly kind: 'code' | 'escape' }
);

/**
 * Reads CSS token by token, so that comments hide nothing and unclosed ends are read as browsers do. A text counts as a
 * URL wherever it leads elsewhere, but where CSS takes texts for texts: values may pass through custom properties and
 * functions, of which new ones come, before they are loaded.
 */
export function cssFindings(css: string): CssFinding[] {
  // The tokenizer passes over a mark of byte order; browsers take it for a letter of the first name.
  const plain = css.replace(/^\ufeff/, '_');
  const reader = new Reader(plain);
  tokenize(plain, (type, start, end) => reader.token(type, start, end));
  return reader.found;
}

const {
  AtKeyword,
  BadString,
  BadUrl,
  Colon,
  Function: FunctionToken,
  Ident,
  Semicolon,
  String: Text,
  Url,
} = tokenTypes;
const { LeftCurlyBracket, LeftParenthesis, LeftSquareBracket } = tokenTypes;
const { RightCurlyBracket, RightParenthesis, RightSquareBracket } = tokenTypes;

const CLOSED_BY: ReadonlyMap<number, number> = new Map([
  [LeftCurlyBracket, RightCurlyBracket],
  [LeftParenthesis, RightParenthesis],
  [LeftSquareBracket, RightSquareBracket],
  [FunctionToken, RightParenthesis],
]);
const CLOSERS: ReadonlySet<number> = new Set(CLOSED_BY.values());

/** Something that is open: a block, a bracket or a function. */
interface Open {
  readonly type: number;
  readonly name: string;
  /** The outermost function around that takes URLs. */
  readonly taker: string | undefined;
  /** The at-rule whose block it is. */
  readonly atRule: string;
  /** Part of a value: a bracket or function, whatever is in one, and a block in a custom property. */
  readonly inValue: boolean;
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
    const text = this.css.slice(start, end);
    if (type === Ident) this.name = ident.decode(text).toLowerCase();
    else if (type === Colon) this.onColon(start);
    else if (type === Text) this.onText(string.decode(closed(text)), start);
    else if (type === BadString) this.onText(text.slice(1), start);
    else if (type === Url) this.load(url.decode(text), 'url()', start);
    else if (type === BadUrl) this.load(text.replace(/^[^(]*\(\s*["']?/, ''), 'url()', start);
    else if (type === AtKeyword) this.onAtRule(this.nameAt(text.slice(1), start));
    else if (CLOSED_BY.has(type))
      this.onOpen(type, type === FunctionToken ? this.nameAt(text.slice(0, -1), start) : '');
    else if (CLOSERS.has(type)) this.onClose(type);
    else if (type === Semicolon && !this.isInValue()) this.end();
  }

  /** Of a function or an at-rule. Nobody writes one with escapes but to hide it, from the tokenizer too (`u\72l(`). */
  private nameAt(text: string, offset: number): string {
    if (text.includes('\\')) this.found.push({ kind: 'escape', what: text, offset });
    const name = ident.decode(text).toLowerCase();
    if (name === 'expression') this.found.push({ kind: 'code', what: 'expression()', offset });
    return name;
  }

  /** Where declarations and rules begin and end; within brackets and functions `;` and `:` are values. */
  private isInValue(): boolean {
    return this.open.at(-1)?.inValue === true;
  }

  /** Within a value it begins nothing. */
  private onAtRule(name: string): void {
    if (!this.isInValue() && this.property === '') this.atRule = name;
  }

  /** The first of a declaration: further ones are part of its value, and those of at-rules of their condition. */
  private onColon(offset: number): void {
    if (this.isInValue() || this.property !== '' || this.atRule !== '') return;
    this.property = this.name;
    if (CODE_PROPERTIES.has(this.property) && !OF_WORD.test(this.css.slice(offset, offset + 60)))
      this.found.push({ kind: 'code', what: this.property, offset });
  }

  /** A block within a function is part of a value: `--f({"a"})`. */
  private onOpen(type: number, name: string): void {
    const { taker, inValue = false, atRule = '' } = this.open.at(-1) ?? {};
    const isBlock = type === LeftCurlyBracket;
    this.open.push({
      type,
      name,
      taker: taker ?? (URL_FUNCTIONS.has(name) ? name : undefined),
      atRule: isBlock ? this.atRule : atRule,
      inValue: inValue || !isBlock || this.property.startsWith('--'),
    });
    if (!this.isInValue()) this.end();
  }

  /** A bracket that fits nothing closes nothing. */
  private onClose(type: number): void {
    const last = this.open.at(-1);
    if (last !== undefined && CLOSED_BY.get(last.type) === type) this.open.pop();
    if (type === RightCurlyBracket && last?.inValue !== true) this.end();
  }

  private end(): void {
    this.property = '';
    this.atRule = '';
  }

  private onText(value: string, offset: number): void {
    const within = this.open.at(-1);
    if (within?.name === 'type') return; // of an image, within image-set()
    if (within?.taker !== undefined) return this.load(value, `${within.taker}()`, offset);
    if (this.atRule === 'import') return this.load(value, '@import', offset);
    const isSelector = within?.type === LeftSquareBracket && !this.property.startsWith('--');
    const isText = within?.inValue === true ? TEXT_FUNCTIONS.has(within.name) : TEXT_PROPERTIES.has(this.property);
    if (!isSelector && !isText && (leadsElsewhere(value) || isCode(value))) this.load(value, this.place(), offset);
  }

  private place(): string {
    if (this.property !== '') return this.property;
    return this.atRule === '' ? 'a text' : `@${this.atRule}`;
  }

  private load(reference: string, what: string, offset: number): void {
    if (this.atRule === 'namespace' || reference.startsWith('#')) return;
    if (isCode(reference)) return void this.found.push({ kind: 'code', what: 'a javascript: URL', offset });
    const isImport = this.atRule === 'import';
    const isFont = this.open.at(-1)?.atRule === 'font-face';
    const directive = isImport ? 'style-src-elem' : isFont ? 'font-src' : 'img-src';
    this.found.push({ kind: 'load', directive, url: reference, what: isImport ? '@import' : what, offset });
  }
}

/** Whatever is in one is loaded. */
const URL_FUNCTIONS = words('url src image image-set -webkit-image-set cross-fade -webkit-cross-fade element');
/** What is directly in one of these is read by people, or is the name of a font, a type or an attribute. */
const TEXT_FUNCTIONS = words('attr counter counters format lang local symbols tech');
const TEXT_PROPERTIES = words(`
  additive-symbols content font font-family grid grid-template grid-template-areas hyphenate-character negative pad
  prefix quotes suffix symbols text-emphasis text-emphasis-style text-overflow`);
const CODE_PROPERTIES = words('behavior -moz-binding -ms-behavior -webkit-binding');
/** Word, Excel and PowerPoint write it into each page for the drawings of their time; it loads nothing. */
const OF_WORD = /^:\s*url\(\s*["']?#default#VML["']?\s*\)\s*(?:[;}]|$)/i;

/** The decoder drops the last character, which is missing where the file ends within the text. */
function closed(text: string): string {
  const quote = text[0] ?? '';
  return text.length > 1 && text.endsWith(quote) ? text : text + quote;
}
