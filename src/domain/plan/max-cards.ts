/** The harm budget: so many candidate cards may be shown before there is a verdict, and what is done then. */
import { z } from 'zod';
import { readField } from './fields.ts';
import type { Fault } from './problem.ts';
import { show } from './problem.ts';

/**
 * `pause`: no conversation sees the candidate any more, and a person is asked; `rollback`: the rollout is rolled back.
 * There is no third: a rollout that is held goes on showing cards.
 */
export interface MaxCards {
  readonly cards: number;
  readonly do: 'pause' | 'rollback';
}

const MOST = 1e9;

const cards = { type: 'number', minimum: 1, maximum: MOST } as const;

/** As it stands in a plan file: a number, or a number and what is done when it is reached. */
export const maxCardsField = (description: string) =>
  readField(
    {
      description,
      anyOf: [
        cards,
        {
          type: 'object',
          properties: { cards, do: { type: 'string', enum: ['pause', 'rollback'] } },
          required: ['cards'],
          additionalProperties: false,
        },
      ],
      examples: [200, { cards: 200, do: 'rollback' }],
    },
    parseMaxCards,
  );

export const engineMaxCards = z.strictObject({
  cards: z.number().int().min(1).max(MOST),
  do: z.enum(['pause', 'rollback']),
});

function parseMaxCards(value: unknown): MaxCards | Fault {
  const given = typeof value === 'number' ? { cards: value } : value;
  const parsed = engineMaxCards.partial({ do: true }).safeParse(given);
  if (parsed.success) return { cards: parsed.data.cards, do: parsed.data.do ?? 'pause' };
  return {
    code: 'plan-max-cards',
    message: `${seen(value)} is no number of cards; expected a whole number from 1 on, or { cards, do: pause or rollback }.`,
    remedy: 'Write for example maxCards: 200, or maxCards: { cards: 200, do: rollback }.',
  };
}

function seen(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return show(value);
  const fields = Object.entries(value).map(([name, field]) => `${name}: ${show(field)}`);
  return `{ ${fields.slice(0, 3).join(', ')} }`;
}
