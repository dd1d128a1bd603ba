/** What findings say of versions, and of the way out that they share. */
import { splitText } from '../split/audience.ts';
import type { SeenServing } from './seen.ts';

export function nameVersions(versions: readonly SeenServing[]): string {
  return versions.map(({ version, splitPercent, of }) => `v${version} at ${splitText(splitPercent, of)}`).join(' and ');
}

export function idsOf(versions: readonly SeenServing[]): readonly string[] {
  return versions.map(({ id }) => id);
}

/** Versions that nobody watches: which, why in one sentence, and the way out. */
export function unwatched(
  action: string,
  shown: readonly SeenServing[],
  why: string,
): { readonly ids: readonly string[]; readonly sentence: string; readonly wayOut: string } {
  return {
    ids: idsOf(shown),
    sentence: `${shownText(action, shown)} and nobody watches: ${why}.`,
    wayOut: recoverText(action, shown),
  };
}

function shownText(action: string, shown: readonly SeenServing[]): string {
  return (
    halfBackText(action, shown) ?? `${nameVersions(shown)} of ${action} ${shown.length === 1 ? 'is' : 'are'} shown`
  );
}

/** Null: some of it is before somebody. */
export function halfBackText(action: string, shown: readonly SeenServing[]): string | null {
  const ways = shown.flatMap(({ version, halfBack }) =>
    halfBack === undefined ? [] : [`v${version} of ${action} was not taken back to the end (${bare(halfBack)})`],
  );
  return ways.length === 0 || ways.length < shown.length ? null : ways.join(' and ');
}

function bare(sentence: string): string {
  return sentence.replace(/\.$/, '');
}

export function recoverText(action: string, shown: readonly SeenServing[]): string {
  const what = shown.every(({ standsAlone }) => standsAlone)
    ? 'back at once what was there before'
    : 'the baseline back at once';
  return `\`assist-rollouts recover "${action}"\` puts ${what}.`;
}
