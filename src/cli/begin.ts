/** A plan is started: said, and followed when asked. Of every verb that starts one. */
import type { Command } from 'commander';
import { apiUrl } from '../compose/api-client.ts';
import { readConfig } from '../config.ts';
import type { Configurator } from '../configurator.ts';
import { errorBudgetSentence } from '../domain/plan/error-budget.ts';
import type { Plan } from '../domain/plan/plan.ts';
import { targetOfDev } from '../local/dev-beside.ts';
import { watchRollout } from './commands/watch.ts';
import { printJson, printLines } from './deps.ts';
import type { Deps, JsonOption } from './deps.ts';
import type { RolloutRef } from '../configurator/rollouts.ts';
import { startCode, startWord, startWordText } from './start-word.ts';
import { BY, DRY_RUN, HELD_FOR, heldFor, reasonText } from './options.ts';
import type { HeldForOptions } from './options.ts';
import { showDryRun } from './dry-run.ts';
import { stepLines } from './view/step-lines.ts';

export interface BeginArgs extends JsonOption, HeldForOptions {
  readonly by?: string;
  readonly reason?: string;
  /** Also a plan that cannot reach a verdict with the traffic of the last days. */
  readonly force?: boolean;
  readonly watch?: boolean;
  readonly dryRun?: boolean;
}

/** What every verb takes that starts a plan. A restart also ends one, so it says why. */
export function beginOptions(verb: Command, { reason }: { readonly reason: 'may' | 'must' }): Command {
  const why = ['--reason <text>', 'why; stands in the audit log', reasonText] as const;
  return (reason === 'must' ? verb.requiredOption(...why) : verb.option(...why))
    .option(...BY)
    .option('--force', 'even a version that was proven harmful (with --reason), or a plan that can reach no verdict')
    .option(...DRY_RUN)
    .option('--watch', 'follow it to its end')
    .option(...HELD_FOR)
    .option('--json', 'JSON on stdout');
}

interface Begun {
  readonly plan: Plan;
  /** Those that the plan was expanded to. */
  readonly steps?: Parameters<typeof stepLines>[0];
  /** What has to be done before: the one that runs is aborted. */
  readonly first?: () => Promise<unknown>;
}

export async function begin(
  deps: Deps,
  configurator: Configurator,
  { plan, steps, first }: Begun,
  args: BeginArgs,
): Promise<number> {
  const act = {
    by: args.by ?? deps.user,
    ...(args.reason !== undefined && { reason: args.reason }),
    ...(args.force !== undefined && { force: args.force }),
  };
  await warnOfOtherTarget(deps, plan);
  if (args.dryRun === true)
    return showDryRun(deps, plan, {
      answer: await configurator.dryRun(plan, act),
      replaces: first !== undefined,
      ...args,
    });
  await first?.();
  const ref = await configurator.startRollout(plan, act);
  const { name, version } = plan.action;
  const started = { kind: 'started', action: name, version, target: plan.target.kind, ...ref, ...(steps && { steps }) };
  if (!args.json)
    printLines(deps.out, [
      `Started ${ref.workflowId} (${name} ${version} on ${plan.target.kind}), run ${ref.runId}`,
      ...(ref.url === null ? [] : [ref.url]),
      ...stepLines(steps),
      errorBudgetSentence(plan),
    ]);
  if (args.watch !== true) return hearStart(deps, configurator, { ref, name, started }, args);
  if (args.json) printJson(deps.out, started);
  return watchRollout(deps, {
    action: name,
    runId: ref.runId,
    heldFor: heldFor(deps, args),
    ...(args.json === undefined ? {} : { json: args.json }),
  });
}

/** Nobody would see a card: the agents of `dev` work on the target that it was started for. */
async function warnOfOtherTarget({ env, out }: Deps, { target }: Plan): Promise<void> {
  if (apiUrl(env) !== null) return;
  const { home, temporal } = readConfig(env);
  const there = await targetOfDev(home, temporal.address);
  if (there === null || there === target.kind) return;
  out.stderr(
    `warning The plan is for ${target.kind}, and the \`dev\` that runs here shows cards on ${there}: none of this plan ` +
      `will come. Start it with dev --target ${target.kind}, or write target: { kind: ${there} }.\n`,
  );
}

interface Started {
  readonly ref: RolloutRef;
  readonly name: string;
  /** As --json tells it. */
  readonly started: object;
}

async function hearStart(
  deps: Deps,
  configurator: Configurator,
  { ref, name, started }: Started,
  { json }: JsonOption,
): Promise<number> {
  const view = await startWord(deps, configurator, name, ref);
  const { phase = 'validating', outcome = null, reason = '' } = view?.status ?? {};
  if (json) printJson(deps.out, { ...started, phase, outcome, ...(outcome !== null && { reason }) });
  else printLines(deps.out, [startWordText(view, name)]);
  return startCode(view);
}
