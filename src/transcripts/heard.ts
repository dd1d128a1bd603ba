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

export interface HeardUtterances {
  /** False when an utterance of this id was heard already. */
  hear(utteranceId: string, said: Said): boolean;
  /** Those that were not heard. Each utterance that was heard accounts for one of them. */
  missedOf<T extends Said>(said: readonly T[]): T[];
}

/** Live and after the call, the begin of an utterance may be set a little differently. */
const SAME_INSTANT_MS = 2_000;

export function createHeardUtterances(): HeardUtterances {
  const ids = new Set<string>();
  const heard: { readonly key: string; readonly startMs: number }[] = [];
  return {
    hear(utteranceId, said) {
      if (ids.has(utteranceId)) return false;
      ids.add(utteranceId);
      heard.push({ key: keyOf(said), startMs: said.startMs });
      return true;
    },
    missedOf(said) {
      const left = [...heard];
      return said.filter((one) => {
        const key = keyOf(one);
        const at = nearest(left, key, one.startMs);
        if (at === -1) return true;
        left.splice(at, 1);
        return false;
      });
    },
  };
}

function nearest(left: readonly { readonly key: string; readonly startMs: number }[], key: string, startMs: number): number {
  let best = -1;
  let distance = SAME_INSTANT_MS;
  left.forEach((one, at) => {
    const off = Math.abs(one.startMs - startMs);
    if (one.key !== key || off > distance) return;
    [best, distance] = [at, off];
  });
  return best;
}

function keyOf({ speaker, text }: Said): string {
  return createHash('sha256').update(`${speaker}\n${wordsOf(text).join(' ')}`).digest('base64');
}
