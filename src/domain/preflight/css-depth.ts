import { tokenize, tokenTypes } from 'css-tree';

/** How deep the brackets of a style nest. Who reads CSS as a tree goes as deep. */
export function cssDepth(css: string): number {
  let depth = 0;
  let deepest = 0;
  tokenize(css, (type) => {
    if (OPENS.has(type)) deepest = Math.max(deepest, ++depth);
    else if (CLOSES.has(type)) depth = Math.max(0, depth - 1);
  });
  return deepest;
}

const OPENS: ReadonlySet<number> = new Set([
  tokenTypes.LeftCurlyBracket,
  tokenTypes.LeftParenthesis,
  tokenTypes.LeftSquareBracket,
  tokenTypes.Function,
]);
const CLOSES: ReadonlySet<number> = new Set([
  tokenTypes.RightCurlyBracket,
  tokenTypes.RightParenthesis,
  tokenTypes.RightSquareBracket,
]);
