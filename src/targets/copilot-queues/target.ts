/**
 * The target `copilotQueues`: the versions are assistants of the organisation, and the split is which queues, or which
 * agents of queues, have the candidate. Neither has a version there: what a rollout left is a row of ours.
 */
import type { Arm } from '../../domain/judge/types.ts';
import type { PlanTarget, TargetOf } from '../../domain/plan/target-schema.ts';
import { baselineBeside } from '../../domain/split/writes.ts';
import type { SeenVersion, StrayedFrom } from '../../domain/split/seen-version.ts';
import { achievedShare } from '../../domain/rollout/shares.ts';
import type { Deployment, VersionRef } from '../../domain/rollout/deployment.ts';
import type { Urgency } from '../../genesys/token-bucket.ts';
import {
  changeCopilotSplit,
  copilotRowOf,
  copilotRows,
  copilotRowsOfOpen,
  epochBefore,
  saveCopilotDeployment,
} from '../../store/copilot.ts';
import type { CopilotRow } from '../../store/copilot.ts';
import type { Database } from '../../store/database.ts';
import { sha256Of } from '../../domain/shared/content-hash.ts';
import { PartlySeen } from '../partly-seen.ts';
import { copilotEvents } from '../copilot-events.ts';
import { TargetError, writtenByOther } from '../target-error.ts';
import type { ArmState, DeployRequest, Target, TargetAdapter, TargetDeps, TargetState } from '../target.ts';
import { agentsState, moveAgents } from './agents.ts';
import { isOfOne } from './each.ts';
import { readPresent } from './assistants.ts';
import type { ReadArm } from './assistants.ts';
import { deployAgents } from './deploy-agents.ts';
import { deployQueues } from './deploy.ts';
import { describeStanding } from './describe.ts';
import { assignedIn } from './given.ts';
import { refuseTaken } from './taken.ts';
import { handleOf } from './handle.ts';
import { moveQueues, placesOf, placesSeen, stateOf } from './queues.ts';

export const copilotQueues: TargetAdapter = {
  open: (deps) => ({
    kind: 'copilotQueues',
    ...createTarget(deps),
    describe: ({ target, action }) => describeStanding(deps, ofQueues(target), action),
    listServing: () => Promise.resolve([]),
    conditionIds: () => Promise.resolve({ unknown: [], hidden: [], missing: [] }),
    events: copilotEvents(deps.db),
  }),
  documentOf: ({ target, action }) => ({ name: action.name, version: action.version, ...ofQueues(target) }),
  contentSha256: ({ target }) => sha256Of(ofQueues(target).pairs.map(({ queue, candidate }) => [queue, candidate])),
};

function ofQueues(target: PlanTarget): TargetOf<'copilotQueues'> {
  if (target.kind === 'copilotQueues') return target;
  throw new TargetError('UnknownTarget', `A plan for ${target.kind} was given to copilotQueues.`);
}

function createTarget(deps: TargetDeps): Target {
  return {
    deploy: (request) => deploy(deps, request),
    survey: (actionName, urgency) => survey(deps, actionName, urgency),
    setSplit: (deployment, percent, urgency) => setSplit(deps, deployment, { percent, urgency, retired: null }),
    readBack: (deployment, urgency) => readBack(deps, deployment, urgency),
    retire: (deployment, which, urgency) =>
      setSplit(deps, deployment, { percent: which === 'baseline' ? 100 : 0, urgency, retired: which }),
  };
}

function storeOf({ db }: TargetDeps): Database {
  if (db !== null) return db;
  throw new TargetError(
    'NoStore',
    'What a rollout of assistants left in the organisation is kept in the store, and there is none here. Set ' +
      'DATABASE_URL, or let a worker do it.',
  );
}

async function deploy(deps: TargetDeps, request: DeployRequest): Promise<Deployment> {
  const db = storeOf(deps);
  const known = await copilotRowOf(db, request.action.name);
  if (known?.rolloutId === request.rolloutId) return known.deployment;
  const target = ofQueues(request.target);
  const refuse = (rows: readonly CopilotRow[]): void => refuseTaken(rows, { actionName: request.action.name, target });
  // What its split did to the queue would be refused first, by a message that tells of another way out.
  refuse(await copilotRows(db));
  const made =
    target.unit === 'agent'
      ? await deployAgents(deps.client, { ...request, target }, deps.now())
      : await deployQueues(deps.client, { ...request, target }, known, deps.now());
  return saveCopilotDeployment(db, request.rolloutId, made, refuse);
}

interface Move {
  /** 0..100 */
  readonly percent: number;
  readonly urgency: Urgency | undefined;
  readonly retired: Arm | null;
}

/** The row follows what was written, so that it never says that somebody has what they were not given. */
async function setSplit(deps: TargetDeps, deployment: Deployment, { percent, urgency, retired }: Move): Promise<void> {
  const handle = handleOf(deployment);
  const db = storeOf(deps);
  const seen = await epochBefore(db, deployment, { retired });
  if (handle.unit === 'agent') await moveAgents(deps.client, deployment, handle, percent, urgency);
  else await moveQueues(deps.client, deployment, handle, percent, urgency);
  await deps.confirmCurrent?.(urgency ?? 'normal');
  const epoch = await changeCopilotSplit(db, deployment, { splitPercent: percent, retired }, seen);
  if (epoch === null) throw writtenByOther(deployment.actionName);
}

interface Seen {
  readonly candidateShare: number;
  /** Anybody has the candidate, or the baseline. */
  readonly serves: Readonly<Record<Arm, boolean>>;
  readonly covered: boolean;
  readonly contents: Readonly<Record<Arm, ReadArm | null>>;
  /** What another hand gave to neither arm. */
  readonly astray: StrayedFrom | null;
}

/** `written`: the split of the row, 0..100, which is expected; null: it is to be proven. */
async function see(
  { client }: TargetDeps,
  deployment: Deployment,
  urgency: Urgency | undefined,
  written: number | null,
): Promise<Seen> {
  const handle = handleOf(deployment);
  const contentOf = (ids: readonly string[]): Promise<ReadArm | null> => readPresent(client.assistants, ids, urgency);
  if (handle.unit === 'agent') {
    const [assigned, candidate] = await Promise.all([
      assignedIn(client, handle, urgency),
      contentOf(Object.values(handle.assistants)),
    ]);
    const { candidateShare, isAnybody, astray } = agentsState(handle, assigned);
    const serves = { candidate: isAnybody, baseline: false };
    return {
      candidateShare,
      serves,
      covered: candidateShare === 100,
      contents: { candidate, baseline: null },
      astray,
    };
  }
  const [placed, candidate, baseline] = await Promise.all([
    written === null
      ? placesOf(client, handle, urgency)
      : placesSeen(client, handle, achievedShare(deployment, written), urgency),
    contentOf(handle.queues.map((queue) => queue.candidate)),
    contentOf(handle.queues.map((queue) => queue.baseline)),
  ]);
  const { candidateShare, covered, astray } = stateOf(placed);
  const has = (arm: Arm): boolean => placed.some(({ place }) => place === arm);
  const serves = { candidate: has('candidate'), baseline: has('baseline') };
  return { candidateShare, serves, covered, contents: { candidate, baseline }, astray };
}

async function readBack(deps: TargetDeps, deployment: Deployment, urgency: Urgency | undefined): Promise<TargetState> {
  const { candidateShare, serves, covered, contents } = await see(deps, deployment, urgency, null);
  const armOf = (arm: Arm, splitPercent: number): ArmState | null =>
    deployment[arm] && {
      servesHere: serves[arm],
      splitPercent,
      fingerprint: contents[arm]?.missing.length === 0 ? contents[arm].fingerprint : null,
    };
  return {
    candidate: armOf('candidate', candidateShare),
    baseline: armOf('baseline', baselineBeside(candidateShare).splitPercent),
    effectiveSplitPercent: candidateShare,
    covered,
    correlationId: null,
  };
}

async function survey(
  deps: TargetDeps,
  actionName: string | null,
  urgency: Urgency | undefined,
): Promise<readonly SeenVersion[]> {
  const { db } = deps;
  if (db === null) return [];
  if (actionName === null) return surveyAll(deps, (await copilotRowsOfOpen(db)).filter(isOurs), urgency);
  const row = await copilotRowOf(db, actionName);
  return isOurs(row) ? seenVersions(deps, row, urgency) : [];
}

async function surveyAll(
  deps: TargetDeps,
  rows: readonly CopilotRow[],
  urgency: Urgency | undefined,
): Promise<readonly SeenVersion[]> {
  const looks = await Promise.allSettled(rows.map((row) => seenVersions(deps, row, urgency)));
  const seen = looks.flatMap((look) => (look.status === 'fulfilled' ? look.value : []));
  const unseen = looks.flatMap((look, at) =>
    look.status === 'rejected' ? [{ action: rows[at]?.action ?? '', error: look.reason as unknown }] : [],
  );
  const ofAll = unseen.find(({ error }) => !isOfOne(error));
  if (ofAll !== undefined) throw ofAll.error;
  if (unseen.length > 0) throw new PartlySeen(seen, unseen);
  return seen;
}

function isOurs(row: CopilotRow | null): row is CopilotRow {
  return row?.deployment.target === 'copilotQueues';
}

/** As a listing of versions would show them: a queue that another hand gave away is not the candidate's. */
async function seenVersions(
  deps: TargetDeps,
  { deployment, retired, rolloutId, splitPercent: asked, changedAt }: CopilotRow,
  urgency: Urgency | undefined,
): Promise<readonly SeenVersion[]> {
  const { candidateShare, contents, astray } = await see(deps, deployment, urgency, asked);
  // The row follows what was written: its way back was begun, or done by hands, and nobody has proven it.
  const isHalfBack = retired === null && asked > 0 && candidateShare === 0;
  const common = {
    target: 'copilotQueues' as const,
    actionName: deployment.actionName,
    rolloutId,
    handle: deployment.handle,
  };
  const seenOf = (arm: Arm, ref: VersionRef | null, splitPercent: number): SeenVersion[] => {
    const read = contents[arm];
    if (ref === null || read === null) return [];
    const isControl = arm === 'baseline' || retired === 'baseline';
    return [
      {
        ...common,
        id: ref.id,
        version: ref.version,
        group: isControl ? 'control' : 'candidate',
        enabled: retired !== arm,
        splitPercent,
        fingerprint: read.fingerprint,
        standsAlone: deployment.baseline === null && retired === null && (candidateShare > 0 || isHalfBack),
        changedAt: read.changedAt ?? changedAt.toISOString(),
        changedBy: read.changedBy,
        changedContent: true,
        ...(read.missing.length > 0 && { missing: read.missing }),
        ...(isHalfBack && arm === 'candidate' && { halfBack: astray?.message ?? 'Nobody has proven it.' }),
        ...(astray !== null && arm === 'candidate' && { astray }),
      },
    ];
  };
  return [
    ...seenOf('candidate', deployment.candidate, candidateShare),
    ...seenOf('baseline', deployment.baseline, baselineBeside(candidateShare).splitPercent),
  ];
}
