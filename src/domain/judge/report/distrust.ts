import { rateText } from '../../metrics/format.ts';
import { oddsText, countText } from './odds.ts';
import { LOST_OUTCOMES_ALPHA } from '../trust/lost-outcomes.ts';
import type { ArmLoss } from '../trust/lost-outcomes.ts';
import { isRatioBroken, SAMPLE_RATIO_ALPHA } from '../trust/sample-ratio.ts';
import type { SampleRatio } from '../trust/sample-ratio.ts';
import { armsLosing } from '../trust/trust.ts';
import type { Suspicion } from '../trust/trust.ts';

/** Why the data cannot be trusted, in one clause; null when nothing speaks against them. */
export function distrustClause(suspicion: Suspicion): string | null {
  return isRatioBroken(suspicion.sampleRatio) ? ratioClause(suspicion.sampleRatio) : lostClause(suspicion);
}

function lostClause(suspicion: Suspicion): string | null {
  const losing = armsLosing(suspicion);
  if (losing.length === 0) return null;
  const arms = losing.map((arm) => armLossClause(arm, suspicion.lost[arm]));
  return (
    `cards that nothing is heard of after they were triggered jumped: ${arms.join(', ')}; usual are ` +
    `${rateText(suspicion.lost.usual ?? 0)}, limit 1:${countText(2 / LOST_OUTCOMES_ALPHA)}`
  );
}

function armLossClause(arm: string, { recent, peak }: ArmLoss): string {
  return (
    `${arm} ${rateText(recent.lost / recent.cards)} of the last ${countText(recent.cards)}, evidence ` + oddsText(peak)
  );
}

function ratioClause({ firstCards, candidate, expected, peak }: SampleRatio): string {
  return (
    `the arms do not get the conversations that the split asks for: candidate ${countText(candidate)} of ` +
    `${countText(firstCards)} conversations` +
    ` (${rateText(candidate / firstCards)}), asked ${rateText(expected / firstCards)}, evidence ` +
    `${oddsText(peak)}, limit 1:${countText(1 / SAMPLE_RATIO_ALPHA)}`
  );
}
