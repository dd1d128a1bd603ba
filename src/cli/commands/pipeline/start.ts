/** `pipeline start`: what was merged is rolled out, once, however often the job runs. */
import type { Command } from 'commander';
import { relative } from 'node:path';
import { AssistError } from '../../../configurator/errors.ts';
import { MAX_REASON_LENGTH } from '../../../domain/rollout/actor.ts';
import type { RolloutView } from '../../../configurator/rollouts.ts';
import { loadExpanded } from '../../../lint/lint.ts';
import { PlanError } from '../../../lint/plan-error.ts';
import { begin } from '../../begin.ts';
import { printJson, printLines } from '../../deps.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { reportError } from '../../errors.ts';
import { EXIT } from '../../exit-codes.ts';
import { reasonText } from '../../options.ts';
import { changesSince, isSamePlan, planBefore, twiceIn } from '../../pipeline/changes.ts';
import type { Changes } from '../../pipeline/changes.ts';
import type { Standing } from '../../pipeline/standing.ts';
import { commitWords, isRunningNow, standingOf } from '../../pipeline/standing.ts';
import { abortRunning, REPLACE, runningNow } from '../../replace.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';
import { BASE, PLANS } from './options.ts';

export function pipelineStart(run: Run): Command {
  const help = {
    description: 'start the rollouts of the plans that a merge has changed; what serves or runs already is left alone',
    examples: ['pipeline start --base HEAD^1'],
  };
  return createVerb('start', help)
    .option(...BASE)
    .option(...PLANS)
    .option('--reason <text>', 'why; stands in the audit log, with the commit', reasonText)
    .option(...REPLACE)
    .option('--json', 'one line of JSON for each plan')
    .action((options: StartOptions) => run((deps) => startChanged(deps, options)));
}

interface StartOptions extends JsonOption {
  readonly base: string;
  readonly plans: string;
  readonly reason?: string;
  readonly replace?: boolean;
}

type Loaded = Awaited<ReturnType<typeof loadExpanded>>;
interface ToStart extends Loaded {
  /** As seen from the top of the checkout. */
  readonly file: string;
}

/** One after the other; none keeps another from being started. The exit code is the highest of all. */
async function startChanged(deps: Deps, options: StartOptions): Promise<number> {
  const changes = await changesSince(deps, options);
  const { plans, code } = await changedPlans(deps, changes, options);
  const twice = twiceIn(plans.map(({ plan }) => plan.action.name));
  const codes = [code];
  for (const one of plans) {
    const work = twice.includes(one.plan.action.name) ? refuseTwice(one) : startOne(deps, changes, one, options);
    codes.push(await work.catch((error: unknown) => reportError(deps.out, error, options.json === true)));
  }
  if (changes.touched.length === 0) say(deps, options, null, 'none', 'No plan is changed; nothing is started.');
  return Math.max(...codes);
}

/** Those that say something else than before. */
async function changedPlans(
  deps: Deps,
  changes: Changes,
  options: StartOptions,
): Promise<{ readonly plans: readonly ToStart[]; readonly code: number }> {
  const plans: ToStart[] = [];
  let code: number = EXIT.ok;
  for (const { file: path } of changes.touched) {
    const file = relative(changes.repository.top, path);
    try {
      const loaded = await loadExpanded(path, changes.now);
      if (isSamePlan(loaded.plan, await planBefore(changes, path)))
        say(deps, options, file, 'unchanged', 'What is rolled out is the same as before: nothing is started.');
      else plans.push({ ...loaded, file });
    } catch (error) {
      if (!(error instanceof PlanError)) throw error;
      code = Math.max(code, reportError(deps.out, error, options.json === true));
    }
  }
  return { plans, code };
}

async function refuseTwice({ file, plan }: ToStart): Promise<never> {
  throw new AssistError(
    'rollout-already-running',
    `${file} is not started: more than one plan of ${plan.action.name} was changed, and one rollout of an action runs at a time.`,
    'Start the one that is meant by hand, or change one plan of an action at a time.',
  );
}

async function startOne(deps: Deps, changes: Changes, one: ToStart, options: StartOptions): Promise<number> {
  const { plan, file } = one;
  const engine = await deps.configurator();
  const commit = changes.repository.head;
  const { name, version } = plan.action;
  // Before it is asked what came of other commits: a later one's that begins meanwhile is not replaced.
  const found = options.replace === true ? await runningNow(engine, name) : null;
  const standing = await standingOf(engine, { plan, commit });
  if (standing !== 'toStart') return alreadyDone(deps, options, one, standing);
  const reason = reasonFor(options.reason, commit);
  const act = { by: deps.user, reason: reasonFor(`replaced by v${version}`, commit) };
  const first = (running: RolloutView) => () => abortRunning(deps, engine, { action: name, found: running }, act);
  const toBegin = { ...one, ...(found !== null && { first: first(found) }) };
  try {
    return await begin(deps, engine, toBegin, { reason, ...(options.json !== undefined && { json: options.json }) });
  } catch (error) {
    // Another job was faster.
    if (!isBeside(error) || !(await isRunningNow(engine, plan))) throw error;
    say(deps, options, file, 'running', SAID.running);
    return EXIT.ok;
  }
}

function isBeside(error: unknown): boolean {
  return error instanceof AssistError && error.code === 'rollout-already-running';
}

function reasonFor(reason: string | undefined, commit: string): string {
  const words = ` (${commitWords(commit)})`;
  return `${(reason ?? 'merged').slice(0, MAX_REASON_LENGTH - words.length)}${words}`;
}

const SAID: Readonly<Record<Exclude<Standing, 'toStart'>, string>> = {
  running: 'It runs already.',
  serves: 'It serves already.',
  superseded: 'It was started for this commit before, and another came after it: nothing is started.',
  rolledBack:
    'It was rolled back, and is not started again by itself: `assist-rollouts retry` does that for whoever means it.',
};

function alreadyDone(
  deps: Deps,
  options: StartOptions,
  { file }: ToStart,
  standing: Exclude<Standing, 'toStart'>,
): number {
  say(deps, options, file, standing, SAID[standing]);
  return standing === 'rolledBack' ? EXIT.rolledBack : EXIT.ok;
}

function say({ out }: Deps, { json }: JsonOption, file: string | null, standing: string, text: string): void {
  if (json) printJson(out, { kind: 'pipelineStart', file, standing });
  else printLines(out, [file === null ? text : `${file}: ${text}`]);
}
