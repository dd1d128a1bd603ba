/** One rollout of the demo: start, follow to its end, and check by ourselves what came of it. */
import type { Configurator } from '../../configurator.ts';
import type { RolloutView } from '../../configurator/rollouts.ts';
import { loadPlan } from '../../lint/lint.ts';
import type { Outcome } from '../../workflows/messages.ts';
import type { ServedVersion } from './demo-target.ts';
import { provesOutcome } from './read-back.ts';
import { harmfulRows } from './summary.ts';
import type { DemoRollout } from './summary.ts';

/** Who watches the demo. */
export interface RolloutViewer {
  readonly by: string;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly onTrouble: (error: Error) => void;
  /** Where the views of a rollout are shown. */
  readonly openScreen: () => RolloutScreen;
  readonly announce: (what: {
    action: string;
    version: string;
    expected: Outcome;
    workflowId: string;
    runId: string;
    url: string | null;
  }) => void;
}

export interface OneRolloutOptions extends RolloutViewer {
  readonly configurator: Configurator;
  readonly served: (actionName: string) => Promise<readonly ServedVersion[]>;
  readonly planFile: string;
  readonly expected: Outcome;
}

interface RolloutScreen {
  show(view: RolloutView): void;
  end(view: RolloutView): void;
}

export async function oneRollout(options: OneRolloutOptions): Promise<DemoRollout> {
  const { now, configurator, expected } = options;
  const startedAt = now();
  const plan = await loadPlan(options.planFile);
  const { name, version } = plan.action;
  const ref = await configurator.startRollout(plan, { by: options.by, reason: 'demo' });
  options.announce({ action: name, version, expected, ...ref });
  const view = await toTheEnd(options, name, ref.runId);
  const { status } = view;
  const served = await options.served(name);
  const rolledBack = status.outcome === 'rolledBack';
  return {
    version,
    expected,
    outcome: status.outcome,
    provenByReadBack: provesOutcome(served, status.outcome, {
      candidate: version,
      baseline: status.baselineVersion,
    }),
    timeToSafetyMs: rolledBack ? (status.safety?.timeToSafetyMs ?? null) : null,
    reactionMs: rolledBack ? (status.safety?.reactionMs ?? null) : null,
    reason: status.reason,
    harm: harmfulRows(status.report),
    ...ref,
    seconds: Math.round((now() - startedAt) / 100) / 10,
  };
}

async function toTheEnd(
  { configurator, openScreen, signal, onTrouble }: OneRolloutOptions,
  actionName: string,
  runId: string,
): Promise<RolloutView> {
  const screen = openScreen();
  let last: RolloutView | undefined;
  for await (const view of configurator.followRollout(actionName, { runId, signal, onTrouble })) {
    screen.show(view);
    last = view;
  }
  signal.throwIfAborted();
  if (last === undefined) throw new Error(`The rollout of ${actionName} was never seen.`);
  screen.end(last);
  return last;
}
