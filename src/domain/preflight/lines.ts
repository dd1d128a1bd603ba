import type { Place } from './html.ts';

/** Places of offsets within a text that begins at a place itself. Lines are looked up, not counted again. */
export class Lines {
  private readonly starts: number[] = [0];

  constructor(
    text: string,
    private readonly from: Place,
  ) {
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.starts.push(at + 1);
  }

  at(offset: number): Place {
    const line = this.lineOf(offset);
    const column = offset - (this.starts[line] ?? 0);
    return line === 0
      ? { line: this.from.line, column: this.from.column + column }
      : { line: this.from.line + line, column: column + 1 };
  }

  /** The last line that begins at the offset or before it. */
  private lineOf(offset: number): number {
    let [low, high] = [0, this.starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
