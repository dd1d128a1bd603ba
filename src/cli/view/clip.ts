/**
 * Fits a frame into the terminal, so that it can be redrawn in place: a line that wraps, or one too many, is left behind.
 */
import stringWidth from 'string-width';
import { wrapLine } from './wrap.ts';

/** Our own colours have codes that only we know (telemetry/own-colours.ts), so nothing else may rewrite them. */
const ESC = '\u001B';
const COLOUR = new RegExp(`(${ESC}\\[[0-9;]*m)`);
const CHARACTERS = new Intl.Segmenter();

export function clipFrame(
  lines: readonly string[],
  size: { readonly columns: number; readonly rows: number },
): string[] {
  const room = Math.max(3, size.rows - 1);
  const shown =
    lines.length <= room
      ? wrapped(lines, { columns: size.columns - 1, rows: room })
      : [...lines.slice(0, room - 1), `… ${lines.length - room + 1} more lines; a taller window shows them`];
  return shown.map((line) => clipLine(line, Math.max(10, size.columns - 1)));
}

/** As many of the long lines as there is room for, the last ones first: what is waited for, why, and what can be done. */
function wrapped(lines: readonly string[], { columns, rows }: { readonly columns: number; readonly rows: number }) {
  let left = rows - lines.length;
  const shown: string[] = [];
  for (const line of lines.toReversed()) {
    const parts = wrapLine(line, columns);
    const fits = parts.length - 1 <= left;
    shown.unshift(...(fits ? parts : [line]));
    if (fits) left -= parts.length - 1;
  }
  return shown;
}

/** In cells of the terminal. Colours take none; a cut line keeps the codes that end them. */
export function clipLine(line: string, columns: number): string {
  if (stringWidth(line) <= columns) return line;
  let left = columns - 1;
  const parts = line.split(COLOUR).map((part, at) => {
    if (at % 2 === 1) return part;
    const shown = fitting(part, left);
    left = shown === part ? left - stringWidth(shown) : 0;
    return shown;
  });
  return `${parts.join('')}…`;
}

/** The beginning of a text without colours that fits into so many cells. */
function fitting(text: string, columns: number): string {
  let end = 0;
  let left = columns;
  for (const { segment, index } of CHARACTERS.segment(text)) {
    left -= stringWidth(segment);
    if (left < 0) return text.slice(0, end);
    end = index + segment.length;
  }
  return text;
}
