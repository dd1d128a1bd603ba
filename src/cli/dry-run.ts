/** `--dry-run` of every verb that starts a plan: what it would do, in the words and by the exit codes of a start. */
import type { DryRun } from '../configurator/dry-run.ts';
import type { StartAct } from '../configurator/start.ts';
import type { Plan } from '../domain/plan/plan.ts';
import { mapAtOnce } from '../domain/shared/at-once.ts';
import { memberId } from '../domain/waves/plan.ts';
import type { WavesPlan } from '../domain/waves/plan.ts';
import { stepLabel } from '../domain/plan/steps/steps.ts';
import { printJson, printLines } from './deps.ts';
import type { Deps, JsonOption } from './deps.ts';
import { EXIT } from './exit-codes.ts';
import { dryRunLines } from './view/dry-run-view.ts';

interface Shown extends JsonOption {
  readonly answer: DryRun;
  /** What runs is aborted first. */
  readonly replaces: boolean;
}

export function showDryRun({ out }: Pick<Deps, 'out'>, plan: Plan, { answer, replaces, json }: Shown): number {
  const code = exitCodeOfDryRun(answer, replaces);
  const steps = plan.steps.map(stepLabel);
  if (json) printJson(out, { kind: 'dryRun', wouldStart: code === EXIT.ok, replaces, steps, ...answer });
  else printLines(out, dryRunLines(plan, { answer, replaces, wouldStart: code === EXIT.ok }));
  return code;
}

/** A start beside another is refused before a worker hears of it. */
function exitCodeOfDryRun({ running, refusal, problems, around }: DryRun, replaces: boolean): number {
  if (running !== null && !replaces) return EXIT.refused;
  // What is aborted first does not stand in the way any more.
  const standsInTheWay = running === null && around?.standing.refused === true;
  const isRejected = refusal !== null || problems.some(({ severity }) => severity === 'error') || standsInTheWay;
  return isRejected ? EXIT.badInput : EXIT.ok;
}

const AT_ONCE = 3;

/** Each member as a start of its own would go. */
export async function showDryRunOfWaves(
  deps: Deps,
  waves: WavesPlan,
  act: StartAct,
  { json }: JsonOption,
): Promise<number> {
  const configurator = await deps.configurator();
  const running = await configurator.runningWaves(waves.name);
  const all = waves.waves.flatMap((wave) => wave.members);
  // The worker of another organisation is another: it answers for its own members.
  const elsewhere = all.filter(({ organisation }) => organisation !== undefined).map(memberId);
  const plans = all.flatMap(({ plan, organisation }) => (organisation === undefined ? [plan] : []));
  const members = await mapAtOnce(plans, AT_ONCE, async (plan) => ({
    plan,
    answer: await configurator.dryRun(plan, act),
  }));
  const codes = members.map(({ answer }) => exitCodeOfDryRun(answer, false));
  const code = running === null ? Math.max(EXIT.ok, ...codes) : EXIT.refused;
  if (json) {
    const told = members.map(({ answer }, at) => ({ wouldStart: codes[at] === EXIT.ok, ...answer }));
    printJson(deps.out, {
      kind: 'wavesDryRun',
      name: waves.name,
      wouldStart: code === EXIT.ok,
      running,
      members: told,
      notAsked: elsewhere,
    });
    return code;
  }
  const what = code === EXIT.ok ? 'would start' : 'would not go through as they stand';
  const beside = running === null ? [] : [`Waves of that name run already (run ${running.runId}): a start is refused.`];
  printLines(deps.out, [
    `waves ${waves.name} ${what}. Nothing was started or changed.`,
    ...beside,
    ...elsewhere.map((id) => `${id} is in another organisation, and was not asked for.`),
    ...members.flatMap(({ plan, answer }, at) => [
      '',
      ...dryRunLines(plan, { answer, replaces: false, wouldStart: codes[at] === EXIT.ok }),
    ]),
  ]);
  return code;
}
