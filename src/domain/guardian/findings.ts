/**
 * What organisation, Temporal and store tell together that none of them tells alone. Pure: what was seen, to what is
 * wrong.
 */
import type { Health } from './health.ts';
import type { GuardianFinding } from './finding.ts';
import { frozenWaves } from './frozen-waves.ts';
import { healthOf, orphansBeside } from './health.ts';
import { rolloutWorkflowId } from '../rollout/workflow-id.ts';
import { lostBuildFinding, lostBuildOfWaves } from './lost-build.ts';
import { lostRunFinding } from './lost-run.ts';
import { idsOf, nameVersions, unwatched } from './named.ts';
import type { Ripeness } from './ripeness.ts';
import { RIPE, ripenessOf } from './ripeness.ts';
import type { EventTroubleSeen, GuardianRules, OpenRow, Seen, SeenRun, SeenServing, Unseen } from './seen.ts';
import { setBackFinding } from './set-back.ts';
import { shortKey } from '../shared/short-key.ts';
import { isUnderTrial, serves } from './seen.ts';

/** All that is wrong, the gravest kind first. `brings`: the baseline comes back by itself. */
export function findingsIn(seen: Seen, rules: GuardianRules, brings = true): GuardianFinding[] {
  const candidates = seen.versions.filter(isUnderTrial);
  const actions = [...new Set([...candidates.map(({ actionName }) => actionName), ...seen.runs.keys()])].toSorted();
  return [
    ...actions.flatMap((action) =>
      findingsOfAction(
        seen,
        rules,
        action,
        candidates.filter(({ actionName }) => actionName === action),
      ),
    ),
    ...lostBuildOfWaves(seen),
    ...frozenWaves(seen, rules),
    ...seen.rows.flatMap((row) => lostRunFinding(seen, row, brings) ?? []),
    ...seen.eventTroubles.map(eventFinding),
    ...seen.unseen.map((unseen) => unseenFinding(unseen, seen.nowMs)),
  ];
}

function findingsOfAction(
  seen: Seen,
  rules: GuardianRules,
  action: string,
  candidates: readonly SeenServing[],
): GuardianFinding[] {
  const run = seen.runs.get(action) ?? null;
  const health = healthOf(run, run === null ? undefined : seen.judgedAtMs.get(run.runId), seen.nowMs, rules);
  const ours = candidates.filter((candidate) => isOurs(candidate, run, seen.rows));
  const foreign = candidates
    .filter((candidate) => !ours.includes(candidate))
    .map((candidate) => foreignFinding(candidate));
  if (health.kind === 'dead' || health.kind === 'frozen') {
    const ripeness = health.kind === 'dead' ? RIPE : ripenessOf(health.sinceMs, seen.nowMs, rules);
    return [...deadOrFrozenFindings(action, run, health, ours, ripeness), ...foreign];
  }
  // A run that lives sees a rival by itself, and what to do about it stands in its plan.
  if (run === null) return [];
  const lostBuild = lostBuildFinding(seen, action, run, { health, ours });
  if (lostBuild !== null) return [lostBuild];
  const orphans = orphansBeside(run, ours);
  const isItsOwn = ({ version, rolloutId }: SeenServing): boolean =>
    rolloutId === run.runId || version === versionOf(run, seen.rows);
  const shown = seen.versions.filter(
    (version) => version.actionName === action && serves(version) && isItsOwn(version),
  );
  return [
    ...orphanFinding(action, orphans),
    ...blindFinding(action, run, health, shown),
    ...setBackFinding(seen, rules, action, run),
    ...otherCandidateFindings(
      action,
      run,
      versionOf(run, seen.rows),
      candidates.filter((candidate) => !isItsOwn(candidate) && !orphans.includes(candidate)),
    ),
  ];
}

/** Made or marked by a rollout, or the very version that a rollout of ours was for. */
export function isOurs(candidate: SeenServing, run: SeenRun | null, rows: readonly OpenRow[]): boolean {
  return (
    candidate.rolloutId !== null ||
    candidate.standsAlone ||
    (run !== null && versionOf(run, rows) === candidate.version) ||
    rows.some(({ action, version }) => action === candidate.actionName && version === candidate.version)
  );
}

/** A run that another client started may not have published it; the store knows it then. */
function versionOf(run: SeenRun, rows: readonly OpenRow[]): string | null {
  return run.version ?? rows.find(({ rolloutId }) => rolloutId === run.runId)?.version ?? null;
}

function deadOrFrozenFindings(
  action: string,
  run: SeenRun | null,
  health: Extract<Health, { kind: 'dead' | 'frozen' }>,
  ours: readonly SeenServing[],
  ripeness: Ripeness,
): GuardianFinding[] {
  const rolloutId = ours[0]?.rolloutId ?? run?.runId ?? null;
  const about = {
    action,
    rolloutId,
    ...(run !== null && { workflowId: rolloutWorkflowId(action) }),
    version: ours[0]?.version ?? run?.version ?? null,
    ...ripeness,
  };
  if (ours.length > 0) {
    const kind = health.kind === 'dead' ? ('unwatched' as const) : ('frozen' as const);
    const isOfRun = run === null || rolloutId === run.runId;
    const why = isOfRun ? health.why : `its rollout is over, and of the newest one ${health.why}`;
    // The same key whatever is started, and refused, beside it: else no two looks would agree.
    const key = `${kind}/${action}/${rolloutId ?? 'none'}`;
    return [{ kind, remedy: 'restore', ...about, key, ...unwatched(action, ours, why) }];
  }
  if (health.kind === 'dead' || run === null) return [];
  return [
    {
      kind: 'frozen',
      remedy: 'alarm',
      ...about,
      key: `frozen/${action}/${run.runId}/alarm`,
      sentence: `The rollout of ${action} does nothing: ${health.why}. No candidate of it is shown.`,
      wayOut: 'Put right what its workers run; until then no act reaches it.',
    },
  ];
}

/** What a rollout that is over left before agents, while another has not come so far. */
function orphanFinding(action: string, orphans: readonly SeenServing[]): GuardianFinding[] {
  const [first] = orphans;
  if (first === undefined) return [];
  const { rolloutId, version } = first;
  const why = 'its rollout is over, and the one that runs has put nothing before agents yet';
  return [
    {
      kind: 'unwatched',
      remedy: 'restore',
      action,
      rolloutId,
      version,
      ripe: true,
      key: `unwatched/${action}/${rolloutId}`,
      ...unwatched(action, orphans, why),
    },
  ];
}

function blindFinding(action: string, run: SeenRun, health: Health, shown: readonly SeenServing[]): GuardianFinding[] {
  if (health.kind !== 'blind' || shown.length === 0) return [];
  return [
    {
      kind: 'blind',
      remedy: 'signal',
      action,
      rolloutId: run.runId,
      workflowId: rolloutWorkflowId(action),
      version: shown[0]?.version ?? null,
      ids: idsOf(shown),
      ripe: true,
      key: `blind/${action}/${run.runId}/${health.since}`,
      sentence:
        `${nameVersions(shown)} of ${action} ${shown.length === 1 ? 'is' : 'are'} shown and not judged: ` +
        `${health.why}.`,
      wayOut:
        'The rollout was told and does what its plan says for it (onBlind). Unpause the activity, or ' +
        `\`assist-rollouts abort "${action}"\`.`,
    },
  ];
}

/** What a run watches is told by its version; of a run whose version nobody knows nothing is said. */
function otherCandidateFindings(
  action: string,
  run: SeenRun,
  version: string | null,
  others: readonly SeenServing[],
): GuardianFinding[] {
  if (version === null || others.length === 0) return [];
  return [
    {
      kind: 'otherCandidate',
      remedy: 'alarm',
      action,
      rolloutId: run.runId,
      workflowId: rolloutWorkflowId(action),
      version,
      ids: idsOf(others),
      ripe: true,
      key: `otherCandidate/${action}/${run.runId}/${others
        .map(({ id }) => id)
        .toSorted()
        .join('+')}`,
      sentence:
        `${nameVersions(others)} of ${action} ${others.length === 1 ? 'is a candidate' : 'are candidates'} beside ` +
        `v${version}, which is the one that the rollout watches.`,
      wayOut: 'Take it out of service in the organisation, or abort the rollout.',
    },
  ];
}

function foreignFinding(candidate: SeenServing): GuardianFinding {
  return {
    kind: 'foreign',
    remedy: 'alarm',
    action: candidate.actionName,
    rolloutId: null,
    version: candidate.version,
    ids: idsOf([candidate]),
    ripe: true,
    key: `foreign/${candidate.actionName}/${candidate.id}/${candidate.changedAt ?? ''}`,
    sentence:
      `${nameVersions([candidate])} of ${candidate.actionName} is a candidate that no rollout made; nobody here ` +
      'watches it, and it is left alone.',
    wayOut:
      'If it is an experiment of somebody, nothing is to be done; else take it out of service in the ' +
      'organisation, after the baseline serves everybody.',
  };
}

function eventFinding({ target, kind, message }: EventTroubleSeen): GuardianFinding {
  return {
    kind: 'export',
    remedy: 'repair',
    action: null,
    rolloutId: null,
    version: null,
    target,
    ripe: true,
    key: `export/${target}/${kind}`,
    sentence: `No rollout on ${target} sees what becomes of its versions: ${message}`,
    wayOut: 'See who changes it; it is put back each time.',
  };
}

/** It has no end that anybody sees, so each day that it lasts, or comes again, is one of its own. */
function unseenFinding({ what, target, why, actions = [] }: Unseen, nowMs: number): GuardianFinding {
  const day = new Date(nowMs).toISOString().slice(0, 10);
  return {
    kind: 'unseen',
    remedy: 'alarm',
    action: null,
    rolloutId: null,
    version: null,
    target,
    ripe: true,
    ...(what === 'versions'
      ? {
          key: shortKey(`unseen/${[target, ...actions, day].join('/')}`),
          sentence: `What serves on ${target} could not be looked at: ${why}`,
          wayOut: 'Until it can be, nobody finds a version there that no rollout watches.',
        }
      : {
          key: `unseen/events/${target}/${day}`,
          sentence: `Whether events of ${target} can come could not be looked at: ${why}`,
          wayOut: 'Until it can be, what keeps them away is not put right; its rollouts wait for cards meanwhile.',
        }),
  };
}
