/** Which fields of a guardrail go together. The same for a guardrail as people write it and as the engine runs it. */
import type { Direction, Statistic } from '../metrics/definition.ts';
import { definitionOf } from '../metrics/index.ts';
import type { MetricName } from '../metrics/index.ts';
import type { Fault } from './problem.ts';

interface Fields {
  readonly metric: MetricName;
  readonly worseWhen: Direction;
  readonly name?: string | undefined;
  readonly unit?: string | undefined;
  readonly statistic?: Statistic | undefined;
}

type FieldFault = readonly [field: keyof Fields, fault: Fault];

/** What a guardrail that names no statistic is about; undefined for a rate, which has none. */
export function usualStatistic(metric: MetricName): Statistic | undefined {
  const definition = definitionOf(metric);
  return definition.kind === 'rate' ? undefined : definition.usualStatistic;
}

export function guardrailFaults(fields: Fields): FieldFault[] {
  const { metric, worseWhen, name, unit } = fields;
  const definition = definitionOf(metric);
  const isOutside = definition.kind === 'quantity' && definition.source === 'outside';
  return [
    ...(definition.worseWhen === null || definition.worseWhen === worseWhen
      ? []
      : [directionFault(metric, definition.worseWhen)]),
    ...statisticFaults(fields),
    ...(isOutside ? (name === undefined ? [NO_NAME] : []) : ownFaults(metric, { name, unit })),
  ];
}

function directionFault(metric: MetricName, worse: Direction): FieldFault {
  return [
    'worseWhen',
    {
      code: 'plan-guardrail-direction',
      message:
        `A ${worse === 'lower' ? 'higher' : 'lower'} ${metric} is an improvement, so it cannot be what the ` +
        'guardrail stops.',
      remedy: `Write worseWhen: ${worse}.`,
    },
  ];
}

const NO_NAME: FieldFault = [
  'name',
  {
    code: 'plan-guardrail-name',
    message: 'This custom metric has no name; expected what its source calls it.',
    remedy: 'Add a name, such as name: handleTime.',
  },
];

function ownFaults(metric: MetricName, given: Pick<Fields, 'name' | 'unit'>): FieldFault[] {
  return (['name', 'unit'] as const)
    .filter((field) => given[field] !== undefined)
    .map((field) => [
      field,
      {
        code: `plan-guardrail-${field}`,
        message: `${metric} has a ${field} of its own; only a custom metric takes one.`,
        remedy: `Leave ${field} out, or write metric: custom.`,
      },
    ]);
}

function statisticFaults({ metric, statistic, worseWhen }: Fields): FieldFault[] {
  if (statistic === undefined) return [];
  const definition = definitionOf(metric);
  if (definition.kind === 'rate')
    return refusedStatistic(
      `${metric} is a rate and has no ${statistic}; only deliveryLatency and custom metrics take a statistic.`,
      'Leave statistic out.',
    );
  // Beside a direction that is itself refused, what is said is what the right one would have.
  const taken = definition.statistics[definition.worseWhen ?? worseWhen];
  if (taken.includes(statistic)) return [];
  const seen =
    definition.worseWhen === null
      ? `Where ${worseWhen} is worse, ${statistic} is the better end of the cards`
      : `${statistic} of ${metric} is its fastest cards`;
  return refusedStatistic(
    `${seen}, which nobody needs guarded.`,
    `Write ${taken.slice(0, -1).join(', ')} or ${taken.at(-1)}.`,
  );
}

function refusedStatistic(message: string, remedy: string): FieldFault[] {
  return [['statistic', { code: 'plan-guardrail-statistic', message, remedy }]];
}
