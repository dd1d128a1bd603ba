/**
 * The plan as the engine runs it, and as a workflow is handed it by whoever starts one. What stands in it is held to
 * the same bounds as what people write; policies that are not there are the usual ones.
 */
import { z } from 'zod';
import { DEFAULT_POLICIES as USUAL } from './default-policies.ts';
import { aboutFields } from './about.ts';
import { planWindows, startField } from '../calendar/form.ts';
import { driftSchema } from './drift.ts';
import { MAX_DURATION_MS } from './duration.ts';
import { addFault, readField } from './fields.ts';
import { STATISTICS } from '../metrics/definition.ts';
import { METRIC_NAMES } from '../metrics/index.ts';
import { goalRangeFault } from './goal.ts';
import { guardrailFaults, usualStatistic } from './guardrail-rules.ts';
import { customNameField, unitField } from './guardrail-schema.ts';
import { engineLearning } from './learning.ts';
import { limitFault } from './limit.ts';
import { marginRangeFault } from './margin.ts';
import { engineMaxCards } from './max-cards.ts';
import type { Guardrail, Plan } from './plan.ts';
import { actionWith, htmlText } from './action-schema.ts';
import { MAX_GUARDRAILS, MAX_STEPS, noCardFields, notifyField } from './schema.ts';
import { scopeFields } from './expand/plan-fields.ts';
import { slicesSchema } from './slices-schema.ts';
import { parseHoldback } from './holdback.ts';
import { engineStepSchema } from './steps/steps.ts';
import { targetSchema } from './target-schema.ts';
import { toleranceRangeFault } from './tolerance.ts';

/** Zero is a time where nothing needs to pass. */
const anyTime = z.number().int().min(0).max(MAX_DURATION_MS);
const time = anyTime.min(1);
const alpha = z.number().gt(0).lt(0.5);

export const engineGuardrailSchema = z
  .strictObject({
    metric: z.enum(METRIC_NAMES),
    name: customNameField.optional(),
    unit: unitField.optional(),
    statistic: z.enum(STATISTICS).optional(),
    worseWhen: z.enum(['lower', 'higher']),
    margin: z.strictObject({ kind: z.enum(['relative', 'absolute']), value: z.number().gt(0) }),
    tolerance: z.number().min(0).optional(),
    goal: z.number().gt(0).optional(),
    alpha,
    mode: z.enum(['enforce', 'pause', 'observe']),
    limit: z.number().optional(),
  })
  .transform(({ name, unit, statistic, tolerance, goal, limit, ...rest }, ctx): Guardrail => {
    const margin = marginRangeFault(rest.margin, rest.metric);
    const ofTolerance = tolerance === undefined ? undefined : toleranceRangeFault(tolerance, rest.margin.value);
    const ofGoal = goal === undefined ? undefined : goalRangeFault(goal, rest);
    const ofLimit = limit === undefined ? undefined : limitFault(limit, rest.metric);
    for (const [field, fault] of guardrailFaults({ ...rest, name, unit, statistic })) addFault(ctx, fault, [field]);
    if (margin !== undefined) addFault(ctx, margin, ['margin']);
    if (ofTolerance !== undefined) addFault(ctx, ofTolerance, ['tolerance']);
    if (ofGoal !== undefined) addFault(ctx, ofGoal, ['goal']);
    if (ofLimit !== undefined) addFault(ctx, ofLimit, ['limit']);
    const told = statistic ?? usualStatistic(rest.metric);
    return {
      ...rest,
      ...(name !== undefined && { name }),
      ...(unit !== undefined && { unit }),
      ...(told !== undefined && { statistic: told }),
      ...(tolerance !== undefined && { tolerance }),
      ...(goal !== undefined && { goal }),
      ...(limit !== undefined && { limit }),
    };
  });

const limits = z.strictObject({
  prepareMs: time.prefault(USUAL.limits.prepareMs),
  splitMs: time.prefault(USUAL.limits.splitMs),
  pauseMs: time.prefault(USUAL.limits.pauseMs),
  heldMs: time.prefault(USUAL.limits.heldMs),
  windowMs: time.prefault(USUAL.limits.windowMs),
});

export const enginePoliciesSchema = z.strictObject({
  onUndecided: z.enum(['hold', 'rollback', 'promote']).prefault(USUAL.onUndecided),
  onNoData: z.strictObject({ afterMs: time, do: z.enum(['pause', 'rollback']) }).prefault(USUAL.onNoData),
  onUntrusted: z.enum(['pause', 'rollback']).prefault(USUAL.onUntrusted),
  onDrift: driftSchema.prefault({}),
  onBlind: z.strictObject({ afterMs: time, do: z.enum(['pause', 'rollback']) }).prefault(USUAL.onBlind),
  limits: limits.prefault({}),
  settleMs: anyTime.prefault(USUAL.settleMs),
  afterPromotionMs: anyTime.prefault(USUAL.afterPromotionMs),
  holdbackPercent: readField({ type: 'number', description: '' }, parseHoldback).prefault(USUAL.holdbackPercent),
  longWatch: z.strictObject({ forMs: time, alpha }).nullable().prefault(USUAL.longWatch),
  maxCards: engineMaxCards.nullable().prefault(USUAL.maxCards),
  learning: engineLearning.nullable().prefault(USUAL.learning),
  windows: planWindows
    .nullable()
    .optional()
    .transform((windows) => windows ?? null),
});

export const enginePlanSchema: z.ZodType<Plan> = z.strictObject({
  apiVersion: z.literal('assist-rollouts/v1'),
  ...aboutFields,
  action: actionWith(htmlText),
  ...scopeFields,
  ...noCardFields,
  target: targetSchema,
  startAt: startField.optional(),
  steps: z.array(engineStepSchema).min(1).max(MAX_STEPS),
  guardrails: z.array(engineGuardrailSchema).min(1).max(MAX_GUARDRAILS),
  slices: slicesSchema.optional(),
  policies: enginePoliciesSchema.prefault({}),
  notify: notifyField.optional(),
});
