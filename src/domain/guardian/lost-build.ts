/** A rollout whose build nobody runs: no task of it is ever taken, so nothing that it is told has an effect. */
import { rolloutWorkflowId } from '../rollout/workflow-id.ts';
import type { GuardianFinding } from './finding.ts';
import type { Health } from './health.ts';
import type { Seen, SeenRun } from './seen.ts';

/** Null: somebody runs it, or its watch was heard of, so somebody did a moment ago. */
export function lostBuildFinding(
  { lostBuilds }: Pick<Seen, 'lostBuilds'>,
  action: string,
  run: SeenRun,
  health: Health,
): GuardianFinding | null {
  const { build } = run;
  if (build === undefined || !lostBuilds.has(build)) return null;
  if (run.watch !== null && health.kind !== 'blind') return null;
  const to = lostBuilds.get(build) ?? null;
  const common = {
    kind: 'lostBuild',
    action,
    rolloutId: run.runId,
    workflowId: rolloutWorkflowId(action),
    version: run.version,
    ripe: true,
    key: `lostBuild/${action}/${run.runId}/${build}`,
  } as const;
  const sentence = `The rollout of ${action} is on build ${build}, which nobody runs any more, so it does nothing`;
  return to === null
    ? {
        ...common,
        remedy: 'alarm',
        sentence: `${sentence}; no current build has workers by which it could go on.`,
        wayOut: 'Start workers of that build.',
      }
    : {
        ...common,
        remedy: 'move',
        to,
        sentence: `${sentence}.`,
        wayOut:
          `It goes on by ${to}, which replays what it has done; where it cannot, the baseline comes back. Keep the ` +
          'workers of a build until nothing is open on it: `assist-rollouts builds list`.',
      };
}
