/** A plan as people write it, with what it names or abbreviates put in its place: still as people could have written it. */
import type { FieldsAt } from '../issues.ts';
import type { Problem } from '../problem.ts';
import { MAX_STEPS } from '../schema.ts';
import type { Defaults } from './defaults.ts';
import { withoutLadders } from './expand-ladders.ts';
import type { WithoutLadders } from './expand-ladders.ts';
import { isFields } from './fields.ts';
import type { Fields } from './fields.ts';
import { PRESETS } from './ladder.ts';
import { merge } from './merge.ts';
import { namedTemplates } from './templates.ts';
import type { Trace } from './trace.ts';
import { traced } from './trace.ts';

export interface Expansion {
  /** The plan written out. */
  readonly raw: unknown;
  readonly isExpanded: boolean;
  /** From the written-out plan back to what its author wrote, one after the other. */
  readonly traces: readonly (readonly Trace[])[];
  readonly problems: readonly Problem[];
  /** Paths of the expanded plan that stand as they were, for what is wrong with them is told. */
  readonly unread: readonly string[];
}

/** `defaults`: the templates at hand; null: there are none. Never throws. */
export function expandPlan(given: unknown, defaults: Defaults | null, fieldsAt: FieldsAt): Expansion {
  if (!isFields(given)) return { raw: given, isExpanded: false, traces: [], problems: [], unread: [] };
  const templates = withTemplates(given, defaults);
  const ladders = laddersOf(templates.raw, defaults, fieldsAt);
  return {
    raw: ladders.hasLadders ? { ...templates.raw, steps: ladders.steps } : templates.raw,
    isExpanded: ladders.hasLadders || templates.isExpanded,
    traces: [ladders.traces, templates.traces],
    problems: [...templates.problems, ...ladders.problems.map((problem) => traced(problem, templates.traces))],
    // What a template that is not there would have said is not missing besides.
    unread: [
      ...ladders.unread,
      ...(templates.problems.length > 0 ? MERGED.filter((field) => !(field in templates.raw)) : []),
    ],
  };
}

const MERGED = ['guardrails', 'steps'];

interface WithTemplates {
  readonly raw: Fields;
  readonly isExpanded: boolean;
  readonly traces: readonly Trace[];
  readonly problems: readonly Problem[];
}

function withTemplates(given: Fields, defaults: Defaults | null): WithTemplates {
  const { layers, problems } = namedTemplates(given, defaults);
  const { extends: _, with: __, ...plan } = given;
  if (layers.length === 0) return { raw: plan, isExpanded: false, traces: [], problems };
  const { says, traces } = merge([...layers, { says: plan, path: '' }]);
  return { raw: { ...plan, ...says }, isExpanded: true, traces, problems };
}

function laddersOf({ steps }: Fields, defaults: Defaults | null, fieldsAt: FieldsAt): WithoutLadders {
  // Nobody looks at so many; that they are too many is said by whoever reads the plan.
  const list = Array.isArray(steps) && steps.length <= MAX_STEPS ? (steps as readonly unknown[]) : [];
  return withoutLadders(list, { ...defaults?.ladders, ...PRESETS }, fieldsAt);
}
