/** The policies as people write them, turned into the engine's words. */
import { z } from 'zod';
import { DEFAULT_POLICIES as USUAL } from './default-policies.ts';
import { planWindows } from '../calendar/form.ts';
import { driftSchema } from './drift.ts';
import { writeDuration } from '../shared/duration.ts';
import { durationField, positiveDurationField } from './duration-field.ts';
import { readField } from './fields.ts';
import { learningSchema } from './learning.ts';
import { maxCardsField } from './max-cards.ts';
import type { Policies } from './plan.ts';
import { MAX_HOLDBACK, parseHoldback } from './holdback.ts';

const limit = (description: string, usualMs: number) =>
  positiveDurationField(description).prefault(writeDuration(usualMs));

const limits = z
  .strictObject({
    prepare: limit('Longest time for validating and deploying; then the rollout is rejected.', USUAL.limits.prepareMs),
    split: limit(
      'Longest time until the organisation shows a split; then the rollout is rolled back.',
      USUAL.limits.splitMs,
    ),
    pause: limit('Longest pause; then the rollout is rolled back.', USUAL.limits.pauseMs),
    window: limit(
      'Longest time until a change window lets the split rise; then the rollout is rolled back.',
      USUAL.limits.windowMs,
    ),
    held: limit('Longest time held for a person; then the rollout is rolled back.', USUAL.limits.heldMs),
  })
  .prefault({})
  .transform((raw): Policies['limits'] => ({
    prepareMs: raw.prepare,
    splitMs: raw.split,
    pauseMs: raw.pause,
    heldMs: raw.held,
    windowMs: raw.window,
  }));

const longWatch = z
  .strictObject({
    for: positiveDurationField('How long after promotion.'),
    alpha: z.number().gt(0).lt(0.5).describe("Chance of a false alarm over all of it, beside the guardrails' alphas."),
  })
  .transform((raw): Policies['longWatch'] => ({ forMs: raw.for, alpha: raw.alpha }));

export const policiesSchema = z
  .strictObject({
    onUndecided: z.enum(['hold', 'rollback', 'promote']).prefault(USUAL.onUndecided),
    onNoData: z
      .strictObject({
        after: limit('How long without a card.', USUAL.onNoData.afterMs),
        do: z.enum(['pause', 'rollback']).prefault(USUAL.onNoData.do),
      })
      .prefault({}),
    onUntrusted: z.enum(['pause', 'rollback']).prefault(USUAL.onUntrusted),
    onDrift: driftSchema
      .prefault({})
      .describe('What to do when the organisation is no longer as the engine made it; reassert: put it back.'),
    onBlind: z
      .strictObject({
        after: limit('How long without a judge that can act while the split is above 0.', USUAL.onBlind.afterMs),
        do: z.enum(['pause', 'rollback']).prefault(USUAL.onBlind.do),
      })
      .prefault({}),
    limits,
    windows: planWindows
      .optional()
      .describe('When a split may rise, beside what the organisation says; at any time if absent.'),
    settle: durationField('A card without an outcome counts as "none" this long after it was first seen.').prefault(
      writeDuration(USUAL.settleMs),
    ),
    afterPromotion: durationField('The last judged stage, in which all but the holdback see the candidate.').prefault(
      writeDuration(USUAL.afterPromotionMs),
    ),
    holdback: readField(
      {
        type: 'number',
        description: 'Percentage of conversations that stay on the baseline during afterPromotion; 0 for none.',
        minimum: 0,
        maximum: MAX_HOLDBACK,
      },
      parseHoldback,
    ).prefault(USUAL.holdbackPercent),
    longWatch: longWatch
      .optional()
      .describe('After promotion the version is compared with its own record; absent: no longer watched.'),
    learning: learningSchema
      .optional()
      .describe('What agents do with the candidate while it is new to them; absent: all cards count alike.'),
    maxCards: maxCardsField(
      'At most so many candidate cards may be shown in the whole rollout while the version is not proven safe.',
    ).optional(),
  })
  .transform(
    ({
      settle,
      afterPromotion,
      holdback,
      onNoData,
      onBlind,
      longWatch: watch,
      maxCards,
      learning,
      windows,
      ...same
    }): Policies => ({
      ...same,
      onNoData: { afterMs: onNoData.after, do: onNoData.do },
      onBlind: { afterMs: onBlind.after, do: onBlind.do },
      settleMs: settle,
      afterPromotionMs: afterPromotion,
      holdbackPercent: holdback,
      longWatch: watch ?? null,
      maxCards: maxCards ?? null,
      learning: learning ?? null,
      windows: windows ?? null,
    }),
  );
