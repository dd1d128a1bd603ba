/** `restart <action>`: the running rollout is aborted, and its plan begins again from the first step. */
import type { Command } from 'commander';
import { AssistError } from '../../configurator/errors.ts';
import { assertNotHarmful, lastPlan } from '../again.ts';
import { begin, beginOptions } from '../begin.ts';
import type { BeginArgs } from '../begin.ts';
import type { Deps } from '../deps.ts';
import { abortRunning } from '../replace.ts';
import { createVerb } from '../verb.ts';
import { ACTION } from '../options.ts';
import type { Run } from '../verb.ts';

export function restart(run: Run): Command {
  const help = {
    description:
      'abort the rollout of an action that runs, wait for its roll back, and begin again from the first step',
    examples: ['restart RefundAssist --reason "the first hours were a holiday"'],
  };
  const verb = createVerb('restart', help).argument(...ACTION);
  return beginOptions(verb, { reason: 'must' }).action((action: string, options: RestartArgs) =>
    run((deps) => restartAction(deps, action, options)),
  );
}

type RestartArgs = BeginArgs & { readonly reason: string };

async function restartAction(deps: Deps, action: string, args: RestartArgs): Promise<number> {
  const configurator = await deps.configurator();
  const found = await configurator.status(action);
  if (!found.running)
    throw new AssistError(
      'rollout-ended',
      `No rollout of ${action} runs.`,
      `\`assist-rollouts retry ${action}\` starts the plan of the last one again.`,
    );
  const last = await lastPlan(configurator, action);
  if (last.found.rolloutId !== found.status.rolloutId)
    throw new AssistError(
      'retry-refused',
      `What runs of ${action} has no plan in the registry (an undo, or it began just now).`,
      'Try again in a moment, or abort it.',
    );
  assertNotHarmful(await configurator.history(action), last.found, args);
  const act = { by: (args.by ?? deps.user).trim(), reason: args.reason.trim() };
  const first = () => abortRunning(deps, configurator, { action, found, mustRun: true }, act);
  return begin(deps, configurator, { plan: last.plan, first }, args);
}
