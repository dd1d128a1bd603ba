/** `start`: starts the rollout of a plan, and follows it when asked. */
import type { Command } from 'commander';
import { loadExpanded } from '../../lint/lint.ts';
import { AssistError } from '../../configurator/errors.ts';
import { startProblems } from '../../domain/calendar/start.ts';
import { errorBudgetSentence } from '../../domain/plan/error-budget.ts';
import { printJson, printLines } from '../deps.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { HELD_FOR, heldFor, nonEmpty, oldHeldFor, personName, reasonText } from '../options.ts';
import type { HeldForOptions } from '../options.ts';
import { EXIT } from '../exit-codes.ts';
import { stepLines } from '../view/step-lines.ts';
import { watchRollout } from './watch.ts';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';
import { planAndCardFiles } from '../../compose/plan-files.ts';

export function start(run: Run): Command {
  const help = {
    description: 'start the rollout of a plan',
    examples: ['start examples/demo/1.5.0.yaml --watch', `start plan.yaml --reason "new wording" --by ana`],
  };
  return createVerb('start', help)
    .argument('<plan>', 'plan file')
    .option('--watch', 'follow it to its end')
    .option('--by <name>', 'who starts it (default: you)', personName)
    .option('--reason <text>', 'why', reasonText)
    .option(
      '--at <time>',
      'not now but then: 2026-12-01T08:00 Europe/Berlin; in place of startAt of the plan',
      nonEmpty,
    )
    .option('--force', 'even if the plan cannot reach a verdict with the traffic of the last days')
    .option(...HELD_FOR)
    .addOption(oldHeldFor())
    .option('--json', 'JSON on stdout')
    .action((plan: string, options: Omit<StartArgs, 'plan'>) =>
      run((deps) => startRollout(deps, { plan, ...options })),
    );
}

interface StartArgs extends JsonOption, HeldForOptions {
  readonly plan: string;
  readonly watch?: boolean;
  readonly by?: string;
  readonly reason?: string;
  readonly at?: string;
  /** Also a plan that cannot reach a verdict with the traffic of the last days. */
  readonly force?: boolean;
}

async function startRollout(deps: Deps, args: StartArgs): Promise<number> {
  const { plan: written, steps } = await loadExpanded(args.plan, planAndCardFiles(deps.env));
  const plan = args.at === undefined ? written : { ...written, startAt: args.at.trim() };
  refuseUntimely(plan.startAt, deps.now());
  const by = args.by ?? deps.user;
  const configurator = await deps.configurator();
  const ref = await configurator.startRollout(plan, {
    by,
    ...(args.reason === undefined ? {} : { reason: args.reason }),
    ...(args.force === undefined ? {} : { force: args.force }),
  });
  const { name, version } = plan.action;
  if (args.json) printJson(deps.out, { kind: 'started', action: name, version, ...ref, ...(steps && { steps }) });
  else
    printLines(deps.out, [
      `Started ${ref.workflowId} (${name} ${version}), run ${ref.runId}`,
      ...(ref.url === null ? [] : [ref.url]),
      ...stepLines(steps),
      errorBudgetSentence(plan),
      ...(args.watch ? [] : [howToFollow(name)]),
    ]);
  if (!args.watch) return EXIT.ok;
  return watchRollout(deps, {
    action: name,
    runId: ref.runId,
    heldFor: heldFor(deps, args),
    ...(args.json === undefined ? {} : { json: args.json }),
  });
}

/** A mistake in the time shows at once; the worker would start what is over now. */
function refuseUntimely(startAt: string | undefined, nowMs: number): void {
  const [wrong] = startProblems(startAt, nowMs);
  if (wrong !== undefined)
    throw new AssistError('usage', `Cannot start: ${wrong.message}`, `Nothing was started. ${wrong.remedy}`);
}

function howToFollow(action: string): string {
  return `The organisation is asked first and may still reject it: follow it with assist-rollouts watch ${action}`;
}
