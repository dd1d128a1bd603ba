/** An absolute limit of a guardrail: however the baseline is, worse than this is too bad. */
import { parsePositiveDuration } from './duration.ts';
import { definitionOf } from '../metrics/index.ts';
import type { MetricName } from '../metrics/index.ts';
import type { Fault } from './problem.ts';
import { show } from './problem.ts';

/** For editors; the parser below is what decides. */
export const LIMIT_PATTERN = '^\\d+(\\.\\d+)?(%|ms|s)$';

/**
 * `20%` for a rate (as a share, 0.2), `800ms` or `2s` for deliveryLatency (in ms), a bare number for a custom metric,
 * in its unit.
 */
export function parseLimit(value: unknown, metric: MetricName): number | Fault {
  const { unit } = definitionOf(metric);
  if (unit === 'own') return typeof value === 'number' ? (limitFault(value, metric) ?? value) : refuse(value, metric);
  const text = typeof value === 'string' && new RegExp(LIMIT_PATTERN).test(value.trim()) ? value.trim() : '';
  const isShare = text.endsWith('%');
  if (text === '' || isShare !== (unit === 'share')) return refuse(value, metric);
  const limit = isShare ? Number.parseFloat(text) / 100 : parsePositiveDuration(text);
  return typeof limit === 'number' ? (limitFault(limit, metric, value) ?? limit) : limit;
}

/** Is a limit in the engine's unit one that the metric can meet and miss? Undefined when it is. */
export function limitFault(limit: number, metric: MetricName, written: unknown = limit): Fault | undefined {
  const { unit } = definitionOf(metric);
  if (unit === 'own') return Number.isFinite(limit) ? undefined : refuse(written, metric);
  const fits = unit === 'ms' ? limit > 0 && Number.isFinite(limit) : limit > 0 && limit < 1;
  return fits ? undefined : refuse(written, metric);
}

function refuse(seen: unknown, metric: MetricName): Fault {
  const { expected, example } = WORDS[definitionOf(metric).unit];
  return {
    code: 'plan-limit',
    message: `${show(seen)} is no limit of ${metric}; expected ${expected}.`,
    remedy: `Write for example limit: ${example}, or leave limit out.`,
  };
}

const WORDS = {
  own: { expected: 'a bare number in the unit of the metric', example: '420' },
  ms: { expected: 'a time above zero', example: '800ms' },
  share: { expected: 'a percentage above 0% and below 100%', example: '20%' },
} as const;
