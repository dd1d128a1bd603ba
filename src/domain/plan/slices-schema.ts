/** Slices of a plan: parts of the cards that must not be badly harmed behind a good mean. */
import { z } from 'zod';
import type { Slices } from './plan.ts';

export const slicesSchema = z
  .strictObject({
    by: z
      .array(z.enum(['queue', 'mediaType', 'language']))
      .min(1)
      .max(3)
      .meta({ uniqueItems: true })
      .describe('What tells slices apart.'),
    times: z
      .number()
      .min(1)
      .max(100)
      .prefault(2)
      .describe("So many times a guardrail's margin is bad harm to a slice."),
    alpha: z
      .number()
      .gt(0)
      .lt(0.5)
      .prefault(0.01)
      .describe("Chance that any slice of a harmless version is called harmed, beside the guardrails' alphas."),
  })
  .transform((raw): Slices => ({ by: [...new Set(raw.by)], times: raw.times, alpha: raw.alpha }));
