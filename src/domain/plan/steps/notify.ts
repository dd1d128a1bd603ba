import { z } from 'zod';
import { excerpt } from '../../text/printable.ts';
import type { StepDefinition } from './definition.ts';

const message = z.string().trim().min(1).max(1000).describe('What people are told at this point.');
const to = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/)
  .describe('A route that is told, beside those that match.');

const engine = z.strictObject({ kind: z.literal('notify'), message, to: to.optional() });

export type NotifyStep = z.output<typeof engine>;

const SHOWN = 60;

export const notify = {
  phase: 'notifying',
  written: z.strictObject({ message, to: to.optional() }).transform((step) => ({ kind: 'notify' as const, ...step })),
  engine,
  label: (step) => `notify: ${excerpt(step.message.replaceAll(/\s+/g, ' '), SHOWN)}`,
  splitAfter: () => null,
  forecastAs: () => null,
} as const satisfies StepDefinition<NotifyStep>;
