/** What became of each step: when it began and ended, and the cards that were judged in it. Out of log and record. */
import type { ArmCounts, Look } from '../judge/types.ts';
import type { Step } from '../plan/steps/steps.ts';
import { stepLabel } from '../plan/steps/steps.ts';
import { startedStep } from '../rollout/audit-reason.ts';
import { beganAtMs } from './began.ts';
import type { StoryEntry } from './entry.ts';

export interface StepCame {
  readonly label: string;
  /** ISO instants; null: it has not, or never did. */
  readonly began: string | null;
  readonly ended: string | null;
  /** Null: nothing was judged, or no record is kept of it. */
  readonly cards: ArmCounts | null;
}

/** Whatever ends a step. */
const ENDS: readonly string[] = ['stepStarted', 'rollingBack', 'promotionBegun', 'ended'];

export function stepsCame(
  steps: readonly Step[],
  entries: readonly StoryEntry[],
  looks: readonly Look[] | null,
): readonly StepCame[] {
  const zeroMs = beganAtMs(entries);
  return steps.map((step, index) => {
    const at = entries.findIndex(({ act, reason }) => act === 'stepStarted' && startedStep(reason) === index);
    const began = entries[at]?.at ?? null;
    const ended = at < 0 ? null : (entries.slice(at + 1).find(({ act }) => ENDS.includes(act))?.at ?? null);
    const cards =
      began === null || looks === null || zeroMs === null
        ? null
        : cardsWithin(looks, Date.parse(began) - zeroMs, ended === null ? Infinity : Date.parse(ended) - zeroMs);
    return { label: stepLabel(step), began, ended, cards };
  });
}

function cardsWithin(looks: readonly Look[], afterMs: number, untilMs: number): ArmCounts {
  const counts = { baseline: 0, candidate: 0 };
  for (const { atMs, cards } of looks)
    if (atMs > afterMs && atMs <= untilMs) for (const { arm } of cards) counts[arm]++;
  return counts;
}
