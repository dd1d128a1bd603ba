import { z } from 'zod';
import { splitText } from '../../split/audience.ts';
import type { Audience } from '../../split/audience.ts';
import { audienceSchema } from '../audience-schema.ts';
import { addFault, readField } from '../fields.ts';
import type { Fault } from '../problem.ts';
import { show } from '../problem.ts';
import type { StepDefinition } from './definition.ts';

export interface SetSplitStep {
  readonly kind: 'setSplit';
  /** 0..100, percentage of conversations that see the candidate. */
  readonly percent: number;
  /** Of whose conversations; absent: everybody's. */
  readonly of?: Audience | undefined;
}

const HELP = {
  type: 'number',
  description: 'Percentage of conversations that see the candidate.',
  minimum: 0,
  exclusiveMaximum: 100,
} as const;
const percent = readField(HELP, parseSplit);
const of = audienceSchema.optional().describe('Whose conversations the split is for; everybody if absent.');

/** What is a set of fields is read as that. */
const alone = z
  .unknown()
  .meta({ ...HELP })
  .transform((value, ctx) => {
    const isFields = typeof value === 'object' && value !== null && !Array.isArray(value);
    const read = isFields || value === undefined ? null : parseSplit(value);
    if (typeof read === 'number') return { percent: read };
    if (read === null) ctx.addIssue({ code: 'invalid_type', expected: 'number', input: value });
    else addFault(ctx, read);
    return z.NEVER;
  });

export const setSplit = {
  phase: 'settingSplit',
  written: z
    .union([z.strictObject({ percent, of }), alone])
    .transform((split): SetSplitStep => ({ kind: 'setSplit', ...split })),
  engine: z.strictObject({ kind: z.literal('setSplit'), percent, of }),
  label: (step) => `setSplit ${splitText(step.percent, step.of)}`,
  splitAfter: (step) => step.percent,
  forecastAs: () => null,
} as const satisfies StepDefinition<SetSplitStep>;

/** A split as people write it: 0 up to, but not including, 100, in steps of 0.01 (the resolution of a bucket). */
export function parseSplit(value: unknown): number | Fault {
  if (typeof value !== 'number' || !(value >= 0 && value <= 100)) {
    return refuse(
      `${show(value)} is not a percentage from 0 to 100.`,
      'Write the percentage as a plain number, such as 25.',
    );
  }
  if (value === 100) {
    return refuse(
      '100 is the promotion itself, which follows the last step.',
      'Leave this step out, or end at a lower split.',
    );
  }
  if (Number(value.toFixed(2)) !== value) {
    return refuse(`${value} is finer than a split can be; the smallest step is 0.01.`, 'Write at most two decimals.');
  }
  return value;
}

function refuse(message: string, remedy: string): Fault {
  return { code: 'plan-split', message, remedy };
}
