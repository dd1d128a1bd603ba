/** A file in which the organisation says what holds for every plan: nothing goes on without one that is named. */
import type { Problem } from '../domain/plan/problem.ts';
import { problemAt } from '../domain/plan/problem.ts';
import { readBounded, whyUnread } from '../files/read-bounded.ts';
import { placeInPlan } from './place.ts';
import { formatProblem } from './plan-error.ts';
import type { PlanSource } from './read-plan.ts';
import { isProblem, readYaml } from './read-plan.ts';

export interface OrganisationFileKind {
  /** `policy`, also the first half of its error code. */
  readonly name: 'policy' | 'calendar' | 'organisations';
  /** What people call it; absent: the organisation's and its name. */
  readonly title?: string;
  /** The page that tells its fields. */
  readonly page: string;
  /** The way out where it, or a file that it names, cannot be read. */
  readonly unreadable: string;
}

/** Its message lists every problem, one per line. */
class OrganisationFileError extends Error {
  readonly code: string;
  readonly remedy: string;
  readonly problems: readonly Problem[];

  constructor(
    { name, title = `The organisation's ${name}`, page }: OrganisationFileKind,
    file: string,
    problems: readonly Problem[],
    options?: ErrorOptions,
  ) {
    super([`${title} ${file} cannot be used:`, ...problems.map(formatProblem)].join('\n'), options);
    this.name = 'OrganisationFileError';
    this.code = `${name}-invalid`;
    this.remedy = `Mend the file, or name another; ${page} tells its fields.`;
    this.problems = problems;
  }
}

const MAX_BYTES = 1024 * 1024;

/** Throws with the one problem if it is no YAML. */
export async function openOrganisationFile(kind: OrganisationFileKind, file: string): Promise<PlanSource> {
  const source = readYaml(file, await readOrganisationText(kind, file, { at: file }));
  if (isProblem(source)) throw new OrganisationFileError(kind, file, [source]);
  return source;
}

/** What the file itself says wrong, each at its place. */
export function faultyOrganisationFile(
  kind: OrganisationFileKind,
  source: PlanSource,
  problems: readonly Problem[],
): Error {
  return new OrganisationFileError(
    kind,
    source.file,
    problems.map((problem) => placeInPlan(problem, source)),
  );
}

/** `at`: the path that is read, of the file itself or of one that it names, which then lies `within` a folder. */
export async function readOrganisationText(
  kind: OrganisationFileKind,
  file: string,
  { at, within }: { readonly at: string; readonly within?: string },
): Promise<string> {
  try {
    return await readBounded(at, { maxBytes: MAX_BYTES, ...(within !== undefined && { within }) });
  } catch (cause) {
    const fault = {
      code: 'plan-file-unreadable',
      message: `${at} cannot be read: ${whyUnread(cause)}.`,
      remedy: kind.unreadable,
    } as const;
    throw new OrganisationFileError(kind, file, [problemAt('', fault, { file: at })], { cause });
  }
}
