import type { Problem } from '../domain/plan/problem.ts';

/** A plan that cannot be run. Its message lists every problem, one per line. */
export class PlanError extends Error {
  readonly code = 'plan-invalid';
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[]) {
    const errors = problems.filter((problem) => problem.severity === 'error');
    const count = errors.length === 1 ? 'one problem' : `${errors.length} problems`;
    super([`${file} has ${count}:`, ...errors.map(formatProblem)].join('\n'));
    this.name = 'PlanError';
    this.problems = problems;
  }
}

/** `plan.yaml:12:5  plan-split  what is wrong  the way out`, and the word warning where it is no more than that. */
export function formatProblem(problem: Problem): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(':');
  const message = problem.severity === 'warning' ? `warning: ${problem.message}` : problem.message;
  const code = problem.rule === undefined ? problem.code : `${problem.code} (${problem.rule})`;
  return [place, code, message, problem.remedy].filter(Boolean).join('  ');
}
