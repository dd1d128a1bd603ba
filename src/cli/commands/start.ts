/** `start`: starts the rollout of a plan, and follows it when asked. */
import type { Command } from 'commander';
import { loadExpanded } from '../../lint/lint.ts';
import { AssistError } from '../../configurator/errors.ts';
import { startProblems } from '../../domain/calendar/start.ts';
import { begin, beginOptions } from '../begin.ts';
import type { BeginArgs } from '../begin.ts';
import type { Deps } from '../deps.ts';
import { nonEmpty, oldHeldFor } from '../options.ts';
import { abortRunning, REPLACE, runningNow } from '../replace.ts';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';
import { planAndCardFiles } from '../../compose/plan-files.ts';

export function start(run: Run): Command {
  const help = {
    description: 'start the rollout of a plan',
    examples: [
      'start examples/demo/1.5.0.yaml --watch',
      'start examples/demo/panel-1.5.0.yaml --watch',
      `start plan.yaml --reason "new wording" --by ana`,
    ],
  };
  const verb = createVerb('start', help).argument('<plan>', 'plan file');
  return beginOptions(verb, { reason: 'may' })
    .option(
      '--at <time>',
      'not now but then: 2026-12-01T08:00 Europe/Berlin; in place of startAt of the plan',
      nonEmpty,
    )
    .option(...REPLACE)
    .addOption(oldHeldFor())
    .action((plan: string, options: Omit<StartArgs, 'plan'>) =>
      run((deps) => startRollout(deps, { plan, ...options })),
    );
}

interface StartArgs extends BeginArgs {
  readonly plan: string;
  readonly at?: string;
  readonly replace?: boolean;
}

async function startRollout(deps: Deps, args: StartArgs): Promise<number> {
  const { plan: written, steps } = await loadExpanded(args.plan, planAndCardFiles(deps.env));
  const plan = args.at === undefined ? written : { ...written, startAt: args.at.trim() };
  refuseUntimely(plan.startAt, deps.now());
  const configurator = await deps.configurator();
  const { name, version } = plan.action;
  const first = async (): Promise<unknown> => {
    const found = await runningNow(configurator, name);
    const reason = `replaced by v${version}${args.reason === undefined ? '' : `: ${args.reason}`}`;
    return found && abortRunning(deps, configurator, { action: name, found }, { by: args.by ?? deps.user, reason });
  };
  return begin(deps, configurator, { plan, ...(steps && { steps }), ...(args.replace === true && { first }) }, args);
}

/** A mistake in the time shows at once; the worker would start what is over now. */
function refuseUntimely(startAt: string | undefined, nowMs: number): void {
  const [wrong] = startProblems(startAt, nowMs);
  if (wrong !== undefined)
    throw new AssistError('usage', `Cannot start: ${wrong.message}`, `Nothing was started. ${wrong.remedy}`);
}
