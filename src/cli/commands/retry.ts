/** `retry <action>`: the plan of the last rollout once more, after it was rolled back, rejected, undone or lost. */
import type { Command } from 'commander';
import { AssistError } from '../../configurator/errors.ts';
import type { HistoryRow, RegisteredVersion } from '../../domain/registry/question.ts';
import { rolloutWorkflowId } from '../../workflows/messages.ts';
import { assertNotHarmful, lastPlan } from '../again.ts';
import { begin, beginOptions } from '../begin.ts';
import type { BeginArgs } from '../begin.ts';
import type { Deps } from '../deps.ts';
import { createVerb } from '../verb.ts';
import { ACTION } from '../options.ts';
import type { Run } from '../verb.ts';

export function retry(run: Run): Command {
  const help = {
    description: 'the plan of the last rollout of an action once more, after it was rolled back, rejected or undone',
    examples: ['retry RefundAssist --reason "the outage is over"'],
  };
  const verb = createVerb('retry', help).argument(...ACTION);
  return beginOptions(verb, { reason: 'may' }).action((action: string, options: BeginArgs) =>
    run((deps) => retryAction(deps, action, options)),
  );
}

async function retryAction(deps: Deps, action: string, args: BeginArgs): Promise<number> {
  const configurator = await deps.configurator();
  const { found, plan } = await lastPlan(configurator, action);
  const { version, outcome, rolloutId } = found;
  if (outcome === null && (await configurator.isRunning(rolloutWorkflowId(action), rolloutId)))
    throw new AssistError(
      'retry-refused',
      `${action} ${version} still runs.`,
      `\`assist-rollouts restart ${action} --reason ...\` aborts it and starts it from its first step.`,
    );
  const rollouts = await configurator.history(action);
  if ((outcome === 'promoted' || outcome === 'retired') && !isUndone(rollouts, found))
    throw new AssistError(
      'retry-refused',
      `The last rollout of ${action} (${version}) ended as ${outcome}: there is nothing to try again.`,
      'Start another plan with `assist-rollouts start <plan.yaml>`.',
    );
  assertNotHarmful(rollouts, found, args);
  return begin(deps, configurator, { plan }, args);
}

/** By an undo after it: what it brought does not serve any more. */
function isUndone(rollouts: readonly HistoryRow[], { rolloutId }: RegisteredVersion): boolean {
  const place = rollouts.findIndex((row) => row.rolloutId === rolloutId);
  return rollouts.slice(0, Math.max(place, 0)).some(({ outcome }) => outcome === 'undone');
}
