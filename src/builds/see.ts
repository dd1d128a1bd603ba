/** Each build as a person sees it: its share of new rollouts, what is open on it, and who runs it. */
import type { Client } from '@temporalio/client';
import { UNVERSIONED } from './build.ts';
import type { BuildPoller } from './pollers.ts';
import { buildPollers } from './pollers.ts';
import type { KnownBuild, Routing } from './routing.ts';
import { routingOf } from './routing.ts';
import { countOpen } from './running.ts';

export interface ShownBuild {
  /** `unversioned`: workers that say none. */
  readonly build: string;
  /**
   * `current`: new rollouts go to it; `ramping`: a share of them does; `draining`: only what began on it; `drained`:
   * nothing is open on it; `idle`: nothing was ever sent to it.
   */
  readonly state: 'current' | 'ramping' | 'draining' | 'drained' | 'idle';
  /** Of new rollouts. */
  readonly percent: number;
  readonly openRollouts: number;
  /** What its workers call themselves. */
  readonly workers: readonly string[];
  readonly seenSince: string | null;
}

export interface Builds {
  readonly deployment: string;
  readonly builds: readonly ShownBuild[];
  /** Who last changed where new rollouts go. */
  readonly changedBy: string;
}

/** Null: no worker of that name has ever polled. */
export async function seeBuilds(
  client: Client,
  { deployment, taskQueue, nowMs }: { readonly deployment: string; readonly taskQueue: string; readonly nowMs: number },
): Promise<Builds | null> {
  const routing = await routingOf(client, deployment);
  if (routing === null) return null;
  const pollers = await buildPollers(client, taskQueue, nowMs);
  const versioned = await Promise.all(
    routing.builds.map(async (known) => {
      const { buildId } = known;
      const openRollouts = await countOpen(client, { deploymentName: deployment, buildId });
      return shown(routing, known, openRollouts, namesOf(pollers, deployment, buildId));
    }),
  );
  const unversioned = shown(
    routing,
    { buildId: null, seenSinceMs: null, drainage: null },
    await countOpen(client, null),
    pollers.filter(({ build }) => build === null).map(nameOf),
  );
  const { state, openRollouts, workers } = unversioned;
  const isUsed = state === 'current' || state === 'ramping' || openRollouts > 0 || workers.length > 0;
  return { deployment, builds: [...(isUsed ? [unversioned] : []), ...versioned], changedBy: routing.changedBy };
}

/** Something is to go on by it, and nobody runs it. */
export function isLost({ state, openRollouts, workers }: ShownBuild): boolean {
  return workers.length === 0 && (openRollouts > 0 || state === 'current' || state === 'ramping');
}

function namesOf(pollers: readonly BuildPoller[], deployment: string, buildId: string): readonly string[] {
  return pollers.filter(({ build }) => build?.deploymentName === deployment && build.buildId === buildId).map(nameOf);
}

function nameOf({ identity }: BuildPoller): string {
  return identity.split(' ')[0] ?? '';
}

type Known = Omit<KnownBuild, 'buildId'> & { readonly buildId: string | null };

function shown(
  { current, ramping, rampPercent }: Routing,
  { buildId, drainage, seenSinceMs }: Known,
  openRollouts: number,
  workers: readonly string[],
): ShownBuild {
  const isRamping = (buildId ?? UNVERSIONED) === ramping;
  const isCurrent = buildId === current;
  const left = openRollouts > 0 ? 'draining' : (drainage ?? 'idle');
  return {
    build: buildId ?? UNVERSIONED,
    state: isCurrent ? 'current' : isRamping ? 'ramping' : left,
    percent: isCurrent ? 100 - (ramping === null ? 0 : rampPercent) : isRamping ? rampPercent : 0,
    openRollouts,
    workers,
    seenSince: seenSinceMs === null ? null : new Date(seenSinceMs).toISOString(),
  };
}
