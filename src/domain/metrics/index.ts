/**
 * The list of metrics. All that guards, counts, tells, forecasts or models them is derived from it: a new rate is a
 * file with its definition and a line here, and the compiler names what else it asks for.
 */
import { acceptanceRate } from './acceptance.ts';
import { custom } from './custom.ts';
import type { QuantityDefinition, RateDefinition } from './definition.ts';
import { dismissalRate } from './dismissal.ts';
import { deliveryLatency } from './latency.ts';
import { undeliveredRate } from './undelivered.ts';

const METRICS = [acceptanceRate, dismissalRate, deliveryLatency, undeliveredRate, custom] as const;

type Metric = (typeof METRICS)[number];
type Rate = Extract<Metric, { kind: 'rate' }>;

export type MetricName = Metric['name'];
export type RateName = Rate['name'];
/** Rates that no event tells of. */
export type UntoldRateName = Extract<Rate, { outcome: null }>['name'];
/** What the command line calls the rates that a forecast assumes. */
export type RateWord = Rate['forecast']['word'];
/** What a model of the sandbox's traffic calls the rates. */
export type SandboxWord = Rate['sandbox']['word'];
/** What can become of a card, each by an event of its own. */
export type Outcome = NonNullable<Rate['outcome']>['name'];

/** A rate by its own name, not by any string. */
interface ListedRate extends RateDefinition {
  readonly name: RateName;
  readonly outcome: { readonly name: Outcome; readonly isAnswer: boolean } | null;
  readonly forecast: RateDefinition['forecast'] & { readonly word: RateWord };
  readonly sandbox: RateDefinition['sandbox'] & { readonly word: SandboxWord };
}

export const METRIC_NAMES: readonly MetricName[] = METRICS.map(({ name }) => name);
export const RATES: readonly ListedRate[] = METRICS.filter((metric): metric is Rate => metric.kind === 'rate');

export function definitionOf(name: RateName): ListedRate;
export function definitionOf(name: MetricName): ListedRate | QuantityDefinition;
export function definitionOf(name: MetricName): ListedRate | QuantityDefinition {
  return BY_NAME[name];
}

/** The metric as a rate; null for a quantity. */
export function rateOf(name: MetricName): RateName | null {
  return BY_NAME[name].kind === 'rate' ? (name as RateName) : null;
}

/** A value for each rate, by its name. */
export function byRate<T>(value: (rate: RateName) => T): Readonly<Record<RateName, T>> {
  const values: Partial<Record<RateName, T>> = {};
  for (const { name } of RATES) values[name] = value(name);
  return values as Record<RateName, T>;
}

const BY_NAME = Object.fromEntries(METRICS.map((metric) => [metric.name, metric])) as {
  readonly [Name in MetricName]: Extract<Metric, { name: Name }>;
};
