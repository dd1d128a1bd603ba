/** A known effect, put into the candidate's cards of the past: is it found on this traffic? */
import type { RateDefinition } from '../metrics/definition.ts';
import { isCustomName } from '../metrics/custom-name.ts';
import { rateText } from '../metrics/format.ts';
import { definitionOf, METRIC_NAMES } from '../metrics/index.ts';
import type { MetricName, Outcome } from '../metrics/index.ts';
import { isTimed } from '../metrics/latency.ts';
import { isAnswered } from '../metrics/outcomes.ts';
import { marginFault, parseMargin } from '../plan/margin.ts';
import type { Fault } from '../plan/problem.ts';
import type { Treatment } from './dealt-cards.ts';
import type { PastCard } from './past-cards.ts';
import { ownOf } from '../shared/own.ts';

export interface Effect {
  readonly metric: MetricName;
  /** Of a custom metric. */
  readonly name?: string;
  /** The value that it makes of a value: of a share 0..1, ms, or a number in the metric's unit. */
  readonly change: (value: number) => number;
}

/** Of `acceptanceRate=-10%`, `undeliveredRate=+2pp`, `deliveryLatency=+200ms`, `handleTime=+15`; a string: what is wrong. */
export function parseEffect(text: string): Effect | string {
  const [, name = '', sign = '', size = ''] = /^(\w+)=([+-]?)(.+)$/.exec(text) ?? [];
  const own = METRIC_NAMES.find((metric) => metric === name && metric !== 'custom');
  if (own === undefined && !isCustomName(name)) return `"${text}" names no metric.`;
  const metric = own ?? 'custom';
  const written = parseMargin(/^[\d.]+$/.test(size) ? Number(size) : size);
  if ('code' in written) return `"${text}": ${seenIn(written)}`;
  const fault = marginFault(written, metric);
  if (fault !== undefined) return `"${text}": ${seenIn(fault)}`;
  const { kind, value } = written.margin;
  const by = sign === '-' ? -value : value;
  return {
    metric,
    ...(metric === 'custom' && { name }),
    change: (before) => (kind === 'relative' ? before * (1 + by) : before + by),
  };
}

/**
 * Rates by drawing cards, so that the rate of these cards is changed so on average; times and numbers card by card. A string:
 * why it cannot be.
 */
export function treatmentOf({ metric, name, change }: Effect, cards: readonly PastCard[]): Treatment | string {
  const definition = definitionOf(metric);
  if (definition.kind === 'rate') return rateTreatment(definition, change, cards);
  if (name === undefined)
    return (card) => (card.latencyMs === null ? card : { ...card, latencyMs: Math.max(0, change(card.latencyMs)) });
  return (card) => {
    const value = ownOf(card.custom ?? {}, name);
    return value === undefined ? card : { ...card, custom: { ...card.custom, [name]: change(value) } };
  };
}

type Rate = RateDefinition & { readonly outcome: { readonly name: Outcome; readonly isAnswer: boolean } | null };

function rateTreatment({ name, counts, outcome }: Rate, change: Effect['change'], cards: readonly PastCard[]) {
  const rate = partOf(cards, counts);
  const wanted = change(rate);
  if (wanted < 0 || wanted > 1)
    return `${name} is ${rateText(rate)} on these cards, and cannot become ${rateText(wanted)}.`;
  if (wanted === rate) return `${name} is ${rateText(rate)} on these cards, and stays so.`;
  if (wanted > rate) return gaining({ name, counts, outcome }, wanted - rate, cards);
  if (outcome === null) return `What undelivered cards would have been is not known: ${name} cannot fall.`;
  const lost = 1 - wanted / rate;
  return (card: PastCard, draw: number): PastCard =>
    draw < lost && counts(card) ? { ...card, outcomes: card.outcomes.filter((told) => told !== outcome.name) } : card;
}

/** Cards become answered that no agent answered, or delivered ones undelivered. */
function gaining(
  { name, counts, outcome }: Pick<Rate, 'name' | 'counts' | 'outcome'>,
  more: number,
  cards: readonly PastCard[],
): Treatment | string {
  const mayGain = (card: PastCard): boolean =>
    !counts(card) &&
    (isTimed(card) || card.skewed === true) &&
    (outcome?.isAnswer !== true || !isAnswered(card.outcomes));
  const gained = more / partOf(cards, mayGain);
  if (!(gained <= 1)) return `There are not so many other cards that ${name} could rise so far.`;
  return (card, draw) => {
    if (draw >= gained || !mayGain(card)) return card;
    return outcome === null
      ? { ...card, outcomes: [], latencyMs: null, skewed: false }
      : { ...card, outcomes: [...card.outcomes, outcome.name] };
  };
}

/** What a margin's fault says was seen; what is expected of a margin is not what is expected here. */
function seenIn({ message }: Pick<Fault, 'message'>): string {
  return `${message.split(';')[0] ?? message}.`;
}

function partOf(cards: readonly PastCard[], holds: (card: PastCard) => boolean): number {
  return cards.filter(holds).length / cards.length;
}
