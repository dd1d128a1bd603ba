/**
 * Delivery and content apart: a card that comes late is dismissed for being late.
 *
 * Rates of engagement (acceptance, dismissal) are judged a second time among the cards that came on time (no later than
 * 95 % of the remembered baseline's), by e-processes of their own on the on-time cards' two-by-two tables; and so is
 * the share of cards that came late or never, against "no more often than the baseline's". They explain and stop
 * nothing, so they take no part of the budget: each speaks at a fixed 1:20.
 *
 * Among cards on time a slower candidate's are still the slower ones, so a little of the delivery stays in what is
 * called content.
 * References: as for the rates (rate-bets.ts); R. Turner, A. Ly, P. Grunwald (2024), JSPI 230.
 * Worked number: 100 and 100 cards, 5 and 30 of them late or never: the bets are odds times 1.5 and times 3 on the
 * table 5 / 100, 30 / 100.
 */
import { effectiveCards } from '../gathering/block.ts';
import type { ArmTally, Block } from '../gathering/block.ts';
import type { BaselineMemory } from '../gathering/baseline-memory.ts';
import { rememberedRate } from '../gathering/baseline-memory.ts';
import { logOddsEvidence } from '../maths/fisher-noncentral.ts';
import type { TwoByTwo } from '../maths/fisher-noncentral.ts';
import { boundLog } from '../maths/log-math.ts';
import { noOnsets, stepOnsets } from '../maths/onset-slots.ts';
import type { OnsetSlots } from '../maths/onset-slots.ts';
import { harmBets, safeBet } from './rate-bets.ts';
import { definitionOf } from '../../metrics/index.ts';
import type { RateName } from '../../metrics/index.ts';
import type { Guardrail } from '../../plan/plan.ts';
import type { ArmCounts } from '../types.ts';

export interface OnTimeMemory {
  /** Cards on time. */
  readonly n: ArmCounts;
  /** That the candidate's cards are late or missing more often. */
  readonly late: OnsetSlots;
  /** Sums of (late or missing) x weight / cards by arm, and of the weights. */
  readonly lateShare: ArmCounts & { readonly weight: number };
  /** For each guardrail in order; null where it is not about engagement. */
  readonly engagement: readonly (Engagement | null)[];
}

export interface Engagement {
  readonly harm: OnsetSlots;
  /** ln e-value for "not worse than the margin". */
  readonly safe: number;
}

/** Times the pooled odds of being late. */
const LATE_LOG_ODDS = [Math.log(1.5), Math.log(3)] as const;
const HARM_MARGINS = [1, 2.3] as const;
const MIN_MEMORY = 50;

export function startOnTime(guardrails: readonly Guardrail[]): OnTimeMemory {
  return {
    n: { baseline: 0, candidate: 0 },
    late: noOnsets,
    lateShare: { baseline: 0, candidate: 0, weight: 0 },
    engagement: guardrails.map((guardrail) => (engagementOf(guardrail) === null ? null : { harm: noOnsets, safe: 0 })),
  };
}

/** What a guardrail on engagement counts; null for any other. */
export function engagementOf({ metric }: Guardrail): RateName | null {
  const definition = definitionOf(metric);
  return definition.kind === 'rate' && definition.isEngagement ? definition.name : null;
}

/**
 * `memory` is of the blocks before. Nothing is learnt of a block while nothing says yet what is on time, nor where no
 * engagement is guarded.
 */
export function addOnTime(
  onTime: OnTimeMemory,
  guardrails: readonly Guardrail[],
  { baseline, candidate }: Block,
  memory: BaselineMemory,
): OnTimeMemory {
  if (memory.timed < MIN_MEMORY || onTime.engagement.every((one) => one === null)) return onTime;
  const late = lateTable(baseline, candidate);
  const information = effectiveCards(late.baselineCards, late.candidateCards);
  return {
    n: { baseline: onTime.n.baseline + baseline.onTime.cards, candidate: onTime.n.candidate + candidate.onTime.cards },
    late: stepOnsets(
      onTime.late,
      LATE_LOG_ODDS.map((log) => logOddsEvidence(late, log)),
      information,
    ),
    lateShare:
      information === 0
        ? onTime.lateShare
        : {
            baseline: onTime.lateShare.baseline + (late.baselineHits * information) / late.baselineCards,
            candidate: onTime.lateShare.candidate + (late.candidateHits * information) / late.candidateCards,
            weight: onTime.lateShare.weight + information,
          },
    engagement: onTime.engagement.map((gathered, i) => {
      const guardrail = guardrails[i];
      const engaged = guardrail === undefined ? null : engagementOf(guardrail);
      return gathered === null || guardrail === undefined || engaged === null
        ? gathered
        : addEngagement(
            gathered,
            guardrail,
            engagedTable(baseline, candidate, engaged),
            rememberedRate(memory, engaged),
          );
    }),
  };
}

function addEngagement({ harm, safe }: Engagement, guardrail: Guardrail, table: TwoByTwo, rate: number): Engagement {
  const information = effectiveCards(table.baselineCards, table.candidateCards);
  if (information === 0) return { harm, safe };
  return {
    harm: stepOnsets(harm, harmBets(guardrail, table, rate, HARM_MARGINS), information),
    safe: boundLog(safe + safeBet(guardrail, table, rate, 0)),
  };
}

function engagedTable(baseline: ArmTally, candidate: ArmTally, engaged: RateName): TwoByTwo {
  return {
    baselineHits: baseline.onTime.hits[engaged],
    baselineCards: baseline.onTime.cards,
    candidateHits: candidate.onTime.hits[engaged],
    candidateCards: candidate.onTime.cards,
  };
}

/** Cards whose clocks disagree are neither late nor on time. */
function lateTable(baseline: ArmTally, candidate: ArmTally): TwoByTwo {
  const [baselineCards, candidateCards] = [
    baseline.timed + baseline.hits.undeliveredRate,
    candidate.timed + candidate.hits.undeliveredRate,
  ];
  return {
    baselineHits: baselineCards - baseline.onTime.cards,
    baselineCards,
    candidateHits: candidateCards - candidate.onTime.cards,
    candidateCards,
  };
}
