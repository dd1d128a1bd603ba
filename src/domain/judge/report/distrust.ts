import { rateText } from '../../metrics/format.ts';
import { oddsText, countText } from './odds.ts';
import { LOST_OUTCOMES_ALPHA } from '../trust/lost-outcomes.ts';
import { areBothLate, LATE_OUTCOMES_ALPHA } from '../trust/late-outcomes.ts';
import type { LateOutcomes } from '../trust/late-outcomes.ts';
import { moreNeeded } from '../trust/accepted.ts';
import { shareOf } from '../trust/jump.ts';
import type { Jump } from '../trust/jump.ts';
import { SAMPLE_RATIO_ALPHA } from '../trust/sample-ratio.ts';
import type { RatioFigures, SampleRatio } from '../trust/sample-ratio.ts';
import { distrustOf, LATE_FOR, LOST_BY } from '../trust/trust.ts';
import type { Suspicion } from '../trust/trust.ts';
import type { Arm } from '../types.ts';

/** Why the data cannot be trusted, a clause for each kind of distrust; null when nothing speaks against them. */
export function distrustClause(suspicion: Suspicion): string | null {
  const kinds = distrustOf(suspicion).map(({ kind }) => kind);
  const losing = ARMS.filter((arm) => kinds.includes(LOST_BY[arm]));
  const late = ARMS.filter((arm) => kinds.includes(LATE_FOR[arm]));
  const clauses = [
    ...(kinds.includes('sampleRatio') ? [ratioClause(suspicion.sampleRatio)] : []),
    ...(losing.length === 0 ? [] : [lostClause(suspicion, losing)]),
    ...late.map((arm) => lateClause(suspicion.late, arm)),
  ];
  return clauses.length === 0 ? null : clauses.join('; and ');
}

const ARMS = ['candidate', 'baseline'] as const;

function lateClause(late: LateOutcomes, arm: Arm): string {
  const { atPeak, peak } = late[arm];
  const other = arm === 'candidate' ? 'baseline' : 'candidate';
  return (
    `answers, renders or metrics come after their cards have settled, for the ${arm} more than for the ${other}` +
    `${sinceText(late[arm])}: ` +
    `${rateText(shareOf(atPeak))} of its last ${countText(atPeak.cards)} cards, ` +
    `${rateText(shareOf(late[other].recent))} of the ${other}'s, evidence ${oddsText(peak)}, ` +
    `${limitText(late[arm], LATE_OUTCOMES_ALPHA / 2)}: ${RAISE_SETTLE}`
  );
}

const RAISE_SETTLE = 'raise `settle` in the plan, or find what delays them';

/** Late for both arms alike is no distrust, but what came is not judged; null: nothing to say. */
export function lateWarning({ late }: Suspicion): string | null {
  if (!areBothLate(late)) return null;
  const [candidate, baseline] = [late.candidate.recent, late.baseline.recent];
  return (
    `Of the cards lately ${rateText(shareOf(candidate))} / ${rateText(shareOf(baseline))} got an answer, a render or ` +
    `a metric after they had settled, which is not judged: ${RAISE_SETTLE}.`
  );
}

/** Arms that were let pass not equally often have each a limit of its own. */
function lostClause({ lost }: Suspicion, losing: readonly Arm[]): string {
  const limitOf = (arm: Arm): string => limitText(lost[arm], LOST_OUTCOMES_ALPHA / 2);
  const [limit = '', ...others] = new Set(losing.map(limitOf));
  const arms = losing.map(
    (arm) => armLossClause(arm, lost[arm]) + (others.length === 0 ? '' : `, ${limitOf(arm)}`) + sinceText(lost[arm]),
  );
  return (
    `cards that nothing is heard of after they were triggered jumped: ${arms.join(', ')}; usual are ` +
    rateText(lost.usual ?? 0) +
    (others.length === 0 ? `, ${limit}` : '')
  );
}

function armLossClause(arm: Arm, { atPeak, peak }: Jump): string {
  return `${arm} ${rateText(shareOf(atPeak))} of the last ${countText(atPeak.cards)}, evidence ` + oddsText(peak);
}

type Acceptable = Pick<Jump, 'accepted'>;

/** What is asked of the evidence, for a test of that alpha. */
function limitText({ accepted }: Acceptable, alpha: number): string {
  return `limit 1:${countText(Math.exp(moreNeeded(accepted)) / alpha)}`;
}

function sinceText({ accepted }: Acceptable): string {
  return accepted ? ', since that was last accepted' : '';
}

/** Figures of the moment at which the evidence was highest, and beside them those of now. */
function ratioClause(ratio: SampleRatio): string {
  const { peak, atPeak = ratio } = ratio;
  return (
    `the arms do not get the conversations that the split asks for${sinceText(ratio)}: ` +
    `candidate ${figuresText(atPeak)}, asked ${rateText(atPeak.expected / atPeak.firstCards)}, evidence ` +
    `${oddsText(peak)}, ${limitText(ratio, SAMPLE_RATIO_ALPHA)}` +
    (atPeak.firstCards === ratio.firstCards ? '' : `; by now ${figuresText(ratio)}`)
  );
}

function figuresText({ candidate, firstCards }: RatioFigures): string {
  return `${countText(candidate)} of ${countText(firstCards)} conversations (${rateText(candidate / firstCards)})`;
}
