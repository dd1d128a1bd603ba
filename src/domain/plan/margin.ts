import type { Margin } from '../metrics/definition.ts';
import { definitionOf } from '../metrics/index.ts';
import type { MetricName } from '../metrics/index.ts';
import { parseDuration } from './duration.ts';
import type { Fault } from './problem.ts';
import { show } from './problem.ts';

/** For editors; the parser below is what decides. */
export const MARGIN_PATTERN = '^\\d+(\\.\\d+)?\\s?(%|pp|ms|s)$';

/**
 * `10%` is relative to the baseline; `1pp` (percentage points, for rates) and `200ms` or `1.5s` (for latency) are
 * absolute, as is a bare number such as 15 (for custom metrics, in their unit). Above zero, since nothing can be proven
 * to differ by no more than nothing.
 */
export function parseMargin(value: unknown): WrittenMargin | Fault {
  const written = readMargin(value);
  if (typeof written === 'string') return refuse(written);
  return written.margin.value > 0 ? written : refuse(`${show(value)} is not above zero`);
}

/** What was written, which may be zero, or what is wrong with it. */
export function readMargin(value: unknown): WrittenMargin | string {
  if (typeof value === 'number')
    return value >= 0 && Number.isFinite(value)
      ? { margin: { kind: 'absolute', value }, text: String(value) }
      : `${value} is not a finite number of zero or more`;
  const written = typeof value === 'string' ? value.trim() : '';
  // Many write a space before the unit: 5 %.
  const text = new RegExp(MARGIN_PATTERN).test(written) ? written.replace(/\s/, '') : written;
  const margin = read(text);
  if (margin === undefined) return `${show(value)} is not a share, a time or a number of percentage points`;
  return Number.isFinite(margin.value) ? { margin, text } : `${show(value)} is beyond all numbers`;
}

/** A margin and how it was written, since 1pp and 10ms are both absolute. */
export interface WrittenMargin {
  readonly margin: Margin;
  readonly text: string;
}

/** Does the margin make sense for the metric? Undefined when it does. */
export function marginFault({ margin, text }: WrittenMargin, metric: MetricName): Fault | undefined {
  const { unit } = definitionOf(metric);
  const measure = measureOf(text);
  if (unit === 'own') {
    const seen = measure === 'time' ? 'a time' : 'in percentage points';
    return measure === 'share' || measure === 'own'
      ? undefined
      : refuseForCustom(`"${text}" is ${seen}, but a custom metric is a number in a unit of its own`);
  }
  if (measure === 'own') return refuseBare(text, unit === 'ms' ? 'ms' : 'pp');
  if (measure === 'time' && unit !== 'ms') return refuse(`"${text}" is a time, but ${metric} is a rate`);
  if (measure === 'points' && unit === 'ms')
    return refuse(`"${text}" counts percentage points, but ${metric} is a time`);
  return marginRangeFault(margin, metric, `"${text}"`);
}

/** Can the margin be exceeded at all? The same for a margin as people write it and as the engine runs it. */
export function marginRangeFault(margin: Margin, metric: MetricName, seen = String(margin.value)): Fault | undefined {
  const definition = definitionOf(metric);
  if (definition.kind !== 'rate') return undefined;
  if (margin.kind === 'absolute' && margin.value >= 1) return refuse(`${seen} is the whole range of a rate`);
  if (definition.worseWhen === 'lower' && margin.value >= 1)
    return refuse(`${seen} can never be exceeded: a rate cannot fall by more than all of itself`);
  return undefined;
}

/** What it is counted in; a bare number is in the unit of a custom metric. */
export function measureOf(text: string): 'share' | 'points' | 'time' | 'own' {
  if (text.endsWith('%')) return 'share';
  if (text.endsWith('pp')) return 'points';
  return text.endsWith('s') ? 'time' : 'own';
}

function read(text: string): Margin | undefined {
  const parts = new RegExp(MARGIN_PATTERN).exec(text);
  if (parts === null) return undefined;
  const amount = Number.parseFloat(text);
  if (parts[2] === '%') return { kind: 'relative', value: amount / 100 };
  if (parts[2] === 'pp') return { kind: 'absolute', value: amount / 100 };
  const ms = parseDuration(text);
  return typeof ms === 'number' ? { kind: 'absolute', value: ms } : undefined;
}

function refuse(seen: string): Fault {
  return {
    code: 'plan-margin',
    message: `${seen}; expected how much worse than the baseline must not ship.`,
    remedy: 'Write 10% (relative to the baseline), 1pp (percentage points of a rate) or, for deliveryLatency, 200ms.',
  };
}

/** With the units that it may have: a share such as 0.1 is meant as its percentage. */
function refuseBare(text: string, unit: 'ms' | 'pp'): Fault {
  const value = Number(text);
  const percent = value < 1 ? Number((100 * value).toPrecision(9)) : value;
  const what = unit === 'ms' ? `, or ${text}ms` : `, or ${percent}pp (percentage points)`;
  const fault = refuse(`${text} is a bare number, and only custom metrics have a unit of their own`);
  return percent > 0 && percent < 100
    ? { ...fault, remedy: `Write ${percent}% (relative to the baseline)${what}.` }
    : fault;
}

function refuseForCustom(seen: string): Fault {
  return {
    ...refuse(seen),
    remedy: 'Write 10% (relative to the baseline), or a bare number in the unit of the metric, such as 15.',
  };
}
