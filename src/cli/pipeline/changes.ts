/** What a branch changes in the plans of a checkout. */
import { realpath } from 'node:fs/promises';
import { resolve, relative } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { planAndCardFiles } from '../../compose/plan-files.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { readBounded } from '../../files/read-bounded.ts';
import type { Repository } from '../../git/repository.ts';
import { openRepository } from '../../git/repository.ts';
import type { ReadFile } from '../../lint/card-file.ts';
import type { LintDeps } from '../../lint/lint.ts';
import { readPlan } from '../../lint/lint.ts';
import { PlanError } from '../../lint/plan-error.ts';
import type { PlanFile } from '../../lint/touched-plans.ts';
import { planFilesAmong } from '../../lint/touched-plans.ts';
import type { Deps } from '../deps.ts';

export interface ChangesArgs {
  /** Where the branch leaves from. */
  readonly base: string;
  /** Only plans below it. */
  readonly plans: string;
}

export interface Changes {
  readonly repository: Repository;
  /** The commit. */
  readonly base: string;
  readonly touched: readonly PlanFile[];
  /** Files of waves that changed. */
  readonly waves: readonly string[];
  /** Plans that did not. */
  readonly others: readonly PlanFile[];
  /** How files are read now, and how they were. */
  readonly now: LintDeps;
  readonly before: LintDeps;
}

export async function changesSince(deps: Deps, { base: ref, plans }: ChangesArgs): Promise<Changes> {
  const folder = await realpath(plans);
  const repository = await openRepository(folder);
  const base = await repository.leavingFrom(ref);
  const usual = planAndCardFiles(deps.env);
  const reading = (readFile: ReadFile): LintDeps => ({ ...usual, readFile: withOwn(usual.defaultsFile, readFile) });
  const now = reading(repository.readFile);
  const below = repository.files.filter((file) => isBelow(folder, file));
  const found = await planFilesAmong(below, await repository.changedSince(base), now);
  return {
    repository,
    base,
    now,
    before: reading(repository.readFileAt(base)),
    touched: found.filter(({ kind, isTouched }) => kind === 'plan' && isTouched),
    waves: found.flatMap(({ kind, isTouched, file }) => (kind === 'waves' && isTouched ? [file] : [])),
    others: found.filter(({ kind, isTouched }) => kind === 'plan' && !isTouched),
  };
}

/** The one file that the environment may name elsewhere is not the branch's. */
function withOwn(file: string | null | undefined, readFile: ReadFile): ReadFile {
  const own = file ? resolve(file) : null;
  return (path, bounds) => (resolve(path) === own ? readBounded(path, bounds) : readFile(path, bounds));
}

function isBelow(folder: string, file: string): boolean {
  const way = relative(folder, file);
  return way !== '' && !way.startsWith('..');
}

/** Null: it was not there, or could not be read. */
export async function planBefore({ before }: Changes, file: string): Promise<Plan | null> {
  return readPlan(file, before).catch((error: unknown) => {
    if (error instanceof PlanError) return null;
    throw error;
  });
}

/** A comment that was mended changes a file, and nothing that is rolled out. */
export function isSamePlan(one: Plan | null, other: Plan | null): boolean {
  return one !== null && other !== null && isDeepStrictEqual(plain(one), plain(other));
}

/** As it is after it was sent. */
function plain(plan: Plan): unknown {
  return JSON.parse(JSON.stringify(plan)) as unknown;
}

/** Names that stand there more than once: of two plans of one action nobody knows which is meant. */
export function twiceIn(names: readonly (string | null)[]): readonly string[] {
  return [...new Set(names.flatMap((name, at) => (name !== null && names.indexOf(name) !== at ? [name] : [])))];
}
