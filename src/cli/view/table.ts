/** Columns padded to their widest cell; numbers stand right. Colour codes do not count as width. */
import { stripVTControlCharacters } from 'node:util';

export interface Column {
  readonly title: string;
  readonly right?: boolean;
}

export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...rows.map((row) => width(row[index] ?? ''))),
  );
  const line = (cells: readonly string[]) =>
    columns
      .map(({ right }, index) => pad(cells[index] ?? '', widths[index] ?? 0, right ?? false))
      .join('  ')
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...rows.map(line)];
}

function pad(cell: string, size: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, size - width(cell)));
  return right ? space + cell : cell + space;
}

function width(text: string): number {
  return stripVTControlCharacters(text).length;
}
