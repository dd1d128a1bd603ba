/** Breaks a line where the terminal ends, between words; what goes on is set in. */
import stringWidth from 'string-width';

/** A command between back quotes is copied as a whole, a figure keeps its percent sign, columns keep their gap. */
const WORDS = /(\s*)((?:`[^`\n]*`|\S| (?=%))+)/g;
const SET_IN = 2;

/** A word that is longer than the line, such as a link, is never broken. Colours take no room. */
export function wrapLine(line: string, columns: number): readonly string[] {
  if (stringWidth(line) <= columns) return [line];
  const indent = ' '.repeat(SET_IN + (/^ */.exec(line)?.[0].length ?? 0));
  const lines: string[] = [];
  let begun = '';
  for (const [, gap = '', word = ''] of line.matchAll(WORDS)) {
    const longer = begun + gap + word;
    if (begun.trim() === '' || stringWidth(longer) <= columns) begun = longer;
    else {
      lines.push(begun);
      begun = indent + word;
    }
  }
  return [...lines, begun];
}
