/**
 * The target `copilotSuggestions`: a copilot's rule asks a third party for a text, and a responder of ours gives it.
 * Texts and split are rows of ours; what was shown cannot be taken back.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Arm } from '../../domain/judge/types.ts';
import { contentDrift } from '../../domain/rollout/drift.ts';
import type { PlanTarget, TargetOf } from '../../domain/plan/target-schema.ts';
import { armLabel } from '../../domain/rollout/deployment.ts';
import type { Deployment, VersionRef } from '../../domain/rollout/deployment.ts';
import type { Fingerprint } from '../../domain/split/fingerprint.ts';
import type { SeenVersion } from '../../domain/split/seen-version.ts';
import { baselineBeside } from '../../domain/split/writes.ts';
import {
  changeCopilotSplit,
  copilotRowOf,
  copilotRows,
  epochBefore,
  saveCopilotDeployment,
} from '../../store/copilot.ts';
import type { CopilotChange, CopilotRow } from '../../store/copilot.ts';
import { answersShown } from '../../store/copilot-answers.ts';
import { liveResponders, RESPONDER_LEASE_MS } from '../../store/copilot-responders.ts';
import { readTexts } from '../../store/copilot-texts.ts';
import type { Urgency } from '../../genesys/token-bucket.ts';
import type { Database } from '../../store/database.ts';
import { sha256Of } from '../../domain/shared/content-hash.ts';
import { copilotEvents } from '../copilot-events.ts';
import type { ArmState, DeployRequest, Standing, Target, TargetAdapter, TargetDeps, TargetState } from '../target.ts';
import { TargetError, writtenByOther } from '../target-error.ts';
import { makeDeployment, refuseTaken, servingNow, textOf } from './deploy.ts';
import { readRules } from './rule.ts';

export const copilotSuggestions: TargetAdapter = {
  open: (deps) => ({
    kind: 'copilotSuggestions',
    ...createTarget(deps),
    describe: (version) => describe(deps, version),
    listServing: () => Promise.resolve([]),
    conditionIds: () => Promise.resolve({ unknown: [], hidden: [], missing: [] }),
    events: copilotEvents(deps.db),
  }),
  documentOf: ({ target, action }) => ({ ...textOf(action), assistant: ofSuggestions(target).assistant }),
  contentSha256: ({ action }) => sha256Of(textOf(action).suggestion),
};

function ofSuggestions(target: PlanTarget): TargetOf<'copilotSuggestions'> {
  if (target.kind === 'copilotSuggestions') return target;
  throw new TargetError('UnknownTarget', `A plan for ${target.kind} was given to copilotSuggestions.`);
}

function createTarget(deps: TargetDeps): Target {
  return {
    deploy: (request) => deploy(deps, request),
    survey: (actionName, urgency) => survey(deps, actionName, urgency),
    setSplit: async (deployment, percent, urgency) => {
      if (percent > 0) await assertAsChecked(deps, deployment);
      await change(deps, deployment, { splitPercent: percent, retired: null }, urgency);
    },
    readBack: (deployment, urgency = 'normal') => readBack(deps, deployment, urgency),
    retire: (deployment, which, urgency) =>
      change(deps, deployment, { splitPercent: which === 'baseline' ? 100 : 0, retired: which }, urgency),
  };
}

function storeOf({ db }: TargetDeps): Database {
  if (db !== null) return db;
  throw new TargetError(
    'NoStore',
    'Texts and their split are kept in the store, and there is none here. Set DATABASE_URL, or let a worker do it.',
  );
}

async function deploy(deps: TargetDeps, request: DeployRequest): Promise<Deployment> {
  const db = storeOf(deps);
  const known = await copilotRowOf(db, request.action.name);
  if (known?.rolloutId === request.rolloutId) return known.deployment;
  const target = ofSuggestions(request.target);
  const asked = { ...request, target };
  const refuse = (rows: readonly CopilotRow[]): void => refuseTaken(rows, asked);
  // A text of what is refused is not published either.
  refuse(await copilotRows(db));
  const made = await makeDeployment(db, deps.client.assistants, asked, known);
  return saveCopilotDeployment(db, request.rolloutId, made, refuse);
}

/** In force everywhere only when every responder that lives has confirmed it, so that is waited for, as long as a lease. */
async function change(
  deps: TargetDeps,
  deployment: Deployment,
  to: CopilotChange,
  urgency: Urgency = 'normal',
): Promise<void> {
  const db = storeOf(deps);
  const seen = await epochBefore(db, deployment, to);
  await deps.confirmCurrent?.(urgency);
  const epoch = await changeCopilotSplit(db, deployment, to, seen);
  if (epoch === null) throw writtenByOther(deployment.actionName);
  for (let waitedMs = 0; waitedMs < RESPONDER_LEASE_MS + LOOK_MS; waitedMs += LOOK_MS) {
    if ((await liveResponders(db, epoch)).behind.length === 0) return;
    await sleep(LOOK_MS);
  }
}

const LOOK_MS = 100;

/** A rule that another hand changed asks for something that nobody has checked. */
async function assertAsChecked(deps: TargetDeps, deployment: Deployment): Promise<void> {
  const { candidate, actionName } = deployment;
  const fingerprint = candidate && (await fingerprintsOf(deps, deployment)).candidate;
  if (candidate === null) return;
  if (fingerprint === null)
    throw new TargetError(
      'VersionMissing',
      `The text of ${actionName} ${armLabel(candidate)} is not in the store any more, so nobody is given it. Restore the ` +
        'latest backup, or abort this rollout and start it again.',
    );
  const drift = contentDrift('candidate', candidate, { fingerprint, changedAt: null, changedBy: null });
  if (drift === null) return;
  throw new TargetError(
    'ContentChanged',
    `${actionName} ${drift.message} Another hand changed it, so its share is not raised. Put the rule back, or abort.`,
    drift,
  );
}

type Fingerprints = Readonly<Record<Arm, Fingerprint | null>>;

/**
 * Of what stands there now; null: it is none, or is not there any more. The rule is held against the candidate alone; on
 * the way to safety it is not asked for, since what goes back waits for nobody's answer.
 */
async function fingerprintsOf(
  { client, db }: TargetDeps,
  deployment: Deployment,
  urgency: Urgency = 'normal',
): Promise<Fingerprints> {
  if (db === null) return { baseline: null, candidate: null };
  if (urgency === 'safety') return textsOf(db, deployment);
  const { assistant } = deployment.handle as TargetOf<'copilotSuggestions'>;
  const [texts, rules] = await Promise.all([textsOf(db, deployment), readRules(client.assistants, assistant)]);
  return { ...texts, candidate: texts.candidate && { ...texts.candidate, rule: rules.sha256 ?? 'none' } };
}

async function textsOf(db: Database, { baseline, candidate }: Deployment): Promise<Fingerprints> {
  const ids = [baseline, candidate].flatMap((version) => version?.id ?? []);
  const texts = await readTexts(db, ids);
  const textOfArm = (version: VersionRef | null): Fingerprint | null => {
    const text = texts.find((one) => one.id === version?.id);
    return text === undefined ? null : { text: sha256Of(text.content) };
  };
  return { baseline: textOfArm(baseline), candidate: textOfArm(candidate) };
}

async function readBack(deps: TargetDeps, deployment: Deployment, urgency: Urgency): Promise<TargetState> {
  const db = storeOf(deps);
  const [row, fingerprints] = await Promise.all([
    copilotRowOf(db, deployment.actionName),
    fingerprintsOf(deps, deployment, urgency),
  ]);
  await assertConfirmed(db, deployment, row);
  if (row !== null && !isSamePair(row.deployment, deployment)) throw setBack(deployment);
  const share = row === null ? 0 : row.splitPercent;
  const armOf = (arm: Arm, splitPercent: number): ArmState | null =>
    deployment[arm] && {
      servesHere: row !== null && row.retired !== arm && splitPercent > 0,
      splitPercent,
      fingerprint: fingerprints[arm],
    };
  return {
    candidate: armOf('candidate', share),
    baseline: armOf('baseline', baselineBeside(share).splitPercent),
    effectiveSplitPercent: share,
    covered: deployment.baseline !== null && deployment.candidate !== null ? row !== null : isWhole(deployment, share),
    correlationId: null,
    ...(deployment.candidate !== null && { remaining: await answersShown(db, deployment.candidate.id) }),
  };
}

function isSamePair(a: Deployment, b: Deployment): boolean {
  return a.baseline?.id === b.baseline?.id && a.candidate?.id === b.candidate?.id;
}

/** A store that was restored: what its row serves are two other texts. The next write makes it this rollout's again. */
function setBack({ actionName, candidate }: Deployment): TargetError {
  return new TargetError(
    'VersionMissing',
    `The store knows the rollout of ${actionName} before ${armLabel(candidate)}, and not this one. Restore the latest ` +
      'backup, or abort this rollout: it goes back to the text that served before.',
  );
}

/** Beside an arm without a text. */
function isWhole({ baseline }: Deployment, share: number): boolean {
  return share === (baseline === null ? 100 : 0);
}

async function assertConfirmed(db: Database, { actionName }: Deployment, row: CopilotRow | null): Promise<void> {
  const [late] = row === null ? [] : (await liveResponders(db, row.epoch)).behind;
  if (late === undefined) return;
  throw new TargetError(
    'UnconfirmedSplit',
    `Responder ${late.id} has not confirmed the split of ${actionName} yet; without a word from it its lease ends in ` +
      `${late.leaseMs} ms. It is asked again.`,
  );
}

async function survey(
  deps: TargetDeps,
  actionName: string | null,
  urgency: Urgency = 'normal',
): Promise<readonly SeenVersion[]> {
  const { db } = deps;
  if (db === null) return [];
  const rows = actionName === null ? await copilotRows(db) : [await copilotRowOf(db, actionName)];
  const ours = rows.filter((row) => row !== null).filter((row) => row.deployment.target === 'copilotSuggestions');
  return (await Promise.all(ours.map((row) => seenVersions(deps, row, urgency)))).flat();
}

async function seenVersions(deps: TargetDeps, row: CopilotRow, urgency: Urgency): Promise<readonly SeenVersion[]> {
  const { deployment, retired, splitPercent: share, rolloutId, changedAt } = row;
  const fingerprints = await fingerprintsOf(deps, deployment, urgency);
  const standsAlone = retired === null && (deployment.baseline === null ? share > 0 : deployment.candidate === null);
  const seenOf = (arm: Arm, splitPercent: number): SeenVersion[] => {
    const [ref, fingerprint] = [deployment[arm], fingerprints[arm]];
    if (ref === null || fingerprint === null) return [];
    return [
      {
        target: 'copilotSuggestions',
        id: ref.id,
        actionName: deployment.actionName,
        version: ref.version,
        group: arm === 'baseline' || retired === 'baseline' ? 'control' : 'candidate',
        enabled: retired !== arm,
        splitPercent,
        fingerprint,
        standsAlone,
        rolloutId,
        changedAt: changedAt.toISOString(),
        changedBy: null,
        handle: deployment.handle,
      },
    ];
  };
  return [...seenOf('candidate', share), ...seenOf('baseline', baselineBeside(share).splitPercent)];
}

type Asked = Pick<DeployRequest, 'action' | 'target'>;

async function describe({ db }: TargetDeps, { action, target }: Asked): Promise<Standing> {
  const rows = db === null ? [] : await copilotRows(db);
  try {
    refuseTaken(rows, { action, target: ofSuggestions(target) });
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    return { baseline: null, note: error.message, refused: true, exists: false };
  }
  const serving = servingNow(rows.find((row) => row.action === action.name) ?? null);
  if (db === null || serving === null) return { baseline: null, note: 'No text of it serves yet.', exists: false };
  const [text] = await readTexts(db, [serving.id]);
  if (text === undefined) return { baseline: null, note: `v${serving.version} is not in the store.`, exists: false };
  const suggestion = { name: action.name, version: text.version, suggestion: text.content };
  return {
    baseline: { id: text.id, action: suggestion, splitPercent: 100 },
    note: null,
    exists: text.version === action.version,
  };
}
