/** A rollout, or waves, whose build nobody runs: no task of it is ever taken, so nothing that it is told has an effect. */
import { rolloutWorkflowId } from '../rollout/workflow-id.ts';
import type { GuardianFinding } from './finding.ts';
import type { Health } from './health.ts';
import { isDeserted } from './health.ts';
import { unwatched } from './named.ts';
import type { Seen, SeenRun, SeenServing } from './seen.ts';

type Lost = Pick<Seen, 'lostBuilds'>;

/** Null: somebody runs it, or its watch was heard of, so somebody did a moment ago. */
export function lostBuildFinding(
  { lostBuilds }: Lost,
  action: string,
  run: SeenRun,
  { health, ours }: { readonly health: Health; readonly ours: readonly SeenServing[] },
): GuardianFinding | null {
  const { build } = run;
  if (build === undefined || !lostBuilds.has(build) || !isDeserted(run, health)) return null;
  const to = lostBuilds.get(build) ?? null;
  return {
    kind: 'lostBuild',
    action,
    rolloutId: run.runId,
    workflowId: rolloutWorkflowId(action),
    version: run.version,
    ripe: true,
    key: `lostBuild/${action}/${run.runId}/${build}`,
    ...remedyOf(`The rollout of ${action} is`, build, to, 'the baseline comes back'),
    // Nobody watches what it has put before agents, and nobody will.
    ...(to === null &&
      ours.length > 0 && {
        remedy: 'restore' as const,
        ...unwatched(
          action,
          ours,
          `its rollout is on build ${build}, which nobody runs any more, and no current build has workers by which it could go on`,
        ),
      }),
  };
}

/** Their rollouts are found each by itself: what is before agents is watched without them. */
export function lostBuildOfWaves({ lostBuilds, waves }: Lost & Pick<Seen, 'waves'>): GuardianFinding[] {
  return [...waves].flatMap(([name, run]) => {
    if (run?.state !== 'running' || run.build === undefined || !lostBuilds.has(run.build)) return [];
    const { build, runId } = run;
    return [
      {
        kind: 'lostBuild',
        action: null,
        rolloutId: null,
        waves: { name, runId },
        version: null,
        ripe: true,
        key: `lostBuild/waves/${name}/${runId}/${build}`,
        ...remedyOf(
          `The waves ${name} are`,
          build,
          lostBuilds.get(build) ?? null,
          'no further wave begins, and its rollouts end each by itself',
        ),
      },
    ];
  });
}

function remedyOf(
  what: string,
  build: string,
  to: string | null,
  otherwise: string,
): Pick<GuardianFinding, 'remedy' | 'to' | 'sentence' | 'wayOut'> {
  const sentence = `${what} on build ${build}, which nobody runs any more, so nothing is done`;
  return to === null
    ? {
        remedy: 'alarm',
        sentence: `${sentence}; no current build has workers by which it could go on.`,
        wayOut: 'Start workers of that build.',
      }
    : {
        remedy: 'move',
        to,
        sentence: `${sentence}.`,
        wayOut:
          `It goes on by ${to}, which replays what was done; where it cannot, ${otherwise}. Keep the ` +
          'workers of a build until nothing is open on it: `assist-rollouts builds list`.',
      };
}
