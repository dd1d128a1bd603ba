/** A plan of the engine as people write it: read back, it is the same plan. */
import { definitionOf } from '../metrics/index.ts';
import type { MetricName } from '../metrics/index.ts';
import { writeDuration } from '../shared/duration.ts';
import { isCard } from './plan.ts';
import type { Guardrail, Plan } from './plan.ts';
import type { Step } from './steps/steps.ts';

type Written = Readonly<Record<string, unknown>>;

/** All that was expanded or left out stands in it, and the card itself. Plain values, for YAML or JSON. */
export function writePlan({ action, steps, guardrails, policies, ...rest }: Plan): Written {
  return {
    ...inWords(rest),
    action: isCard(action) ? { ...inWords(action), html: { inline: action.html } } : inWords(action),
    steps: steps.map(writeStep),
    guardrails: guardrails.map(writeGuardrail),
    policies: inWords(policies),
  };
}

function writeStep({ kind, ...step }: Step): Written {
  const fields = Object.entries(step);
  const [only] = fields;
  return { [kind]: fields.length === 1 && only?.[0] === 'percent' ? only[1] : inWords(step) };
}

function writeGuardrail({ margin, tolerance, limit, ...rest }: Guardrail): Written {
  const amount = (value: number, isShare: boolean): unknown => writeAmount(value, rest.metric, isShare);
  return {
    ...inWords(rest),
    margin: amount(margin.value, margin.kind === 'relative'),
    ...(tolerance !== undefined && { tolerance: amount(tolerance, margin.kind === 'relative') }),
    ...(limit !== undefined && {
      limit: definitionOf(rest.metric).unit === 'share' ? inHundredths(limit, '%') : amount(limit, false),
    }),
  };
}

function writeAmount(value: number, metric: MetricName, isShare: boolean): unknown {
  if (isShare) return inHundredths(value, '%');
  const { unit } = definitionOf(metric);
  return unit === 'own' ? value : unit === 'ms' ? `${value}ms` : inHundredths(value, 'pp');
}

/** The shortest that is read as this very number. */
function inHundredths(value: number, unit: string): string {
  const short = Number((value * 100).toPrecision(12));
  return `${short / 100 === value ? short : value * 100}${unit}`;
}

const MS = /Ms$/;

/** Times in words (`forMs: 1800000` is `for: 30m`), and without what says nothing. */
function inWords(value: object): Written {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, field]: [string, unknown]) => {
      if (field === undefined || field === null) return [];
      if (MS.test(key) && typeof field === 'number') return [[key.replace(MS, ''), writeDuration(field)]];
      if (key === 'holdbackPercent') return [['holdback', field]];
      return [[key, typeof field === 'object' && !Array.isArray(field) ? inWords(field) : field]];
    }),
  );
}
