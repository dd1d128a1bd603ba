/** The organisation's policy as people write it, turned into the engine's words. */
import { z } from 'zod';
import { addFault, readField } from '../plan/fields.ts';
import { STATISTICS } from '../metrics/definition.ts';
import type { Margin } from '../metrics/definition.ts';
import { definitionOf, METRIC_NAMES } from '../metrics/index.ts';
import { guardrailFaults } from '../plan/guardrail-rules.ts';
import { customNameField } from '../plan/guardrail-schema.ts';
import { problemsOf } from '../plan/issues.ts';
import { renewed } from '../plan/old-words.ts';
import type { JsonSchema } from '../plan/json-schema.ts';
import { knownFieldsAt } from '../plan/json-schema.ts';
import type { WrittenMargin } from '../plan/margin.ts';
import { marginFault, parseMargin } from '../plan/margin.ts';
import { parseTolerance, toleranceFault, toleratedMargin } from '../plan/tolerance.ts';
import type { Fault, Problem } from '../plan/problem.ts';
import { problemAt } from '../plan/problem.ts';
import { parseSplit } from '../plan/steps/set-split.ts';
import type { Minimums, OrganisationPolicy, RequiredGuardrail } from './policy.ts';

const margin = readField({ description: 'Such as 10%, 1pp or 500ms.' }, parseMargin);
const margins = readField({ description: 'Such as 10%, or [10%, 1pp]: one of each kind.' }, listOf(parseMargin));
const tolerances = readField({ description: 'Such as 5%, or [5%, 0.5pp]: one of each kind.' }, listOf(parseTolerance));
const alpha = z.number().gt(0).lt(0.5);
const percent = readField({ type: 'number', description: 'A percentage of the conversations.' }, parseSplit);
const allowed = z.enum(['allowed', 'forbidden']).prefault('allowed');

function listOf(parse: (value: unknown) => WrittenMargin | Fault) {
  return (value: unknown): readonly WrittenMargin[] | Fault => {
    const read = (Array.isArray(value) && value.length > 0 ? value : [value]).map(parse);
    return (
      read.find((one): one is Fault => 'code' in one) ?? read.filter((one): one is WrittenMargin => 'margin' in one)
    );
  };
}

const required = z
  .strictObject({
    metric: z.enum(METRIC_NAMES),
    name: customNameField.optional(),
    statistic: z.enum(STATISTICS).optional(),
    margin: margins.optional(),
    tolerance: tolerances.optional(),
    alpha: alpha.optional(),
  })
  .transform((raw, ctx): RequiredGuardrail => {
    const { metric, name, statistic } = raw;
    const { worseWhen } = definitionOf(metric);
    // Which end of a custom metric is worse is the plan's to say.
    const ofPlan =
      worseWhen === null ? { metric, name, worseWhen: 'higher' as const } : { metric, name, statistic, worseWhen };
    for (const [field, fault] of guardrailFaults(ofPlan)) addFault(ctx, fault, [field]);
    for (const field of ['margin', 'tolerance'] as const)
      for (const one of raw[field] ?? []) {
        const fault = marginFault(one, metric);
        if (fault !== undefined) addFault(ctx, fault, [field]);
      }
    for (const fault of widerThanMargin(raw.tolerance ?? [], raw.margin ?? [])) addFault(ctx, fault, ['tolerance']);
    return {
      metric,
      ...(name !== undefined && { name }),
      ...(statistic !== undefined && { statistic }),
      margins: (raw.margin ?? []).map((one) => one.margin),
      tolerances: tolerancesOf(raw.tolerance ?? [], raw.margin ?? []),
      largestAlpha: raw.alpha ?? null,
    };
  });

function widerThanMargin(tolerance: readonly WrittenMargin[], margin: readonly WrittenMargin[]): Fault[] {
  return tolerance.flatMap((one) => {
    const beside = margin.find((other) => other.margin.kind === one.margin.kind);
    return (beside === undefined ? undefined : toleranceFault(one, beside)) ?? [];
  });
}

/** A kind of margin for which nothing is said is tolerated by half, as in a plan. */
function tolerancesOf(tolerance: readonly WrittenMargin[], margin: readonly WrittenMargin[]): readonly Margin[] {
  const said = tolerance.map((one) => one.margin);
  const halved = margin.filter((one) => !said.some(({ kind }) => kind === one.margin.kind)).map(toleratedMargin);
  return [...said, ...halved];
}

const largestMargin = z
  .strictObject({ relative: margin.optional(), rate: margin.optional(), latency: margin.optional() })
  .transform((raw, ctx): OrganisationPolicy['largestMargin'] => {
    const unit = { relative: '%', rate: 'pp', latency: 's' } as const;
    for (const kind of ['relative', 'rate', 'latency'] as const) {
      const given = raw[kind];
      if (given === undefined || given.text.endsWith(unit[kind])) continue;
      addFault(
        ctx,
        {
          code: 'plan-margin',
          message: `"${given.text}" is no ${kind} margin; expected one such as ${EXAMPLE[kind]}.`,
          remedy: `Write for example ${kind}: ${EXAMPLE[kind]}.`,
        },
        [kind],
      );
    }
    return {
      relative: raw.relative?.margin.value ?? null,
      rate: raw.rate?.margin.value ?? null,
      latency: raw.latency?.margin.value ?? null,
    };
  });

const EXAMPLE = { relative: '20%', rate: '2pp', latency: '500ms' } as const;

const asked = z.strictObject({
  guardrails: z.array(required).max(20).prefault([]),
  largestAlpha: alpha.optional(),
  smallestAlpha: alpha.optional(),
  largestMargin: largestMargin.prefault({}),
  largestFirstSplit: percent.optional(),
  approvalAbove: percent.optional(),
  promoteUndecided: allowed,
  force: allowed,
  require: z.literal('safe').optional(),
});
const policySchema = asked.extend({ risks: z.record(z.string(), asked).prefault({}) });

export type ParsedPolicy =
  | { readonly ok: true; readonly policy: OrganisationPolicy }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** What the policy's file holds, or all that is wrong with it. One that asks for nothing is a mistake. Never throws. */
export function parseOrganisationPolicy(given: unknown): ParsedPolicy {
  const { raw } = renewed(given);
  const parsed = policySchema.safeParse(raw);
  if (!parsed.success)
    return { ok: false, problems: parsed.error.issues.flatMap((issue) => problemsOf(issue, raw, fieldsAt)) };
  if (Object.keys(raw as object).length === 0) return { ok: false, problems: [ASKS_FOR_NOTHING] };
  const { risks, ...ofAll } = parsed.data;
  const ofRisks = Object.entries(risks).map(([name, one]) => [name, minimumsOf(one)] as const);
  return { ok: true, policy: { ...minimumsOf(ofAll), risks: Object.fromEntries(ofRisks) } };
}

function minimumsOf(written: z.output<typeof asked>): Minimums {
  const { largestAlpha, smallestAlpha, largestFirstSplit, approvalAbove, require: required, ...rest } = written;
  return {
    ...rest,
    largestAlpha: largestAlpha ?? null,
    smallestAlpha: smallestAlpha ?? null,
    largestFirstSplit: largestFirstSplit ?? null,
    approvalAbove: approvalAbove ?? null,
    require: required ?? null,
  };
}

const ASKS_FOR_NOTHING = problemAt('', {
  code: 'plan-empty',
  message: 'This policy asks for nothing.',
  remedy: 'Start from examples/organisation-policy.yaml.',
});

function fieldsAt(path: readonly PropertyKey[]): string[] {
  return knownFieldsAt(
    path,
    (known ??= z.toJSONSchema(policySchema, { io: 'input', target: 'draft-7' }) as JsonSchema),
  );
}

let known: JsonSchema | undefined;
