/** Builds that open rollouts are on and nobody runs any more, and the build by which each of those can go on. */
import type { Client } from '@temporalio/client';
import { buildOf, buildText } from '../builds/build.ts';
import { buildPollers } from '../builds/pollers.ts';
import { moveRun, routingOf } from '../builds/routing.ts';
import type { SeenRun } from '../domain/guardian/seen.ts';
import { ROLLOUTS_QUEUE } from '../workflows/messages.ts';

/** Null: to no build, since none that is current has workers. Asks nothing where no run is on a build. */
export async function lostBuilds(
  client: Client,
  runs: Iterable<SeenRun | null>,
  nowMs: number,
): Promise<ReadonlyMap<string, string | null>> {
  const used = new Set([...runs].flatMap((run) => (run?.state === 'running' && run.build ? [run.build] : [])));
  if (used.size === 0) return new Map();
  const pollers = await buildPollers(client, ROLLOUTS_QUEUE, nowMs);
  const isRun = (text: string): boolean => pollers.some(({ build }) => build !== null && buildText(build) === text);
  const lost = [...used].filter((text) => !isRun(text));
  return new Map(
    await Promise.all(
      lost.map(async (text) => {
        const { deploymentName } = buildOf(text);
        const { current = null } = (await routingOf(client, deploymentName)) ?? {};
        const to = current === null ? null : buildText({ deploymentName, buildId: current });
        return [text, to !== null && isRun(to) ? to : null] as const;
      }),
    ),
  );
}

export async function moveTo(client: Client, workflowId: string, runId: string, to: string): Promise<void> {
  await moveRun(client, { workflowId, runId, to: buildOf(to), identity: 'guardian' });
}
