import type { CssNode, ParseOptions, Syntax, SyntaxConfig } from 'css-tree';
import { fork, tokenTypes } from 'css-tree';

/** A sheet, or what stands in a `style` attribute. */
export type CssContext = 'stylesheet' | 'declarationList';

/**
 * The tree of a style. What is wrong in it is mended as browsers mend it, in time in proportion to the length. Nothing
 * but a nesting deeper than the stack stops it, which `cssDepth` refuses before.
 */
export function parseCss(css: string, context: CssContext, options: Omit<ParseOptions, 'context'> = {}): CssNode {
  try {
    return patient.parse(css, { ...options, context });
  } catch {
    return patient.parse('', { context });
  }
}

/** The parser as its own functions see it. */
interface Inner {
  error: () => never;
  readonly tokenStart: number;
  lookupType(offset: number): number;
  charCodeAt(offset: number): number;
  StyleSheet(): CssNode;
  DeclarationList(): CssNode;
  Declaration(): CssNode;
  Rule(): CssNode;
}

const FAULT = new Error('not CSS');

/** For every mistake the parser would draw a picture of all the source, which nobody here looks at: quadratic in the mistakes. */
function withoutPicture(): never {
  throw FAULT;
}

/**
 * The parser knows nested rules only where they begin with `&`. Like browsers, this takes for a rule what has a block
 * before the declaration would end, but for custom properties (`--a: {}`).
 */
function isRule(parser: Inner): boolean {
  if ([0, 1].every((offset) => parser.charCodeAt(parser.tokenStart + offset) === DASH)) return false;
  for (let offset = 0; ; offset++) {
    const type = parser.lookupType(offset);
    if (type === tokenTypes.LeftCurlyBracket) return offset > 0;
    if (type === END || type === tokenTypes.Semicolon || type === tokenTypes.RightCurlyBracket) return false;
  }
}

const END = 0;
const DASH = '-'.charCodeAt(0);

const patient: Syntax = fork({
  parseContext: {
    stylesheet(this: Inner): CssNode {
      const { Declaration: plain } = this;
      this.error = withoutPicture;
      this.Declaration = () => (isRule(this) ? this.Rule() : plain.call(this));
      try {
        return this.StyleSheet();
      } finally {
        this.Declaration = plain;
      }
    },
    declarationList(this: Inner): CssNode {
      this.error = withoutPicture;
      return this.DeclarationList();
    },
  },
} as SyntaxConfig);
