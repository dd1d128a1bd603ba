/** A guardrail as people write it, turned into the engine's words. */
import { z } from 'zod';
import { addFault, readField } from './fields.ts';
import { CUSTOM_NAME_PATTERN, isCustomName } from '../metrics/custom-name.ts';
import { STATISTICS } from '../metrics/definition.ts';
import { METRIC_NAMES } from '../metrics/index.ts';
import { goalFault, parseGoal } from './goal.ts';
import { guardrailFaults, usualStatistic } from './guardrail-rules.ts';
import { LIMIT_PATTERN, parseLimit } from './limit.ts';
import { MARGIN_PATTERN, marginFault, parseMargin } from './margin.ts';
import type { Guardrail } from './plan.ts';
import type { Fault } from './problem.ts';
import { show } from './problem.ts';
import { parseTolerance, toleranceFault } from './tolerance.ts';

const MAX_UNIT_LENGTH = 16;

export const customNameField = readField(
  {
    type: 'string',
    description: 'Only for a custom metric, and needed there: what its source calls it.',
    pattern: CUSTOM_NAME_PATTERN,
    examples: ['handleTime'],
  },
  parseCustomName,
);
export const unitField = readField(
  {
    type: 'string',
    description: 'Only for a custom metric: its unit, as people read it.',
    examples: ['s', 'points'],
    maxLength: MAX_UNIT_LENGTH,
  },
  parseUnit,
);

const written = z.strictObject({
  metric: z.enum(METRIC_NAMES),
  name: customNameField.optional(),
  unit: unitField.optional(),
  statistic: z
    .enum(STATISTICS)
    .optional()
    .describe(
      'Only for deliveryLatency (p95 if absent) and custom metrics (p50 if absent); p1 and p5 where lower is worse.',
    ),
  worseWhen: z.enum(['lower', 'higher']),
  margin: readField(
    {
      description: 'Worse than the baseline by this must not ship; a bare number is in the unit of the custom metric.',
      anyOf: [
        { type: 'string', pattern: MARGIN_PATTERN },
        { type: 'number', exclusiveMinimum: 0 },
      ],
      examples: ['10%', '1pp', '200ms', 15],
    },
    parseMargin,
  ),
  tolerance: readField(
    {
      description: 'Worse by up to this is no harm: written as the margin, and less; half of the margin if absent.',
      anyOf: [
        { type: 'string', pattern: MARGIN_PATTERN },
        { type: 'number', minimum: 0 },
      ],
      examples: ['5%', '0.5pp', '100ms', 7, '0%'],
    },
    parseTolerance,
  ).optional(),
  goal: readField(
    {
      description: 'Promotion needs it proven better than the baseline by this: written as the margin.',
      anyOf: [
        { type: 'string', pattern: MARGIN_PATTERN },
        { type: 'number', exclusiveMinimum: 0 },
      ],
      examples: ['2%', '0.5pp', '50ms', 5],
    },
    parseGoal,
  ).optional(),
  alpha: z.number().gt(0).lt(0.5).describe('Chance of a false alarm over the whole rollout, all looks together.'),
  mode: z
    .enum(['enforce', 'pause', 'observe'])
    .prefault('enforce')
    .describe('What harm does: roll back, or ask a person; observe never stops anything.'),
  limit: z
    .unknown()
    .optional()
    .meta({
      description: 'Worse than this is too bad whatever the baseline is like; looked at by longWatch.',
      anyOf: [{ type: 'string', pattern: LIMIT_PATTERN }, { type: 'number' }],
      examples: ['20%', '800ms', 420],
    }),
});

type Written = z.output<typeof written>;

export const guardrailSchema = written.transform((raw, ctx): Guardrail => {
  for (const [field, fault] of faultsOf(raw)) addFault(ctx, fault, [field]);
  const { metric, worseWhen, alpha, mode, name, unit } = raw;
  const statistic = raw.statistic ?? usualStatistic(metric);
  const limit = raw.limit === undefined ? undefined : parseLimit(raw.limit, metric);
  if (typeof limit === 'object') addFault(ctx, limit, ['limit']);
  return {
    metric,
    ...(name !== undefined && { name }),
    ...(unit !== undefined && { unit }),
    worseWhen,
    margin: raw.margin.margin,
    ...(raw.tolerance !== undefined && { tolerance: raw.tolerance.margin.value }),
    ...(raw.goal !== undefined && { goal: raw.goal.margin.value }),
    alpha,
    mode,
    ...(statistic !== undefined && { statistic }),
    ...(typeof limit === 'number' && { limit }),
  };
});

function faultsOf(raw: Written): (readonly [keyof Written, Fault])[] {
  const margin = marginFault(raw.margin, raw.metric);
  const tolerance = raw.tolerance === undefined ? undefined : toleranceFault(raw.tolerance, raw.margin);
  const goal =
    raw.goal === undefined ? undefined : goalFault(raw.goal, raw.margin, { ...raw, margin: raw.margin.margin });
  return [
    ...guardrailFaults(raw),
    ...(margin === undefined ? [] : [['margin', margin] as const]),
    ...(tolerance === undefined ? [] : [['tolerance', tolerance] as const]),
    ...(goal === undefined ? [] : [['goal', goal] as const]),
  ];
}

function parseCustomName(value: unknown): string | Fault {
  if (typeof value === 'string' && isCustomName(value)) return value;
  return {
    code: 'plan-guardrail-name',
    message:
      `${show(value)} is not a name of a custom metric; expected 1 to 40 letters, digits or "_", beginning with a ` +
      "letter, and no metric of the engine's own.",
    remedy: 'Write the name that its source tells it by, such as handleTime.',
  };
}

function parseUnit(value: unknown): string | Fault {
  if (typeof value === 'string' && /^\S(.*\S)?$/.test(value) && value.length <= MAX_UNIT_LENGTH) return value;
  return {
    code: 'plan-guardrail-unit',
    message: `${show(value)} is not a unit; expected 1 to ${MAX_UNIT_LENGTH} characters on one line.`,
    remedy: 'Write for example unit: s, or leave it out.',
  };
}
