/** Columns padded to their widest cell; numbers stand right. Widths are cells of the terminal, colours take none. */
import stringWidth from 'string-width';

export interface Column {
  readonly title: string;
  readonly right?: boolean;
}

export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map(({ title }, index) =>
    Math.max(stringWidth(title), ...rows.map((row) => stringWidth(row[index] ?? ''))),
  );
  const line = (cells: readonly string[]) =>
    columns
      .map(({ right }, index) => pad(cells[index] ?? '', widths[index] ?? 0, right ?? false))
      .join('  ')
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...rows.map(line)];
}

function pad(cell: string, size: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, size - stringWidth(cell)));
  return right ? space + cell : cell + space;
}
