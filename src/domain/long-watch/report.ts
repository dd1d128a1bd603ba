import { guardrailLabel } from '../plan/guardrail-label.ts';
import type { Guardrail } from '../plan/plan.ts';
import { oddsText, countText } from '../judge/report/odds.ts';
import { rateText, valueText } from '../metrics/format.ts';
import { marginClause } from '../judge/report/difference.ts';
import { rateOfBad } from './counting.ts';
import type { LongWatchReport, LongWatchRow, LongWatchState, OwnRecord, TestEvidence, WatchTest } from './types.ts';

/** What the long watch says now. */
export function longWatchReport(record: OwnRecord, state: LongWatchState): LongWatchReport {
  const rows = record.tests.flatMap((test, i) => {
    const [guardrail, evidence] = [record.guardrails[test.guardrail], state.evidence[i]];
    return guardrail === undefined || evidence === undefined ? [] : [rowOf(guardrail, test, evidence)];
  });
  const enforced = rows.filter(({ mode }) => mode === 'enforce');
  const harm = enforced.find(({ verdict }) => verdict === 'harm');
  const verdict = harm?.verdict ?? (enforced.some((row) => row.verdict === 'noHarm') ? 'noHarm' : 'noData');
  return { verdict, reason: harm?.sentence ?? calmSentence(enforced, state.cards, record), n: state.cards, rows };
}

function rowOf(guardrail: Guardrail, test: WatchTest, evidence: TestEvidence): LongWatchRow {
  const needed = Math.log(1 / test.alpha);
  const isTested = test.unseen !== null && evidence.cards > 0;
  const verdict = evidence.peak >= needed ? 'harm' : isTested ? 'noHarm' : 'noData';
  const { metric, name, unit, statistic, mode } = guardrail;
  const share = evidence.cards === 0 ? null : evidence.bad / evidence.cards;
  const row: Omit<LongWatchRow, 'sentence'> = {
    metric,
    ...(name !== undefined && { name }),
    ...(unit !== undefined && { unit }),
    ...(statistic !== undefined && { statistic }),
    mode,
    against: test.against,
    verdict,
    value: share === null || test.quantile !== null ? share : rateOfBad(guardrail, share),
    recordValue: test.recordValue,
    tolerated: test.tolerated,
    n: evidence.cards,
    recordCards: test.recordCards,
    logEvidence: evidence.peak,
    needed,
  };
  return { ...row, sentence: `${guardrailLabel(guardrail)} ${verdict}: ${clause(guardrail, test, row)}.` };
}

function clause(guardrail: Guardrail, test: WatchTest, row: Omit<LongWatchRow, 'sentence'>): string {
  const { n, value, verdict, logEvidence, needed } = row;
  if (test.unseen === null)
    return (
      `not compared with its own record, which has only ${countText(row.recordCards)} cards that carry it, n ` +
      `${countText(n)} cards`
    );
  if (value === null) return `no cards since the promotion${ownText(guardrail, test)}, n 0 cards`;
  const evidence =
    verdict === 'harm'
      ? `evidence ${oddsText(logEvidence)}`
      : `evidence of harm ${oddsText(logEvidence)} (needed ${oddsText(needed)})`;
  return `${comparedText(guardrail, test, value)}, n ${countText(n)} cards, ${evidence}`;
}

/** "31.2 % since the promotion against 38.9 % of its own record (2410 cards), limit 35.0 % (10 % lower)". */
function comparedText(guardrail: Guardrail, test: WatchTest, value: number): string {
  if (test.quantile === null)
    return `${rateText(value)} since the promotion${ownText(guardrail, test)}, ${toleratedText(guardrail, test)}`;
  const most = rateText(1 - test.quantile);
  return (
    `${rateText(value)} of the cards since the promotion beyond ` +
    `${valueText(guardrail, test.tolerated ?? 0)}${ownText(guardrail, test)}, ${toleratedText(guardrail, test)}, ` +
    `at most ${most} may be`
  );
}

function ownText(guardrail: Guardrail, { against, recordValue, recordCards, quantile }: WatchTest): string {
  if (against === 'limit' || recordValue === null) return '';
  const value = quantile === null ? rateText(recordValue) : valueText(guardrail, recordValue);
  return ` against ${value} of its own record (${countText(recordCards)} cards)`;
}

function toleratedText(guardrail: Guardrail, { against, tolerated, quantile }: WatchTest): string {
  const value = tolerated === null ? '' : quantile === null ? rateText(tolerated) : valueText(guardrail, tolerated);
  return against === 'limit' ? `absolute limit ${value}` : `limit ${value} (${marginClause(guardrail)})`;
}

function calmSentence(enforced: readonly LongWatchRow[], cards: number, record: OwnRecord): string {
  const tested = enforced.filter(({ verdict }) => verdict === 'noHarm').length;
  return (
    `No harm proven since the promotion: ${tested} of ${enforced.length} tests had cards, n ${countText(cards)} ` +
    `cards, its own record ${countText(record.cards)} cards, error budget ${record.alpha} in all.`
  );
}
