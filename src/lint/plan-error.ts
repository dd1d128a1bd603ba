import type { Problem } from '../domain/plan/plan.ts';

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

/** `plan.yaml:12:5 error plan-split steps.2.setSplit: what is wrong. The way out.` */
export function formatProblem(problem: Problem): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(':');
  const subject = [place, problem.severity, problem.code, problem.path].filter(Boolean).join(' ');
  return `${subject}: ${problem.message} ${problem.remedy}`;
}
