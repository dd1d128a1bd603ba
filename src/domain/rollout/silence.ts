/** Cards that no longer come, and metrics that never did. */
import { WITHHELD_EVENT_TYPE } from '../events/event.ts';
import { armCard, countsText } from '../judge/report/arm-names.ts';
import type { Arm, JudgeReport } from '../judge/types.ts';
import { formatDuration } from '../shared/duration.ts';
import { splitText } from '../split/audience.ts';
import type { Audience } from '../split/audience.ts';
import type { Arrivals } from './arrivals.ts';

export interface SilenceFacts {
  readonly report: JudgeReport;
  readonly nowMs: number;
  /** By our own clock. */
  readonly arrivals: Arrivals;
  /**
   * When the first candidate card of this split may have been triggered, ms since the epoch; null: none was seen in
   * this rollout.
   */
  readonly firstCandidateAtMs: number | null;
  readonly splitPercent: number;
  /** Of whose conversations; absent: everybody's. */
  readonly splitOf?: Audience | null | undefined;
  /** The arm in which no card is shown; null: both are versions. */
  readonly noCard: Arm | null;
  /** null: silence stops nothing now. */
  readonly noDataAfterMs: number | null;
  /**
   * A person has accepted the silence of this instant (ms since the epoch): an arm that was silent then may stay so
   * until its next card.
   */
  readonly silenceAcceptedAtMs: number | null;
  /** The metrics of which no figure had come then, either; absent, of an older workflow: all of them. */
  readonly missingAccepted?: readonly string[] | undefined;
}

/** What nobody has accepted yet, all of it: whoever accepts a silence is shown what it is of. Null: none. */
export function silenceOf(facts: SilenceFacts): string | null {
  const said = [...silentArms(facts), ...silentMetrics(facts)];
  return said.length === 0 ? null : said.join(' ');
}

function silentArms(facts: SilenceFacts): string[] {
  const { arrivals, noDataAfterMs, nowMs, splitPercent, splitOf, silenceAcceptedAtMs, noCard } = facts;
  if (noDataAfterMs === null) return [];
  const silence = (arm: Arm): string | null => {
    const { lastMs } = arrivals.arms[arm];
    if (nowMs - lastMs < noDataAfterMs || (silenceAcceptedAtMs !== null && lastMs <= silenceAcceptedAtMs)) return null;
    return (
      `No ${armCard(arm, noCard)} has come for ${formatDuration(nowMs - lastMs)} at split ${splitText(splitPercent, splitOf)} (limit ` +
      `${formatDuration(noDataAfterMs)}).` +
      (arm === noCard && arrivals.arms[arm].cards === 0
        ? ` Does the organisation tell where the trigger fires and no card is shown (${WITHHELD_EVENT_TYPE})?`
        : '')
    );
  };
  return [splitPercent > 0 ? silence('candidate') : null, splitPercent < 100 ? silence('baseline') : null].filter(
    (one) => one !== null,
  );
}

/**
 * When not one in so many cards carries a metric, fewer than one in ten do (95 %, the rule of three): it is not merely
 * rare.
 */
const CARDS_TO_MISS_IT = 30;

/**
 * Enforced guardrails whose metric never came, although cards of both arms did: a custom metric that nobody sends, say.
 * By the names that people read.
 */
export function missingMetrics({ n, guardrails }: JudgeReport): string[] {
  if (Math.min(n.baseline, n.candidate) < CARDS_TO_MISS_IT) return [];
  return guardrails
    .filter(({ mode, verdict }) => mode === 'enforce' && verdict === 'noData')
    .map(({ name, metric }) => name ?? metric);
}

function silentMetrics(facts: SilenceFacts): string[] {
  const { report, noDataAfterMs, nowMs, firstCandidateAtMs, silenceAcceptedAtMs, missingAccepted, noCard } = facts;
  if (noDataAfterMs === null || firstCandidateAtMs === null || nowMs - firstCandidateAtMs < noDataAfterMs) return [];
  if (silenceAcceptedAtMs !== null && missingAccepted === undefined) return [];
  const missing = missingMetrics(report).filter((name) => missingAccepted?.includes(name) !== true);
  if (missing.length === 0) return [];
  return [
    `No ${missing.join(' and no ')} has come for ${formatDuration(nowMs - firstCandidateAtMs)} (limit ` +
      `${formatDuration(noDataAfterMs)}), ` +
      `although ${countsText({ n: report.n, ...(noCard !== null && { noCard }) })} have: is it sent, and by that name?`,
  ];
}
