/** The templates that a plan may name: in the file that is named, or beside the plan. */
import { dirname, join } from 'node:path';
import type { Defaults } from '../domain/plan/expand/defaults.ts';
import { parseDefaults } from '../domain/plan/expand/defaults.ts';
import type { Problem } from '../domain/plan/problem.ts';
import { readPlanText } from './card-file.ts';
import type { ReadFile } from './card-file.ts';
import { placeInPlan } from './place.ts';
import type { PlanSource } from './read-plan.ts';
import { isProblem, readYaml } from './read-plan.ts';

export type FoundDefaults =
  | { readonly defaults: Defaults; readonly source: PlanSource }
  | { readonly problems: readonly Problem[] };

interface Where {
  readonly readFile: ReadFile;
  readonly defaultsFile?: string | null;
}

/** Null: there is none, and none was named. */
export async function defaultsOf(plan: string, { readFile, defaultsFile }: Where): Promise<FoundDefaults | null> {
  const file = defaultsFile ?? join(dirname(plan), 'defaults.yaml');
  const text = await readPlanText(file, readFile);
  if (typeof text !== 'string') return text.code === 'plan-file-missing' && !defaultsFile ? null : { problems: [text] };
  const source = readYaml(file, text);
  if (isProblem(source)) return { problems: [source] };
  const parsed = parseDefaults(source.value, file);
  return parsed.ok
    ? { defaults: parsed.defaults, source }
    : { problems: parsed.problems.map((problem) => placeInPlan(problem, source)) };
}
