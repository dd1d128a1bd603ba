import { expandPlan } from './expand/expand.ts';
import type { Expansion } from './expand/expand.ts';
import type { Defaults } from './expand/defaults.ts';
import { isWithin, traced } from './expand/trace.ts';
import { problemsOf } from './issues.ts';
import { knownFieldsAt } from './json-schema.ts';
import { renewed } from './old-words.ts';
import type { ActionWith } from './action-schema.ts';
import type { Plan } from './plan.ts';
import type { Problem } from './problem.ts';
import { policiesSchema } from './policies-schema.ts';
import type { Dialect } from './rules.ts';
import { checkRules } from './rules.ts';
import type { HtmlSource } from './action-schema.ts';
import type { WrittenPlan } from './schema.ts';
import { planSchema } from './schema.ts';
import type { Step } from './steps/steps.ts';
import { stepSchema } from './steps/steps.ts';
import { guardrailSchema } from './guardrail-schema.ts';

/** A plan in the engine's words, its HTML still to be read. */
export interface RawParsedPlan extends Omit<Plan, 'action'> {
  readonly action: ActionWith<HtmlSource>;
}

export interface ParsedPlan {
  readonly ok: true;
  readonly plan: RawParsedPlan;
  readonly warnings: readonly Problem[];
  /** What its ladders stand for; paths of the plan are those of the expanded one. */
  readonly expansion: Expansion;
}

export type ParseResult = ParsedPlan | { readonly ok: false; readonly problems: readonly Problem[] };

const WRITTEN: Dialect = {
  step: stepSchema,
  guardrail: guardrailSchema,
  policies: policiesSchema,
  splitField: 'setSplit',
  holdbackField: 'holdback',
};

/**
 * Turns what a YAML or JSON file holds into a plan, or says all that is wrong with it, each with its path; `defaults`:
 * the templates that it may name. Never throws.
 */
export function parsePlan(given: unknown, defaults: Defaults | null = null): ParseResult {
  const expansion = expandPlan(given, defaults, (path) => knownFieldsAt(path));
  const { raw, warnings } = renewed(expansion.raw);
  const parsed = planSchema.safeParse(raw);
  const found = [
    ...(parsed.success
      ? []
      : parsed.error.issues.flatMap((issue) => problemsOf(issue, raw, (path) => knownFieldsAt(path)))),
    ...checkRules(raw, WRITTEN),
  ].filter(({ path }) => !expansion.unread.some((at) => isWithin(path, at)));
  const problems = [...expansion.problems, ...tracedProblems(found, expansion)];
  if (!parsed.success || problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    plan: inOurWords(parsed.data),
    warnings: tracedProblems(warnings, expansion),
    expansion: { ...expansion, raw },
  };
}

/** Each where its author can mend it; what is wrong with all the rungs of a ladder is said once. */
export function tracedProblems(problems: readonly Problem[], { traces }: Pick<Expansion, 'traces'>): Problem[] {
  const placed = problems.map((problem) => traces.reduce(traced, problem));
  return placed.filter(
    ({ code, path, message, file }, at) =>
      placed.findIndex(
        (other) => other.code === code && other.path === path && other.file === file && other.message === message,
      ) === at,
  );
}

/** The plan that the engine runs: the parsed one with the card's HTML, if it has a card, in its place. */
export function resolvePlan(parsed: RawParsedPlan, html: string | null): Plan {
  const { action } = parsed;
  if (!('html' in action)) return { ...parsed, action };
  if (html === null) throw new TypeError('The plan has a card, and its html was not given.');
  return { ...parsed, action: { ...action, html } };
}

function inOurWords(written: WrittenPlan): RawParsedPlan {
  return { ...written, steps: stepsOf(written) };
}

/**
 * Small splits seldom carry enough cards to prove anything, so only the last bake requires proof unless told otherwise.
 */
function stepsOf({ steps: written, guardrails }: Pick<WrittenPlan, 'steps' | 'guardrails'>): Step[] {
  const proof = guardrails.some(({ goal }) => goal !== undefined) ? 'goal' : 'safe';
  const lastBake = written.findLastIndex((step) => step.kind === 'bake');
  return written.map((step, index) =>
    step.kind === 'bake' ? { ...step, require: step.require ?? (index === lastBake ? proof : 'noHarm') } : step,
  );
}
