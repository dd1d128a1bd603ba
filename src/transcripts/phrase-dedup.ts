/**
 * What of one conversation was heard live, so that its transcript afterwards adds only what was missed. The transcript
 * carries no utterance ids: the same words by the same side at (nearly) the same instant are the same utterance. Only
 * hashes are kept.
 */
import { createHash } from 'node:crypto';
import { wordsOf } from '../domain/trigger/fold.ts';

export interface Said {
  readonly speaker: string;
  readonly text: string;
  /** ms since the epoch. */
  readonly startMs: number;
}

export interface PhraseDedup {
  /** False when an utterance of this id was heard already. */
  addLive(utteranceId: string, said: Said): boolean;
  /** Those that were not heard. Each utterance that was heard accounts for one of them. */
  missedOf<T extends Said>(said: readonly T[]): T[];
}

/** Live and after the call, the begin of an utterance may be set a little differently. */
const SAME_INSTANT_MS = 2_000;

export function createPhraseDedup(): PhraseDedup {
  const ids = new Set<string>();
  const heard: { readonly key: string; readonly startMs: number }[] = [];
  return {
    addLive(utteranceId, said) {
      if (ids.has(utteranceId)) return false;
      ids.add(utteranceId);
      heard.push({ key: keyOf(said), startMs: said.startMs });
      return true;
    },
    missedOf(said) {
      const pairs = said.flatMap((one, at) => closeTo(heard, one).map(({ place, offMs }) => ({ at, place, offMs })));
      const accounted = new Set<number>();
      const used = new Set<number>();
      for (const { at, place } of pairs.toSorted((a, b) => a.offMs - b.offMs)) {
        if (accounted.has(at) || used.has(place)) continue;
        accounted.add(at);
        used.add(place);
      }
      return said.filter((_, at) => !accounted.has(at));
    },
  };
}

/** The nearest go together first: somebody who says "yes" twice in a second, once unheard, has said it twice. */
function closeTo(
  heard: readonly { readonly key: string; readonly startMs: number }[],
  said: Said,
): { readonly place: number; readonly offMs: number }[] {
  const key = keyOf(said);
  return heard.flatMap((one, place) => {
    const offMs = Math.abs(one.startMs - said.startMs);
    return one.key === key && offMs <= SAME_INSTANT_MS ? [{ place, offMs }] : [];
  });
}

function keyOf({ speaker, text }: Said): string {
  return createHash('sha256')
    .update(`${speaker}\n${wordsOf(text).join(' ')}`)
    .digest('base64');
}
