/** The part of the audience that a split is for, as a plan names it. */
import { z } from 'zod';
import type { Audience } from '../split/audience.ts';
import { AUDIENCE_FIELDS } from '../split/audience.ts';
import { addFault } from './fields.ts';
import { uuid } from './target-schema.ts';

const MAX_IDS = 100;

const ids = (description: string) =>
  z
    .array(uuid)
    .min(1)
    .max(MAX_IDS)
    .transform((list) => [...new Set(list)].toSorted())
    .optional()
    .describe(description);

export const audienceSchema = z
  .strictObject({
    name: z.string().trim().min(1).max(60).optional().describe('What status and list call it, such as "Billing".'),
    queues: ids('Conversations of these queues.'),
    divisions: ids('Conversations of agents of these divisions.'),
    teams: ids('Conversations of agents of these teams.'),
    agents: ids('Conversations of these agents, by their user ids.'),
  })
  .transform((of, ctx): Audience => {
    if (AUDIENCE_FIELDS.some((field) => of[field] !== undefined)) return of;
    addFault(ctx, {
      code: 'plan-audience',
      message: 'This audience names nobody.',
      remedy: `Add ${AUDIENCE_FIELDS.join(', ')}; or leave "of" out, and the split is for everybody.`,
    });
    return z.NEVER;
  });
