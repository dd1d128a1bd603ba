/**
 * The known word that a misspelt one most likely stands for, or undefined when none is near. Near is at most a third
 * of the word's letters changed, added, dropped or swapped with their neighbour; case is ignored.
 */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  return nearestWords(word, known)[0];
}

/** All that are near, the nearest first. */
export function nearestWords(word: string, known: readonly string[]): readonly string[] {
  if (word.length > MAX_WORD_LENGTH) return [];
  return known
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= tolerance(word, candidate))
    .sort((a, b) => a.distance - b.distance)
    .map(({ candidate }) => candidate);
}

/** The remedy's first words for a name that is not known. */
export function didYouMean(word: string, known: readonly string[]): string {
  const nearest = nearestWord(word, known);
  const list = `Known here: ${known.join(', ')}.`;
  if (nearest === undefined) return list;
  return known.length > MAX_LIST ? `Did you mean ${nearest}?` : `Did you mean ${nearest}? ${list}`;
}

/** Beyond this many names a list hides the suggestion. */
const MAX_LIST = 12;

/** No name of ours is this long, and the distance costs the product of both lengths. */
const MAX_WORD_LENGTH = 64;

function tolerance(a: string, b: string): number {
  return Math.max(1, Math.floor(Math.max(a.length, b.length) / 3));
}

/** Optimal string alignment distance: insert, delete, replace, or swap two neighbours. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
