/** What is left out, and in which order, where a terminal has too few rows: never what a person decides by. */

/** Lines that stand together; `less`: what may stand in their place, the lower `cost` the sooner. */
export interface Block {
  readonly lines: readonly string[];
  readonly less?: readonly Less[];
}

export interface Less {
  readonly cost: number;
  readonly lines: readonly string[];
}

/** The blocks' lines, as many as there are rows if that can be had. */
export function fit(blocks: readonly Block[], rows: number): string[] {
  const shown = blocks.map(({ lines }) => lines);
  const less = blocks
    .flatMap(({ less: steps = [] }, at) => steps.map((step) => ({ ...step, at })))
    .sort((a, b) => a.cost - b.cost);
  for (const { at, lines } of less) {
    if (shown.reduce((sum, some) => sum + some.length, 0) <= rows) break;
    shown[at] = lines;
  }
  return shown.flat();
}
