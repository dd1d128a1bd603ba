import { structuredPatch } from 'diff';

export interface CardDiff {
  readonly added: number;
  readonly removed: number;
  /** Unified, without file names: hunk headings and lines that begin with `+`, `-` or a blank. */
  readonly lines: readonly string[];
}

/** How many steps of editing are looked for before two cards count as wholly different. */
const MAX_EDITS = 5_000;

/** The lines in which two cards differ. */
export function cardDiff(before: string, after: string): CardDiff {
  const patch = structuredPatch('', '', before, after, '', '', { context: 2, maxEditLength: MAX_EDITS });
  const lines =
    patch === undefined
      ? replaceAllLines(before, after)
      : patch.hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
          `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
          ...lines,
        ]);
  const count = (sign: string) => lines.filter((line) => line.startsWith(sign)).length;
  return { added: count('+'), removed: count('-'), lines };
}

function replaceAllLines(before: string, after: string): string[] {
  return [...before.split('\n').map((line) => `-${line}`), ...after.split('\n').map((line) => `+${line}`)];
}
