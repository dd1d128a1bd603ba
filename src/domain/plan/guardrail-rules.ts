/** Which fields of a guardrail go together. The same for a guardrail as people write it and as the engine runs it. */
import type { Guardrail, Statistic } from './plan.ts';
import type { Fault } from './problem.ts';

export const METRICS = [
  'acceptanceRate',
  'dismissalRate',
  'deliveryLatency',
  'undeliveredRate',
  'level',
] as const satisfies readonly Guardrail['metric'][];
export const STATISTICS = ['p1', 'p5', 'p50', 'p95', 'p99', 'mean'] as const satisfies readonly Statistic[];

export const USUAL_STATISTIC: Partial<Record<Guardrail['metric'], Statistic>> = {
  level: 'p50',
  deliveryLatency: 'p95',
};

interface Fields {
  readonly metric: Guardrail['metric'];
  readonly worseWhen: Guardrail['worseWhen'];
  readonly name?: string | undefined;
  readonly unit?: string | undefined;
  readonly statistic?: Statistic | undefined;
}

type FieldFault = readonly [field: keyof Fields, fault: Fault];

export function guardrailFaults(fields: Fields): FieldFault[] {
  return fields.metric === 'level' ? levelFaults(fields) : ownMetricFaults(fields);
}

function levelFaults({ name, statistic, worseWhen }: Fields): FieldFault[] {
  const better = worseWhen === 'lower' ? ['p95', 'p99'] : ['p1', 'p5'];
  return [
    ...(name === undefined
      ? [
          [
            'name',
            {
              code: 'plan-guardrail-name',
              message: 'This level has no name; expected what the events that carry it call it.',
              remedy: 'Add a name, such as name: handleTime.',
            },
          ] as const,
        ]
      : []),
    ...(statistic !== undefined && better.includes(statistic)
      ? [
          [
            'statistic',
            {
              code: 'plan-guardrail-statistic',
              message:
                `Where ${worseWhen} is worse, ${statistic} is the better end of the cards, which nobody needs ` +
                'guarded.',
              remedy: `Write ${worseWhen === 'lower' ? 'p5, p1' : 'p95, p99'}, p50 or mean.`,
            },
          ] as const,
        ]
      : []),
  ];
}

function ownMetricFaults({ metric, name, unit, statistic, worseWhen }: Fields): FieldFault[] {
  const worse = metric === 'acceptanceRate' ? 'lower' : 'higher';
  return [
    ...(worseWhen === worse
      ? []
      : [
          [
            'worseWhen',
            {
              code: 'plan-guardrail-direction',
              message: `A ${worseWhen} ${metric} is an improvement, so it cannot be what the guardrail stops.`,
              remedy: `Write worseWhen: ${worse}.`,
            },
          ] as const,
        ]),
    ...(statistic === undefined ? [] : statisticFaults(metric, statistic)),
    ...(name === undefined
      ? []
      : [
          [
            'name',
            {
              code: 'plan-guardrail-name',
              message: `${metric} has a name of its own; only a level takes one.`,
              remedy: 'Leave name out, or write metric: level.',
            },
          ] as const,
        ]),
    ...(unit === undefined
      ? []
      : [
          [
            'unit',
            {
              code: 'plan-guardrail-unit',
              message: `${metric} has a unit of its own; only a level takes one.`,
              remedy: 'Leave unit out, or write metric: level.',
            },
          ] as const,
        ]),
  ];
}

function statisticFaults(metric: Guardrail['metric'], statistic: Statistic): FieldFault[] {
  if (metric !== 'deliveryLatency') {
    return [
      [
        'statistic',
        {
          code: 'plan-guardrail-statistic',
          message: `${metric} is a rate and has no ${statistic}; only deliveryLatency and levels take a statistic.`,
          remedy: 'Leave statistic out.',
        },
      ],
    ];
  }
  return statistic !== 'p1' && statistic !== 'p5'
    ? []
    : [
        [
          'statistic',
          {
            code: 'plan-guardrail-statistic',
            message: `${statistic} of deliveryLatency is its fastest cards, which nobody needs guarded.`,
            remedy: 'Write p50, p95, p99 or mean.',
          },
        ],
      ];
}
