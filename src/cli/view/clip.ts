/**
 * Cuts a frame to the terminal, so that it can be redrawn in place: a line that wraps, or one too many, is left behind.
 */

const ESC = '\u001B[';
const COLOURS = new RegExp(`${ESC.replace('[', '\\[')}[0-9;]*m`, 'g');
const COLOUR_OR_TEXT = new RegExp(`(${COLOURS.source})`);

export function clipFrame(
  lines: readonly string[],
  size: { readonly columns: number; readonly rows: number },
): string[] {
  const room = Math.max(3, size.rows - 1);
  const fitting =
    lines.length <= room
      ? lines
      : [...lines.slice(0, room - 1), `… ${lines.length - room + 1} more lines; a taller window shows them`];
  return fitting.map((line) => clipLine(line, Math.max(10, size.columns - 1)));
}

/** Colours take no room; a cut line keeps the codes that end them. */
export function clipLine(line: string, columns: number): string {
  if (Array.from(line.replaceAll(COLOURS, '')).length <= columns) return line;
  let shown = 0;
  let clipped = '';
  for (const part of line.split(COLOUR_OR_TEXT)) {
    if (part.startsWith(ESC)) clipped += part;
    else {
      const characters = Array.from(part).slice(0, Math.max(0, columns - 1 - shown));
      shown += characters.length;
      clipped += characters.join('');
    }
  }
  return `${clipped}…`;
}
