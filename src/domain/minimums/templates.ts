/** Templates looked at by themselves, before any plan names them: what is wrong with them is wrong in all. */
import { unreadLadder } from '../plan/expand/expand-ladders.ts';
import type { Defaults } from '../plan/expand/defaults.ts';
import { expandPlan } from '../plan/expand/expand.ts';
import { isFields } from '../plan/expand/fields.ts';
import { knownFieldsAt } from '../plan/json-schema.ts';
import { parsePlan, tracedProblems } from '../plan/parse.ts';
import type { Problem } from '../plan/problem.ts';
import { minimumProblems } from './check.ts';
import type { OrganisationPolicy } from './policy.ts';

/** Stands where a template leaves something to the plan. */
const ACTION = { name: 'Template', version: '1.0.0', html: { inline: '<p></p>' }, trigger: { keywords: ['word'] } };
const STEPS = [{ setSplit: 0.01 }, { bake: { for: '1h' } }];
const GUARDRAILS = [{ metric: 'acceptanceRate', worseWhen: 'lower', margin: '1%', alpha: 0.01 }];

/** Paths are those of the file. */
export function templateProblems(defaults: Defaults, minimums: OrganisationPolicy | null): Problem[] {
  const { templates, risks, divisions, ladders, file } = defaults;
  const scopes: readonly Scope[] = [
    ...Object.keys(templates).map((name) => ({ path: `templates.${name}`, says: { extends: name } })),
    ...Object.keys(risks).map((risk) => ({ path: `risks.${risk}`, says: { risk } })),
    ...Object.keys(divisions).map((division) => ({ path: `divisions.${division}`, says: { division } })),
  ];
  const found = [
    ...Object.entries(ladders).flatMap(([name, ladder]) =>
      unreadLadder(ladder, ['ladders', name], ([, , ...below]) => knownFieldsAt(['steps', 0, 'ladder', ...below])),
    ),
    ...scopes.flatMap((scope) => scopeProblems(scope, defaults, minimums)),
  ].map((problem) => ({ ...problem, file }));
  return tracedProblems(found, { traces: [] });
}

interface Scope {
  readonly path: string;
  readonly says: Readonly<Record<string, string>>;
}

function scopeProblems({ path, says }: Scope, defaults: Defaults, minimums: OrganisationPolicy | null): Problem[] {
  const plan = { apiVersion: 'assist-rollouts/v1', action: ACTION, ...says };
  const { raw } = expandPlan(plan, defaults, () => []);
  const lacks = (field: string): boolean => !(isFields(raw) && field in raw);
  const isWhole = !lacks('steps') && !lacks('guardrails');
  const filled = {
    ...plan,
    ...(lacks('steps') && { steps: STEPS }),
    ...(lacks('guardrails') && { guardrails: GUARDRAILS }),
  };
  const read = parsePlan(filled, defaults);
  const undercut = read.ok && minimums !== null ? minimumProblems(read.plan, minimums) : [];
  const found = read.ok ? [...read.warnings, ...tracedProblems(undercut, read.expansion)] : read.problems;
  return found.flatMap((problem): readonly Problem[] => {
    // What a plan gives when it names the template.
    if (problem.code === 'plan-template-argument' && problem.file === undefined) return [];
    if (problem.code === 'minimum-risk' && says['risk'] === undefined) return [];
    if (problem.file === undefined) return isWhole || problem.code === 'plan-template' ? [{ ...problem, path }] : [];
    // What is missing may stand in another template, or in the plan.
    return isWhole || problem.path.split('.').length > PART_DEPTH ? [problem] : [];
  });
}

/** `templates.careful.guardrails`: all of a part. */
const PART_DEPTH = 3;
