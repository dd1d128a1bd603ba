/** The organisation's policy, from its file. */
import type { OrganisationPolicy } from '../domain/minimums/policy.ts';
import { parseOrganisationPolicy } from '../domain/minimums/schema.ts';
import type { Problem } from '../domain/plan/problem.ts';
import { FileRefusedError, readBounded } from './disk.ts';
import { placeInPlan } from './place.ts';
import { formatProblem } from './plan-error.ts';
import { isProblem, readYaml } from './read-plan.ts';

/**
 * A policy that cannot be read holds no plan to anything, so nothing goes on without it. Its message lists every
 * problem, one per line.
 */
class PolicyError extends Error {
  readonly code = 'policy-invalid';
  readonly remedy = 'Mend the file, or name another; docs/organisation-policy.md tells its fields.';
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[], options?: ErrorOptions) {
    super([`The organisation's policy ${file} cannot be used:`, ...problems.map(formatProblem)].join('\n'), options);
    this.name = 'PolicyError';
    this.problems = problems;
  }
}

const MAX_BYTES = 1024 * 1024;

/** Throws a PolicyError with all problems if anything in the file is wrong. */
export async function loadOrganisationPolicy(file: string): Promise<OrganisationPolicy> {
  const source = readYaml(file, await read(file));
  if (isProblem(source)) throw new PolicyError(file, [source]);
  const parsed = parseOrganisationPolicy(source.value);
  if (parsed.ok) return parsed.policy;
  throw new PolicyError(
    file,
    parsed.problems.map((problem) => placeInPlan(problem, source)),
  );
}

async function read(file: string): Promise<string> {
  try {
    return await readBounded(file, { maxBytes: MAX_BYTES });
  } catch (cause) {
    const why =
      cause instanceof FileRefusedError
        ? `it is ${cause.seen}`
        : cause instanceof Error
          ? cause.message
          : String(cause);
    throw new PolicyError(
      file,
      [
        {
          code: 'plan-file-unreadable',
          severity: 'error',
          path: '',
          file,
          message: `${file} cannot be read: ${why}.`,
          remedy: 'Check that it is a file and that you may read it.',
        },
      ],
      { cause },
    );
  }
}
