import { z } from 'zod';
import { formatDuration, writeDuration } from '../../shared/duration.ts';
import type { CalendarRef } from '../../calendar/form.ts';
import { calendarRef } from '../../calendar/form.ts';
import { MAX_DURATION_MS } from '../duration.ts';
import { positiveDurationField } from '../duration-field.ts';
import { addFault } from '../fields.ts';
import { engineMaxCards, maxCardsField } from '../max-cards.ts';
import type { Fault } from '../problem.ts';
import type { Bake, StepDefinition } from './definition.ts';

export interface BakeStep extends Bake {
  readonly kind: 'bake';
}

/** A bake without `atMost` may take this many times its `for`. */
const AT_MOST_FACTOR = 12;
const DEFAULT_MIN_CARDS = 100;

const cards = z.number().int().min(0).max(1e9);
const requirement = z.enum(['noHarm', 'safe', 'goal']);

const written = z
  .strictObject({
    for: positiveDurationField('Least time to watch.'),
    atMost: positiveDurationField(
      `Longest time to wait for what is required; ${AT_MOST_FACTOR} times "for" if absent.`,
    ).optional(),
    minCards: cards.prefault(DEFAULT_MIN_CARDS).describe('Least number of settled candidate cards.'),
    hours: calendarRef.optional().describe('A calendar or a rule: the times of this bake count only while it is open.'),
    require: requirement
      .optional()
      .describe('noHarm, or proof of safe, or of the goals too; the last bake requires all of it if absent.'),
    maxCards: maxCardsField(
      'At most so many candidate cards may be shown in this bake before it has what it requires; then nobody sees the ' +
        'candidate any more.',
    ).optional(),
  })
  .transform((bake, ctx) => {
    const step = {
      kind: 'bake' as const,
      forMs: bake.for,
      atMostMs: bake.atMost ?? Math.min(bake.for * AT_MOST_FACTOR, MAX_DURATION_MS),
      minCards: bake.minCards,
      require: bake.require,
      ...(bake.maxCards !== undefined && { maxCards: bake.maxCards }),
      ...(bake.hours !== undefined && { hours: bake.hours }),
    };
    const fault = durationFault(step);
    if (fault !== undefined) addFault(ctx, fault, ['atMost']);
    const few = fewCardsFault(step);
    if (few !== undefined) addFault(ctx, few, ['maxCards']);
    return step;
  });

const ms = z.number().int().min(1).max(MAX_DURATION_MS);

const engine = z
  .strictObject({
    kind: z.literal('bake'),
    forMs: ms,
    atMostMs: ms,
    minCards: cards,
    require: requirement,
    maxCards: engineMaxCards.optional(),
    hours: calendarRef.optional(),
  })
  .superRefine((step, ctx) => {
    const fault = durationFault(step);
    if (fault !== undefined) addFault(ctx, fault, ['atMostMs']);
    const few = fewCardsFault(step);
    if (few !== undefined) addFault(ctx, few, ['maxCards']);
  });

export const bake = {
  phase: 'baking',
  written,
  engine,
  label: (step) =>
    `bake ${formatDuration(step.forMs)}${step.hours === undefined ? '' : ` of ${hoursText(step.hours)}`}, ` +
    `at most ${formatDuration(step.atMostMs)}` +
    `${step.maxCards === undefined ? '' : ` or ${step.maxCards.cards} cards`} (require ${step.require})`,
  splitAfter: () => null,
  forecastAs: (step) => step,
} as const satisfies StepDefinition<BakeStep>;

/** `open hours (officeHours)`. */
export function hoursText(hours: CalendarRef): string {
  return `open hours (${typeof hours === 'string' ? hours : (hours.rule ?? hours.dates?.join(', ') ?? '')})`;
}

/** A bake that would have to end before it may. */
function durationFault({ forMs, atMostMs }: Pick<BakeStep, 'forMs' | 'atMostMs'>): Fault | undefined {
  if (atMostMs >= forMs) return undefined;
  return {
    code: 'plan-bake',
    message:
      `The bake may take at most ${writeDuration(atMostMs)}, which is less than the ${writeDuration(forMs)} it ` +
      'is to last.',
    remedy: 'Make atMost at least as long as for, or leave it out.',
  };
}

/** A budget that is spent before the bake may end at all. */
function fewCardsFault({ minCards, maxCards }: Pick<BakeStep, 'minCards' | 'maxCards'>): Fault | undefined {
  if (maxCards === undefined || maxCards.cards > minCards) return undefined;
  return {
    code: 'plan-max-cards',
    message:
      `With maxCards ${maxCards.cards} this bake can never end: it waits for ${minCards} settled candidate cards ` +
      '(minCards).',
    remedy: `Write more than ${minCards}, by as many as come while cards settle, or a lower minCards.`,
  };
}
