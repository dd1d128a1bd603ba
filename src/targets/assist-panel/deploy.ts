/** Find-or-create: however often it runs, there is one candidate, and nothing that serves is lowered. */
import type { CardVersion } from '../../domain/plan/plan.ts';
import type { TargetOf } from '../../domain/plan/target-schema.ts';
import type { Deployment } from '../../domain/rollout/deployment.ts';
import type { DrawnUnit } from '../../domain/split/turn.ts';
import type { Integrations } from '../../genesys/integrations.ts';
import type { Database } from '../../store/database.ts';
import { readSplits } from '../../store/panel/splits.ts';
import { publishVersion } from '../../store/panel/versions.ts';
import type { PanelVersion } from '../../store/panel/versions.ts';
import { cardOf } from '../card.ts';
import { TargetError } from '../target-error.ts';
import type { DeployRequest } from '../target.ts';
import { contentOf, contentSha256 } from './content.ts';
import { findArms, refuseOtherContent } from './find-arms.ts';
import { ensureIntegration } from './integration.ts';
import { changeSplit, KIND, readRows, refOf, servedAs, withArm } from './rows.ts';
import type { ActionRows, Writing } from './rows.ts';

export interface PanelDeps extends Writing {
  readonly integrations: Integrations;
  readonly panelUrl: string;
}

/** What can be refused without a write is refused before there is one. */
export async function deployPanel(deps: PanelDeps, request: DeployRequest): Promise<Deployment> {
  const { db, panelUrl, integrations } = deps;
  const action = cardOf(request.action);
  const target = targetOf(request);
  const { baseline, candidate: found } = findArms(await readRows(db, action.name), action, request.noCard);
  const { splits } = await readSplits(db);
  const own = splits.find((split) => split.action === action.name);
  const queues = [...new Set([...(own?.queues ?? []), ...queuesOf(target, action)])];
  const owned = splits.flatMap(({ integrationId }) => integrationId ?? []);
  const integrationId = await ensureIntegration(integrations, { panelUrl, queues, name: target.integration, owned });
  const candidate = found === null ? null : (found ?? (await publish(db, request, action)));
  // Read anew: others may have written while the organisation was asked.
  await place(deps, await readRows(db, action.name), {
    candidate,
    queues,
    integrationId,
    by: request.rolloutId,
    unit: target.unit ?? 'conversation',
  });
  return {
    target: KIND,
    actionName: action.name,
    baseline: baseline && refOf(baseline),
    candidate: candidate && refOf(candidate),
    ...(target.unit === 'agent' && { unit: target.unit }),
  };
}

function targetOf({ target }: DeployRequest): TargetOf<typeof KIND> {
  if (target.kind === KIND) return target;
  throw new TargetError('UnknownTarget', `The target ${KIND} was asked to deploy for ${target.kind}.`);
}

function queuesOf({ queues }: TargetOf<typeof KIND>, { trigger }: CardVersion): readonly string[] {
  return queues ?? trigger.conditions.filter(({ type }) => type === 'queue').map(({ id }) => id);
}

async function publish(db: Database, { rolloutId }: DeployRequest, action: CardVersion): Promise<PanelVersion> {
  const { name, version } = action;
  const published = await publishVersion(db, {
    action: name,
    version,
    content: contentOf(action),
    contentSha256: contentSha256(action),
    rolloutId,
  });
  refuseOtherContent(published, action);
  return published;
}

interface Placed {
  readonly candidate: PanelVersion | null;
  readonly queues: readonly string[];
  readonly integrationId: string;
  readonly by: string;
  readonly unit: DrawnUnit;
}

/** One that serves keeps what it serves; one that does not becomes a candidate at 0. */
async function place(
  deps: Writing,
  rows: ActionRows,
  { candidate, queues, integrationId, by, unit }: Placed,
): Promise<void> {
  // What was retired long ago is off without a word here.
  const arms = (rows.split?.arms ?? []).filter(({ enabled }) => enabled);
  const served = candidate && servedAs(rows.split, candidate.id);
  const isServing = served !== null && served.enabled && served.splitPercent > 0;
  const placed =
    candidate === null || isServing
      ? arms
      : withArm(arms, {
          versionId: candidate.id,
          group: 'candidate',
          enabled: true,
          splitPercent: 0,
          standsAlone: false,
        });
  const of = rows.split?.of ?? null;
  await changeSplit(deps, rows, { arms: placed, queues, integrationId, of, unit, changedBy: by });
}
