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
  /** Ours: rules may stand within rules, but not within an attribute. */
  nestsRules?: boolean;
  error: () => never;
  readonly tokenType: number;
  readonly tokenStart: number;
  readonly consumeUntilSemicolonIncluded: unknown;
  lookupType(offset: number): number;
  lookupNonWSType(offset: number): number;
  charCodeAt(offset: number): number;
  StyleSheet(): CssNode;
  DeclarationList(): CssNode;
  Declaration(): CssNode;
  Rule(): CssNode;
  Raw(until: unknown, withoutSpace: boolean): CssNode;
}

const FAULT = new Error('not CSS');

/**
 * For every mistake the parser would draw a picture of all the source, which nobody here looks at: quadratic in the
 * mistakes.
 */
function withoutPicture(): never {
  throw FAULT;
}

/**
 * The parser knows nested rules only where they begin with `&`. Like browsers, this takes for a rule what has a block
 * before the declaration would end, but for custom properties (`--a: {}`).
 */
function isRule(parser: Inner): boolean {
  if ([0, 1].every((offset) => parser.charCodeAt(parser.tokenStart + offset) === DASH)) return false;
  // Within brackets, as in `@supports (a: b) {}`, a declaration ends with them.
  for (let offset = 0, open = 0; ; offset++) {
    const type = parser.lookupType(offset);
    if (type === tokenTypes.Function || type === tokenTypes.LeftParenthesis) open += 1;
    if (type === tokenTypes.RightParenthesis && --open < 0) return false;
    if (type === tokenTypes.LeftCurlyBracket) return offset > 0;
    if (type === END || type === tokenTypes.Semicolon || type === tokenTypes.RightCurlyBracket) return false;
  }
}

/** What the parser would take for a mistake only after throwing an error, which takes it a hundred times as long. */
function isWord(parser: Inner): boolean {
  return parser.tokenType === tokenTypes.Ident && parser.lookupNonWSType(1) !== tokenTypes.Colon;
}

/** Gives the parser another understanding of declarations, once. */
function prepare(parser: Inner, nestsRules: boolean): void {
  if (parser.nestsRules === undefined) {
    const plain = parser.Declaration.bind(parser);
    parser.error = withoutPicture;
    parser.Declaration = () => {
      if (parser.nestsRules === true && isRule(parser)) return parser.Rule();
      return isWord(parser) ? parser.Raw(parser.consumeUntilSemicolonIncluded, true) : plain();
    };
  }
  parser.nestsRules = nestsRules;
}

const END = 0;
const DASH = '-'.charCodeAt(0);

const patient: Syntax = fork({
  parseContext: {
    stylesheet(this: Inner): CssNode {
      prepare(this, true);
      return this.StyleSheet();
    },
    declarationList(this: Inner): CssNode {
      prepare(this, false);
      return this.DeclarationList();
    },
  },
} as SyntaxConfig);
