import { ident, string, tokenize, tokenTypes, url } from 'css-tree';

/** Something in CSS that loads or runs. */
export type CssFinding =
  | { readonly kind: 'load'; readonly directive: string; readonly url: string; readonly what: string; readonly offset: number }
  | { readonly kind: 'code'; readonly what: string; readonly offset: number };

/**
 * Reads CSS token by token, so that escapes and comments hide nothing and unclosed ends are read as browsers do. A text
 * that stands where a URL may stand counts as one: in `@import`, in images, and in custom properties, whose values
 * may end up in either.
 */
export function cssFindings(css: string): CssFinding[] {
  const plain = plainUrls(css);
  const reader = new Reader(plain);
  tokenize(plain, (type, start, end) => reader.token(type, start, end));
  return reader.found;
}

/** What is in `url(` follows other rules than what is in `(`, also when escapes spell it. The length stays. */
function plainUrls(css: string): string {
  return css.replace(/(?:u|\\0{0,4}[57]5\s?|\\u)(?:r|\\0{0,4}[57]2\s?|\\r)(?:l|\\0{0,4}[46]c\s?|\\l)\(/gi, (spelt) => 'url('.padEnd(spelt.length));
}

class Reader {
  readonly found: CssFinding[] = [];
  /** The functions and brackets that are open, innermost last, each with the outermost that takes URLs. */
  private readonly open: { readonly name: string; readonly taker: string | undefined }[] = [];
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
        if (this.open.length === 0) this.onProperty(start);
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
        this.enter('');
        break;
      case tokenTypes.RightParenthesis:
        this.open.pop();
        break;
      case tokenTypes.Semicolon:
      case tokenTypes.LeftCurlyBracket:
      case tokenTypes.RightCurlyBracket:
        this.onEnd(type);
        break;
      default:
    }
  }

  private onIdent(name: string, offset: number): void {
    this.name = name;
    if (name === '-ms-behavior') this.code(name, offset);
  }

  private onProperty(offset: number): void {
    this.property = this.name;
    if (CODE_PROPERTIES.has(this.property)) this.code(this.property, offset);
  }

  private onFunction(name: string, offset: number): void {
    this.enter(name);
    if (name === 'expression') this.code('expression()', offset);
  }

  private enter(name: string): void {
    this.open.push({ name, taker: this.open.at(-1)?.taker ?? (URL_FUNCTIONS.has(name) ? name : undefined) });
  }

  private onString(value: string, offset: number): void {
    const within = this.open.at(-1);
    if (within?.name === 'type') return; // of an image, within image-set()
    if (within?.taker !== undefined) return this.load(value, `${within.taker}()`, offset);
    if (this.atRule === 'import') return this.load(value, '@import', offset);
    if (this.property.startsWith('--') && ABSOLUTE.test(value)) this.load(value, this.property, offset);
  }

  private onEnd(type: number): void {
    this.open.length = 0;
    this.property = '';
    if (type === tokenTypes.RightCurlyBracket || (type === tokenTypes.Semicolon && this.atRule !== 'font-face')) this.atRule = '';
  }

  private load(reference: string, what: string, offset: number): void {
    if (this.atRule === 'namespace' || reference.startsWith('#')) return;
    const directive = this.atRule === 'import' ? 'style-src-elem' : this.atRule === 'font-face' ? 'font-src' : 'img-src';
    if (this.isCode(reference)) this.code('a javascript: URL', offset);
    else this.found.push({ kind: 'load', directive, url: reference, what: this.atRule === 'import' ? '@import' : what, offset });
  }

  private isCode(reference: string): boolean {
    return /^\s*(java|vb|live)script:/i.test(reference.replace(/[\t\n\r]/g, ''));
  }

  private code(what: string, offset: number): void {
    this.found.push({ kind: 'code', what, offset });
  }
}

const URL_FUNCTIONS: ReadonlySet<string> = new Set([
  'url', 'src', 'image', 'image-set', '-webkit-image-set', 'cross-fade', '-webkit-cross-fade', 'element', 'url-prefix', 'domain', 'document',
]);
const ABSOLUTE = /^\s*([a-z][a-z0-9+.-]*:)?[\\/]{2}|^\s*data:/i;
const CODE_PROPERTIES: ReadonlySet<string> = new Set(['behavior', '-moz-binding', '-webkit-binding']);

/** The decoder drops the last character, which is missing where the file ends within the text. */
function closed(text: string): string {
  const quote = text[0] ?? '';
  return text.length > 1 && text.endsWith(quote) ? text : text + quote;
}
