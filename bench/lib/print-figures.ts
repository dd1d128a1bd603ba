/** The figures of a benchmark: one line of JSON, or one line for each. */
export function printFigures(figures: Readonly<Record<string, unknown>>, isJson: boolean): void {
  const lines = isJson
    ? [JSON.stringify(figures)]
    : Object.entries(figures).map(([name, value]) => `${name.padEnd(28)} ${String(value)}`);
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}
