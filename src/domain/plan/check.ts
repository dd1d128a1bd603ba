/** The engine trusts no caller: a plan in its own words is checked again by whoever is to run it. */
import { z } from 'zod';
import { engineGuardrailSchema, enginePlanSchema, enginePoliciesSchema } from './engine-schema.ts';
import { problemsOf } from './issues.ts';
import type { JsonSchema } from './json-schema.ts';
import { knownFieldsAt } from './json-schema.ts';
import type { Plan } from './plan.ts';
import type { Problem } from './problem.ts';
import { problemAt } from './problem.ts';
import type { Dialect } from './rules.ts';
import { checkRules } from './rules.ts';
import { engineStepSchema } from './steps/steps.ts';
import { isLargerThan } from './size.ts';

export type CheckedPlan =
  | { readonly ok: true; readonly plan: Plan }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * All that is wrong with a plan in the engine's words, each with its path; the same rules as for a plan that people
 * write. Never throws.
 */
export function checkPlan(plan: unknown): readonly Problem[] {
  const checked = parseEnginePlan(plan);
  return checked.ok ? [] : checked.problems;
}

/** As checkPlan; a plan without problems comes back with the usual policies where it has none. */
export function parseEnginePlan(value: unknown): CheckedPlan {
  if (isLargerThan(value, MAX_VALUES)) return { ok: false, problems: [TOO_LARGE] };
  const parsed = enginePlanSchema.safeParse(value);
  const problems = [
    ...(parsed.success ? [] : parsed.error.issues.flatMap((issue) => problemsOf(issue, value, engineFieldsAt))),
    ...checkRules(value, ENGINE),
  ];
  return parsed.success && problems.length === 0
    ? { ok: true, plan: parsed.data }
    : { ok: false, problems: shortened(problems) };
}

const ENGINE: Dialect = {
  step: engineStepSchema,
  guardrail: engineGuardrailSchema,
  policies: enginePoliciesSchema,
  splitField: 'percent',
  holdbackField: 'holdbackPercent',
};

/**
 * Several times what the largest plan has; checking more would hold up a workflow's task, and answering would not fit
 * into a message.
 */
const MAX_VALUES = 5_000;
const TOO_LARGE = problemAt('', {
  code: 'plan-range',
  message: `This plan has more than ${MAX_VALUES} values; no plan needs so many.`,
  remedy: 'Start it from a plan file, with `assist-rollouts start <plan.yaml>`.',
});

const MAX_PROBLEMS = 100;
const MAX_PATH_LENGTH = 200;

/** Rubbish can be wrong in more ways, and at longer names, than anybody reads. */
function shortened(problems: readonly Problem[]): Problem[] {
  return problems
    .slice(0, MAX_PROBLEMS)
    .map((problem) =>
      problem.path.length > MAX_PATH_LENGTH
        ? { ...problem, path: `${problem.path.slice(0, MAX_PATH_LENGTH)}...` }
        : problem,
    );
}

function engineFieldsAt(path: readonly PropertyKey[]): string[] {
  return knownFieldsAt(
    path,
    (known ??= z.toJSONSchema(enginePlanSchema, { io: 'input', target: 'draft-7' }) as JsonSchema),
  );
}

let known: JsonSchema | undefined;
