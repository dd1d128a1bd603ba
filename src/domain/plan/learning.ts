/** Agents learn what a new card is: their first cards of it may be left out of what proves it safe, or shown apart. */
import { z } from 'zod';
import { MAX_DURATION_MS, parsePositiveDuration } from './duration.ts';
import { readField } from './fields.ts';
import type { Fault } from './problem.ts';
import { show } from './problem.ts';

export interface Learning {
  /** An agent's first cards of the candidate, or the time since the first of them. */
  readonly first: { readonly cards: number } | { readonly ms: number };
  readonly do: 'leaveOut' | 'showApart';
}

/** What is kept of each agent is a small number. */
const MOST_CARDS = 1000;
const PATTERN = /^(\d+) cards?$/;

const first = readField(
  {
    type: 'string',
    description: "An agent's first cards of the candidate, or the time since the first of them.",
    examples: ['20 cards', '2d'],
  },
  parseFirst,
);

const doing = z
  .enum(['leaveOut', 'showApart'])
  .prefault('leaveOut')
  .describe(
    'leaveOut: acceptance and dismissal are proven safe without them; showApart: only shown without them, too.',
  );

export const learningSchema = z.strictObject({ first, do: doing });

export const engineLearning = z.strictObject({
  first: z.union([
    z.strictObject({ cards: z.number().int().min(1).max(MOST_CARDS) }),
    z.strictObject({ ms: z.number().int().min(1).max(MAX_DURATION_MS) }),
  ]),
  do: z.enum(['leaveOut', 'showApart']),
});

function parseFirst(value: unknown): Learning['first'] | Fault {
  const text = typeof value === 'string' ? value.trim() : '';
  const cards = Number(PATTERN.exec(text)?.[1] ?? Number.NaN);
  if (cards >= 1 && cards <= MOST_CARDS) return { cards };
  const ms = parsePositiveDuration(text);
  if (typeof ms === 'number') return { ms };
  return {
    code: 'plan-learning',
    message: `${show(value)} is no number of cards from 1 to ${MOST_CARDS}, and no time.`,
    remedy: 'Write for example first: 20 cards, or first: 2d.',
  };
}
