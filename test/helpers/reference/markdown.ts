/** What the pages of the reference are written with. */

/** Plain text, so that nothing of it is taken for a mark; what stands between backticks stays code. */
export function inline(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replaceAll(/[\\<>*[\]]|\b_|_\b/g, String.raw`\$&`)))
    .join('')
    .replaceAll(/\s*\n\s*/g, ' ');
}

export function written(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

/** Columns in which nothing stands are left out. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const kept = heads.flatMap((_, at) => (rows.some((row) => (row[at] ?? '') !== '') ? [at] : []));
  const line = (cells: readonly string[]) =>
    `| ${kept.map((at) => (cells[at] ?? '').replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}
