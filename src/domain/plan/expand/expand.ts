/** A plan as people write it, with what it names or abbreviates put in its place: still as people could have written it. */
import type { FieldsAt } from '../issues.ts';
import type { Problem } from '../problem.ts';
import { MAX_STEPS } from '../schema.ts';
import { withoutLadders } from './expand-ladders.ts';
import { isFields } from './fields.ts';
import { PRESETS } from './ladder.ts';
import type { Trace } from './trace.ts';

export interface Expansion {
  /** The plan written out. */
  readonly raw: unknown;
  readonly isExpanded: boolean;
  readonly traces: readonly Trace[];
  readonly problems: readonly Problem[];
  /** Paths of the expanded plan that stand as they were, for what is wrong with them is told. */
  readonly unread: readonly string[];
}

/** Never throws. */
export function expandPlan(given: unknown, fieldsAt: FieldsAt): Expansion {
  const steps = isFields(given) ? given['steps'] : undefined;
  // Nobody looks at so many; that they are too many is said by whoever reads the plan.
  if (!isFields(given) || !Array.isArray(steps) || steps.length > MAX_STEPS)
    return { raw: given, isExpanded: false, traces: [], problems: [], unread: [] };
  const { hasLadders, steps: expanded, ...rest } = withoutLadders(steps as readonly unknown[], PRESETS, fieldsAt);
  return hasLadders
    ? { raw: { ...given, steps: expanded }, isExpanded: true, ...rest }
    : { raw: given, isExpanded: false, ...rest };
}
