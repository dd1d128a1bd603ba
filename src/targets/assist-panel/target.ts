/**
 * The target `assistPanel`: versions and splits are rows of ours, which panel processes serve to pages that an
 * integration of the organisation frames beside each conversation.
 */
import type { Arm } from '../../domain/judge/types.ts';
import { noCardArm } from '../../domain/rollout/deployment.ts';
import type { Deployment } from '../../domain/rollout/deployment.ts';
import { isSameAudience, membershipsOf } from '../../domain/split/audience.ts';
import type { Audience } from '../../domain/split/audience.ts';
import { servingOutside } from '../../domain/split/turn.ts';
import type { SeenVersion } from '../../domain/split/seen-version.ts';
import { retireBaselineWrites, retireCandidateWrites, splitWrites } from '../../domain/split/writes.ts';
import type { ServedArms, SplitWrite } from '../../domain/split/writes.ts';
import type { Urgency } from '../../genesys/token-bucket.ts';
import type { Database } from '../../store/database.ts';
import type { PanelArm } from '../../store/panel/splits.ts';
import { readMembers } from '../../store/panel/members.ts';
import { readSplits } from '../../store/panel/splits.ts';
import { versionsOfAction } from '../../store/panel/versions.ts';
import { cardOf } from '../card.ts';
import { conditionIds } from '../condition-ids.ts';
import { isWholeOrOff, stateOf } from '../served-state.ts';
import { TargetError } from '../target-error.ts';
import type { Target, TargetAdapter, TargetDeps, TargetState } from '../target.ts';
import { audienceTroubles } from './audience.ts';
import { contentSha256, documentOf, fingerprintOf } from './content.ts';
import { deployPanel } from './deploy.ts';
import type { PanelDeps } from './deploy.ts';
import { createPanelEvents } from './events.ts';
import { proveServed } from './proof.ts';
import { changeSplit, checkedVersion, KIND, readRows, seenOf, servedArms, withArm } from './rows.ts';
import type { ActionRows } from './rows.ts';
import { describeStanding, listServing } from './surroundings.ts';

export const assistPanel: TargetAdapter = {
  open: (deps) => ({
    kind: KIND,
    ...createTarget(deps),
    describe: async ({ action, noCard }) => describeStanding(storeOf(deps), cardOf(action), noCard),
    listServing: async () => (deps.db === null ? [] : listServing(deps.db)),
    events: createPanelEvents(() => panelOf(deps)),
    audienceTroubles: (of) => audienceTroubles(deps.client, of),
    conditionIds: (trigger) => conditionIds(deps.client.routing, trigger),
  }),
  documentOf: ({ action }) => documentOf(cardOf(action)),
  contentSha256: ({ action }) => contentSha256(cardOf(action)),
};

function createTarget(deps: TargetDeps): Target {
  return {
    deploy: async (request) => deployPanel(panelOf(deps), request),
    survey: async (actionName) => (deps.db === null ? [] : survey(deps.db, actionName)),
    setSplit: async (deployment, percent, urgency, of = null) => {
      if (of !== null) await readMembers(storeOf(deps), deps.client.people, membershipsOf(of));
      await rewrite(deps, deployment, (arms) => splitWrites(arms, percent), { urgency, of });
    },
    readBack: (deployment, urgency = 'normal') => readBack(deps, deployment, urgency),
    retire: async (deployment, which, urgency) =>
      rewrite(deps, deployment, which === 'baseline' ? retireBaselineWrites : retireCandidateWrites, { urgency }),
  };
}

function storeOf({ db }: TargetDeps): Database {
  if (db !== null) return db;
  throw new TargetError(
    'PanelNotConfigured',
    'The target assistPanel keeps versions and splits in the database, and there is none here. Set DATABASE_URL.',
  );
}

function panelOf(deps: TargetDeps): PanelDeps {
  const { client, panelUrl, confirmCurrent } = deps;
  const db = storeOf(deps);
  if (panelUrl !== null) return { integrations: client.integrations, db, panelUrl, confirmCurrent };
  throw new TargetError(
    'PanelNotConfigured',
    'The target assistPanel frames a page of ours, and nobody says where it is. Set PANEL_PUBLIC_URL to the https:// URL at ' +
      'which agents reach the panel.',
  );
}

async function survey(db: Database, actionName: string | null): Promise<readonly SeenVersion[]> {
  const { splits } = await readSplits(db);
  const versions = await versionsOfAction(db, actionName);
  return versions.map((version) => seenOf(version, splits.find(({ action }) => action === version.action) ?? null));
}

const EMPTY = { arms: [], queues: [], integrationId: null, unit: 'conversation' } as const;

/** One transaction, and nothing of the organisation: a roll back waits for nobody's answer. */
async function rewrite(
  deps: TargetDeps,
  deployment: Deployment,
  plan: (arms: ServedArms) => readonly SplitWrite[],
  { urgency, of = null }: { readonly urgency: Urgency | undefined; readonly of?: Audience | null },
): Promise<void> {
  const db = storeOf(deps);
  const rows = await readRows(db, deployment.actionName);
  const writes = plan(servedArms(rows, deployment));
  if (writes.length === 0 && isSameAudience(rows.split?.of ?? null, of)) return;
  const { arms, queues, integrationId, unit } = rows.split ?? EMPTY;
  const to = {
    arms: writes.reduce<readonly PanelArm[]>((before, write) => withArm(before, armOf(rows, deployment, write)), arms),
    queues,
    integrationId,
    of,
    unit,
    changedBy: versionOf(rows, deployment)?.rolloutId ?? deployment.actionName,
  };
  await changeSplit({ ...deps, db }, rows, to, urgency);
}

/** Only what was checked may serve; anything may be taken out of service. */
function armOf(rows: ActionRows, deployment: Deployment, { arm, to }: SplitWrite): PanelArm {
  const isToServe = to.enabled && to.splitPercent > 0;
  const versionId = isToServe ? checkedVersion(rows, deployment, arm).id : (deployment[arm]?.id ?? '');
  const standsAlone = noCardArm(deployment) !== null && !isWholeOrOff(to);
  return { versionId, group: to.group, enabled: to.enabled, splitPercent: to.splitPercent, standsAlone };
}

/** Whose rollout it is. */
function versionOf({ versions }: ActionRows, { candidate, baseline }: Deployment) {
  return versions.find(({ id }) => id === (candidate ?? baseline)?.id);
}

async function readBack(deps: TargetDeps, deployment: Deployment, urgency: Urgency): Promise<TargetState> {
  const db = storeOf(deps);
  const rows = await readRows(db, deployment.actionName);
  if (rows.split !== null) await proveServed(db, rows.split, urgency === 'safety' ? null : panelOf(deps));
  const prints = { candidate: printOf(rows, deployment, 'candidate'), baseline: printOf(rows, deployment, 'baseline') };
  const state = stateOf(servedArms(rows, deployment), prints);
  const of = rows.split?.of ?? null;
  const isServedOutside = of === null || servingOutside(rows.split?.arms ?? []) !== undefined;
  return { ...state, covered: state.covered && isServedOutside, of, correlationId: null };
}

function printOf({ versions }: ActionRows, deployment: Deployment, arm: Arm) {
  const found = versions.find(({ id }) => id === deployment[arm]?.id);
  return found === undefined ? null : fingerprintOf(found.content);
}
