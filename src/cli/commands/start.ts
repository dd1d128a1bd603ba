/** `start`: starts the rollout of a plan, and follows it when asked. */
import { FROM_DISK, loadPlan } from '../../lint/lint.ts';
import { cardRules } from '../../compose/card-rules.ts';
import { printJson, printLines } from '../deps.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { EXIT } from '../exit-codes.ts';
import { watch } from './watch.ts';

export interface StartArgs extends JsonOption {
  readonly plan: string;
  readonly watch?: boolean;
  readonly by?: string;
  readonly reason?: string;
  /** Also a plan that cannot reach a verdict with the traffic of the last days. */
  readonly force?: boolean;
  readonly patience: number;
}

export async function start(deps: Deps, args: StartArgs): Promise<number> {
  const plan = await loadPlan(args.plan, { ...FROM_DISK, settings: cardRules(deps.env) });
  const by = args.by ?? deps.user;
  const ref = await deps.configurator().startRollout(plan, {
    by,
    ...(args.reason === undefined ? {} : { reason: args.reason }),
    ...(args.force === undefined ? {} : { force: args.force }),
  });
  const { name, version } = plan.action;
  if (args.json) printJson(deps.out, { kind: 'started', action: name, version, ...ref });
  else
    printLines(deps.out, [
      `Started ${ref.workflowId} (${name} ${version}), run ${ref.runId}`,
      ...(ref.url === null ? [] : [ref.url]),
      ...(args.watch ? [] : [howToFollow(name)]),
    ]);
  if (!args.watch) return EXIT.ok;
  return watch(deps, {
    action: name,
    runId: ref.runId,
    patience: args.patience,
    ...(args.json === undefined ? {} : { json: args.json }),
  });
}

function howToFollow(action: string): string {
  return `The organisation is asked first and may still reject it: follow it with assist-rollouts watch ${action}`;
}
