/** Starts the rollouts and waits until each is watched, as seen from outside. */
import type { Configurator } from '../../src/configurator.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { rolloutWorkflowId } from '../../src/workflows/messages.ts';
import type { OrganisationApi } from '../lib/organisation.ts';
import { inLanes, sleep } from './lanes.ts';
import type { TemporalLook } from './temporal-look.ts';
import { whyUnwatched } from './temporal-look.ts';
import type { Pair, Traffic } from './traffic.ts';

export interface StartUp {
  readonly watched: number;
  readonly serving: number;
  /** Until all were watched; null: not within the patience. */
  readonly allWatchedMs: number | null;
  readonly perSecond: number;
  readonly pairs: ReadonlyMap<string, Pair>;
}

export interface StartUpParts {
  readonly configurator: Configurator;
  readonly organisation: OrganisationApi;
  readonly temporal: TemporalLook;
  readonly traffic: Traffic;
  readonly say: (line: string) => void;
}

const LANES = 8;
const LOOK_MS = 2_000;

export async function startUp(parts: StartUpParts, plans: readonly Plan[], patienceMs: number): Promise<StartUp> {
  const ids = plans.map(({ action }) => rolloutWorkflowId(action.name));
  const startedAtMs = Date.now();
  await inLanes(LANES, plans, (plan) => parts.configurator.startRollout(plan, { by: 'bench', reason: 'scale' }));
  parts.say(`${plans.length} rollouts started after ${seconds(startedAtMs)} s`);
  const pairs = new Map<string, Pair>();
  for (;;) {
    for (const pair of await servedPairs(parts.organisation, plans)) {
      if (pairs.has(pair.action)) continue;
      pairs.set(pair.action, pair);
      parts.traffic.add(pair);
    }
    const looks = await parts.temporal.lookAt(ids);
    const watched = looks.filter((look) => look.watched).length;
    const elapsedMs = Date.now() - startedAtMs;
    parts.say(
      `${seconds(startedAtMs)} s: ${pairs.size} serve both versions, ${watched} are watched; ` +
        whyUnwatched(looks).join('; '),
    );
    const all = watched === plans.length;
    if (all || elapsedMs > patienceMs) {
      return {
        watched,
        serving: pairs.size,
        pairs,
        allWatchedMs: all ? elapsedMs : null,
        perSecond: Math.round((10_000 * watched) / elapsedMs) / 10,
      };
    }
    await sleep(LOOK_MS);
  }
}

/** Actions of which half of the conversations see the plan's version. */
async function servedPairs(organisation: OrganisationApi, plans: readonly Plan[]): Promise<Pair[]> {
  const byName = new Map((await organisation.versions()).map((version) => [version.name, version]));
  return plans.flatMap(({ action: { name, version } }) => {
    const [baseline, candidate] = ['1.0.0', version].map((one) => byName.get(`${name} v${one}`));
    return baseline && candidate?.enabled && candidate.metadata.traffic_split === 50
      ? [{ action: name, baselineId: baseline.id, candidateId: candidate.id }]
      : [];
  });
}

function seconds(sinceMs: number): number {
  return Math.round((Date.now() - sinceMs) / 1000);
}
