import { rateText } from '../../metrics/format.ts';
import { oddsText, countText } from './odds.ts';
import { LOST_OUTCOMES_ALPHA } from '../trust/lost-outcomes.ts';
import type { ArmLoss } from '../trust/lost-outcomes.ts';
import { SAMPLE_RATIO_ALPHA } from '../trust/sample-ratio.ts';
import type { SampleRatio } from '../trust/sample-ratio.ts';
import { distrustOf } from '../trust/trust.ts';
import type { Suspicion } from '../trust/trust.ts';
import type { Arm } from '../types.ts';

/** Why the data cannot be trusted, a clause for each kind of distrust; null when nothing speaks against them. */
export function distrustClause(suspicion: Suspicion): string | null {
  const kinds = distrustOf(suspicion).map(({ kind }) => kind);
  const losing = [
    ...(kinds.includes('lostByCandidate') ? (['candidate'] as const) : []),
    ...(kinds.includes('lostByBaseline') ? (['baseline'] as const) : []),
  ];
  const clauses = [
    ...(kinds.includes('sampleRatio') ? [ratioClause(suspicion.sampleRatio)] : []),
    ...(losing.length === 0 ? [] : [lostClause(suspicion, losing)]),
  ];
  return clauses.length === 0 ? null : clauses.join('; and ');
}

function lostClause({ lost }: Suspicion, losing: readonly Arm[]): string {
  const arms = losing.map((arm) => armLossClause(arm, lost[arm]));
  return (
    `cards that nothing is heard of after they were triggered jumped: ${arms.join(', ')}; usual are ` +
    `${rateText(lost.usual ?? 0)}, limit 1:${countText(2 / LOST_OUTCOMES_ALPHA)}`
  );
}

function armLossClause(arm: Arm, { atPeak, peak }: ArmLoss): string {
  return (
    `${arm} ${rateText(atPeak.lost / atPeak.cards)} of the last ${countText(atPeak.cards)}, evidence ` + oddsText(peak)
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
