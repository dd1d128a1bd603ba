/** From where each entry truly belongs: which were edited, removed, inserted, reordered or cut off. */
import { named } from './findings.ts';
import type { Finding } from './findings.ts';

export interface EntryPlace {
  /** The number that the entry bears. */
  readonly leaf: number;
  readonly key: string;
  /** Its number in the log that was signed; null when it is not in that log. */
  readonly trueLeaf: number | null;
}

/** `places` in the order in which they stand; `size`: how many entries were signed; `keys`: theirs, where known. */
export function namePlaces(places: readonly EntryPlace[], size: number, keys: readonly string[] = []): Finding[] {
  const standing = places.map((entry, index) => ({ ...entry, index }));
  const strangers = standing.filter(({ trueLeaf }) => trueLeaf === null || trueLeaf >= size);
  const { known, moved, copies } = sortOut(standing.filter(({ trueLeaf }) => trueLeaf !== null && trueLeaf < size));
  const missing = new Set(Array.from({ length: size }, (_, leaf) => leaf).filter((leaf) => !known.has(leaf)));
  const end = places.findLastIndex(({ trueLeaf }) => trueLeaf !== null);
  const findings: Finding[] = [
    ...copies.map((copy) => inserted(copy, 'a copy of another entry')),
    ...moved.map(reordered),
  ];
  for (const entry of strangers) {
    if (missing.delete(entry.leaf)) findings.push(edited(entry));
    // Behind the last known entry is the tail that no checkpoint covers yet.
    else if (entry.index < end) findings.push(inserted(entry, 'never logged'));
  }
  return [...findings, ...gone(missing, size, keys, known)].sort((a, b) => (a.leaf ?? 0) - (b.leaf ?? 0));
}

interface Standing extends EntryPlace {
  /** Where it stands. */
  readonly index: number;
}

/**
 * Those of one longest rising run are where they belong; of the others, the first of its kind was moved and a second is
 * a copy.
 */
function sortOut(entries: readonly Standing[]) {
  const stays = longestRise(entries.map(({ trueLeaf }) => trueLeaf ?? 0));
  const known = new Map(entries.filter((_, at) => stays.has(at)).map((entry) => [entry.trueLeaf ?? 0, entry]));
  const moved: Standing[] = [];
  const copies: Standing[] = [];
  for (const entry of entries.filter((_, at) => !stays.has(at))) {
    const isCopy = known.has(entry.trueLeaf ?? 0);
    (isCopy ? copies : moved).push(entry);
    if (!isCopy) known.set(entry.trueLeaf ?? 0, entry);
  }
  return { known, moved, copies };
}

function edited({ leaf, key }: EntryPlace): Finding {
  return {
    kind: 'edited',
    leaf,
    key,
    message: `${named(leaf, key)} was edited: its line is not the one that was signed.`,
  };
}

function inserted({ index, key }: Standing, why: string): Finding {
  return { kind: 'inserted', leaf: index, key, message: `${named(index, key)} was inserted: it is ${why}.` };
}

function reordered({ index, key, trueLeaf }: Standing): Finding {
  return {
    kind: 'reordered',
    leaf: trueLeaf,
    key,
    message: `${named(trueLeaf ?? index, key)} was moved: it stands at place ${index}.`,
  };
}

function gone(
  missing: ReadonlySet<number>,
  size: number,
  keys: readonly string[],
  known: ReadonlyMap<number, EntryPlace>,
): Finding[] {
  let cut = size;
  while (missing.has(cut - 1)) cut -= 1;
  const removed = [...missing]
    .filter((leaf) => leaf < cut)
    .map((leaf): Finding => ({
      kind: 'removed',
      leaf,
      key: keys[leaf] ?? null,
      message: `${named(leaf, keys[leaf])} was removed${between(leaf, known)}.`,
    }));
  if (cut === size) return removed;
  const first = keys[cut] ? ` (the first is ${JSON.stringify(keys[cut])})` : '';
  const lost = size - cut === 1 ? named(cut, keys[cut]) : `Entries ${cut} to ${size - 1}${first}`;
  return [
    ...removed,
    {
      kind: 'cutOff',
      leaf: cut,
      toLeaf: size - 1,
      key: keys[cut] ?? null,
      message: `${lost} of ${size} signed ones ${size - cut === 1 ? 'was' : 'were'} cut off the end.`,
    },
  ];
}

function between(leaf: number, known: ReadonlyMap<number, EntryPlace>): string {
  const before = known.get(leaf - 1)?.key;
  const after = known.get(leaf + 1)?.key;
  const sides = [before && `after ${JSON.stringify(before)}`, after && `before ${JSON.stringify(after)}`].filter(
    Boolean,
  );
  return sides.length === 0 ? '' : `; it stood ${sides.join(' and ')}`;
}

/** Indexes of one longest strictly rising subsequence (patience sorting). */
function longestRise(values: readonly number[]): Set<number> {
  const tops: number[] = [];
  const before: number[] = [];
  values.forEach((value, index) => {
    let [low, high] = [0, tops.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((values[tops[middle] ?? 0] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    before[index] = low > 0 ? (tops[low - 1] ?? -1) : -1;
    tops[low] = index;
  });
  const rise = new Set<number>();
  for (let at = tops.at(-1) ?? -1; at >= 0; at = before[at] ?? -1) rise.add(at);
  return rise;
}
