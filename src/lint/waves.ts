/** Reads a file of waves and the plan of each member, and reports all that is wrong with them. */
import { dirname, join } from 'node:path';
import { wavesProblems } from '../domain/waves/input.ts';
import type { Member, WavesPlan } from '../domain/waves/plan.ts';
import type { WrittenMember, WrittenWaves } from '../domain/waves/written.ts';
import { parseWaves, planOfMember } from '../domain/waves/written.ts';
import type { Problem } from '../domain/plan/problem.ts';
import { readPlanText } from './card-file.ts';
import type { LintDeps } from './lint.ts';
import { FROM_DISK, loadPlan } from './lint.ts';
import { placeInPlan } from './place.ts';
import { PlanError } from './plan-error.ts';
import type { PlanSource } from './read-plan.ts';
import { isProblem, readYaml } from './read-plan.ts';

/** The waves of a file, ready to be run. Throws a PlanError with all problems if anything in them is wrong. */
export async function loadWaves(file: string, deps: LintDeps = FROM_DISK): Promise<WavesPlan> {
  const text = await readPlanText(file, deps.readFile);
  const source = typeof text === 'string' ? readYaml(file, text) : text;
  if (isProblem(source)) throw new PlanError(file, [source]);
  const parsed = parseWaves(source.value);
  if (!parsed.ok) throw new PlanError(file, placed(parsed.problems, source));
  const read = await readMembers(file, parsed.waves, deps);
  const found = read.flat().flatMap((one) => ('problems' in one ? one.problems : []));
  if (found.length > 0) throw new PlanError(file, found);
  const waves = parsed.waves.waves.map(({ name }, wave) => ({
    name,
    members: (read[wave] ?? []).flatMap((one) => ('plan' in one ? [one] : [])),
  }));
  const together = wavesProblems({ waves });
  if (together.length > 0) throw new PlanError(file, placed(together, source));
  const { name, maxParallel, between, onRollback } = parsed.waves;
  return { name, waves, maxParallel, betweenMs: between, onRollback };
}

type ReadMember = Member | { readonly problems: readonly Problem[] };

function readMembers(file: string, { plan, waves }: WrittenWaves, deps: LintDeps): Promise<ReadMember[][]> {
  return Promise.all(
    waves.map(({ members }) =>
      Promise.all(members.map((member) => readMember(join(dirname(file), member.plan ?? plan ?? ''), member, deps))),
    ),
  );
}

/** A problem is told with the member's action before it: the same plan may be right for another. */
async function readMember(planFile: string, member: WrittenMember, deps: LintDeps): Promise<ReadMember> {
  try {
    const plan = await loadPlan(planFile, { ...deps, change: (written) => planOfMember(written, member) });
    return { plan, ...(member.organisation !== undefined && { organisation: member.organisation }) };
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    const errors = error.problems.filter(({ severity }) => severity === 'error');
    return { problems: errors.map((problem) => ({ ...problem, message: `${member.action}: ${problem.message}` })) };
  }
}

function placed(problems: readonly Problem[], source: PlanSource): Problem[] {
  return problems.map((problem) => placeInPlan(problem, source));
}
