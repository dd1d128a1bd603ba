/** How many cards an average conversation brings, withheld ones included, so that a rate of cards can be turned into one of conversations. */
import { fires } from './cards.ts';
import { writeScript } from './script.ts';
import type { ScriptSettings } from './script.ts';
import type { LiveVersion } from '../actions.ts';
import { versionFor } from '../../domain/split/bucket.ts';

const SAMPLE = 1_000;
/** An incarnation that no organisation reaches: the sample is nobody's traffic. */
const SAMPLE_INCARNATION = 0x7fffffff;

/** Busy queues bring no cards of actions, and do not change how many conversations there are. At least 0.01, so that an organisation whose triggers never fire is not flooded with conversations. */
export function estimateCards(settings: ScriptSettings, live: ReadonlyMap<string, readonly LiveVersion[]>): number {
  let cards = 0;
  for (let number = 0; number < SAMPLE; number++) {
    const script = writeScript(number, { ...settings, incarnation: SAMPLE_INCARNATION, busyQueues: 0 });
    for (const versions of live.values()) {
      const version = versionFor(versions, script.bucket) ?? versions.find(({ enabled }) => enabled);
      if (version === undefined) continue;
      cards += script.utterances.filter((utterance) => fires(version, script, utterance)).length;
    }
  }
  return Math.max(0.01, cards / SAMPLE);
}
