import type { Trigger } from '../plan/plan.ts';
import type { TriggerResult, Utterance, WhyNot } from '../trigger/evaluate.ts';
import { evaluateTrigger, firstKeywordIn } from '../trigger/evaluate.ts';

/** How often two triggers fire on the same utterances. */
export interface FiringDiff {
  readonly utterances: number;
  readonly baseline: Counts;
  readonly candidate: Counts;
  readonly onlyBaseline: number;
  readonly onlyCandidate: number;
  /** Of the candidate, by keyword; those that no final utterance holds at all stand with 0. */
  readonly spoken: Readonly<Record<string, number>>;
}

export interface Counts {
  readonly fires: number;
  readonly whyNot: Readonly<Partial<Record<WhyNot, number>>>;
}

export async function measureFiring(
  baseline: Trigger,
  candidate: Trigger,
  utterances: AsyncIterable<Utterance> | Iterable<Utterance>,
): Promise<FiringDiff> {
  const [old, now] = [new Tally(), new Tally()];
  const spoken = new Map(candidate.keywords.map((keyword) => [keyword, 0]));
  let count = 0;
  let onlyBaseline = 0;
  let onlyCandidate = 0;
  for await (const utterance of utterances) {
    count += 1;
    const [before, after] = [
      old.add(evaluateTrigger(baseline, utterance)),
      now.add(evaluateTrigger(candidate, utterance)),
    ];
    if (before && !after) onlyBaseline += 1;
    if (after && !before) onlyCandidate += 1;
    for (const keyword of utterance.isFinal ? candidate.keywords : []) {
      if (firstKeywordIn(utterance.text, [keyword], candidate.stemming) !== undefined)
        spoken.set(keyword, (spoken.get(keyword) ?? 0) + 1);
    }
  }
  return {
    utterances: count,
    baseline: old.counts(),
    candidate: now.counts(),
    onlyBaseline,
    onlyCandidate,
    spoken: Object.fromEntries(spoken),
  };
}

class Tally {
  private fires = 0;
  private readonly whyNot = new Map<WhyNot, number>();

  /** Does it fire? */
  add(result: TriggerResult): boolean {
    if (result.fires) this.fires += 1;
    else this.whyNot.set(result.why, (this.whyNot.get(result.why) ?? 0) + 1);
    return result.fires;
  }

  counts(): Counts {
    return { fires: this.fires, whyNot: Object.fromEntries(this.whyNot) };
  }
}
