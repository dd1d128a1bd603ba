/** Where each part of an expanded plan was written. */
import type { Problem } from '../problem.ts';

/** What stands at `at`, and below it, was written at `path`: of the plan, or of the file that is named. */
export interface Trace {
  readonly at: string;
  readonly path: string;
  readonly file?: string;
  /** All below it was written in that one place. */
  readonly whole?: true;
}

/** The problem at the place where its author can mend it: the nearest trace above it tells. */
export function traced(problem: Problem, traces: readonly Trace[]): Problem {
  const trace = traces
    .filter(({ at }) => isWithin(problem.path, at))
    .reduce<Trace | undefined>(
      (best, one) => (best === undefined || one.at.length >= best.at.length ? one : best),
      undefined,
    );
  if (trace === undefined) return problem;
  const path = trace.whole ? trace.path : trace.path + problem.path.slice(trace.at.length);
  return { ...problem, path, ...(trace.file !== undefined && { file: trace.file }) };
}

export function isWithin(path: string, above: string): boolean {
  return above === '' || path === above || path.startsWith(`${above}.`);
}
