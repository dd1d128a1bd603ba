/** A forecast as people read it. */
import type { Assumptions } from '../../domain/forecast/assumptions.ts';
import { audiencesSentence } from '../../domain/forecast/audiences.ts';
import type { AudienceShare } from '../../domain/forecast/audiences.ts';
import type { Forecast } from '../../domain/forecast/forecast.ts';
import { RATES } from '../../domain/metrics/index.ts';
import { errorBudgetSentence } from '../../domain/plan/error-budget.ts';
import { guardrailLabel } from '../../domain/plan/guardrail-label.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { formatDuration } from '../../domain/shared/duration.ts';
import type { Share } from '../../domain/shared/share.ts';
import { table } from './table.ts';

export interface MadeForecast {
  readonly result: Forecast;
  readonly assumed: Assumptions;
  readonly audiences: readonly AudienceShare[];
  /** Where the assumptions come from, in words. */
  readonly from: string;
}

export function madeLines(plan: Plan, { result, assumed, audiences, from }: MadeForecast): string[] {
  return [
    ...forecastLines(result),
    errorBudgetSentence(plan),
    ...(audiences.length === 0 ? [] : [audiencesSentence(audiences)]),
    `Assumed (${from}): ${assumedText(assumed)}.`,
  ];
}

/** Of three digits each: nobody knows more of the traffic to come. */
function assumedText({ cardsPerHour, rates, latencyP50Ms, latencyP95Ms, agents }: Assumptions): string {
  const short = (value: number): number => Number(value.toPrecision(3));
  return [
    `${short(cardsPerHour)} cards an hour`,
    ...RATES.map(({ name, forecast: { word } }) => `${word} ${short(100 * rates[name])} %`),
    `latency p50 ${formatDuration(latencyP50Ms)}, p95 ${formatDuration(latencyP95Ms)}`,
    `${agents} ${agents === 1 ? 'agent' : 'agents'}`,
  ].join(', ');
}

/** The table fits 80 columns, with the longest name of a guardrail in it. */
function forecastLines(forecasted: Forecast): string[] {
  const { guardrails, sentence, promoted, wronglyRolledBack, undecided, tolerable, cut } = forecasted;
  const [first] = guardrails;
  if (first === undefined) return [sentence];
  return [
    `Harm of 2 margins caught, and a harmless version proven safe, in ${first.caught.of} runs each (in brackets: 95 %).`,
    '',
    ...table(
      [
        { title: 'guardrail' },
        { title: 'harm caught', right: true },
        { title: 'after', right: true },
        { title: 'cards', right: true },
        { title: 'proven safe', right: true },
        { title: 'after', right: true },
      ],
      guardrails.map((row) => [
        guardrailLabel(row),
        shareText(row.caught),
        formatDuration(row.caughtAfterMs),
        row.caughtAfterCards === null ? '–' : String(row.caughtAfterCards),
        shareText(row.provenSafe),
        formatDuration(row.safeAfterMs),
      ]),
    ),
    '',
    `A harmless version: promoted ${shareText(promoted)}, wrongly rolled back ${shareText(wronglyRolledBack)}, ` +
      `left undecided ${shareText(undecided)}.`,
    `One that is worse by all that is tolerated: promoted ${shareText(tolerable.promoted)}, called harm ` +
      `${shareText(tolerable.calledHarm)}.`,
    sentence,
    ...(cut ? ['Some runs were cut at the most cards that a forecast draws: times are at least what they say.'] : []),
  ];
}

function shareText({ hits, of, low, high }: Share): string {
  return `${hits}/${of} (${(100 * low).toFixed(0)}–${(100 * high).toFixed(0)} %)`;
}
