/**
 * What organisation, Temporal and store tell together that none of them tells alone. Pure: what was seen, to what is
 * wrong.
 */
import type { Health } from './health.ts';
import { healthOf } from './health.ts';
import type { TargetKind } from '../plan/target-schema.ts';
import { splitText } from '../split/audience.ts';
import type { EventTroubleSeen, GuardianRules, OpenRow, Seen, SeenRun, SeenServing } from './seen.ts';
import { isUnderTrial, serves } from './seen.ts';

export type FindingKind =
  | 'unwatched'
  | 'frozen'
  | 'blind'
  | 'otherCandidate'
  | 'foreign'
  | 'lostRun'
  | 'export'
  | 'unseen';

/**
 * `restore`: the baseline comes back. `signal`: the run is told. `close`: its row is ended. `repair`: the export is put
 * back.
 */
export type Remedy = 'restore' | 'signal' | 'close' | 'repair' | 'alarm';

export interface GuardianFinding {
  readonly kind: FindingKind;
  readonly remedy: Remedy;
  readonly action: string | null;
  /** The rollout that it speaks of, as far as one is known. */
  readonly rolloutId: string | null;
  readonly version: string | null;
  /** Where it is, if it is of one target. */
  readonly target?: TargetKind;
  /** What was seen. */
  readonly sentence: string;
  readonly wayOut: string;
  /** The same finding of another look has the same key. */
  readonly key: string;
  /** Only what has gone on long enough is acted upon; until then it is looked at again. */
  readonly ripe: boolean;
  /** Of `close`: how the run ended. */
  readonly ended?: { readonly phase: string; readonly outcome: string | null };
}

/** All that is wrong, the gravest kind first. */
export function findingsIn(seen: Seen, rules: GuardianRules): GuardianFinding[] {
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
    ...seen.rows.flatMap((row) => lostRunFinding(seen, row) ?? []),
    ...seen.eventTroubles.map(eventFinding),
    ...seen.unseen.map(unseenFinding),
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
    const ripe = health.kind === 'dead' || seen.nowMs - health.sinceMs >= rules.frozenMs;
    return [...deadOrFrozenFindings(action, run, health, ours, ripe), ...foreign];
  }
  // A run that lives sees a rival by itself, and what to do about it stands in its plan.
  if (run === null) return [];
  const isItsOwn = ({ version, rolloutId }: SeenServing): boolean =>
    rolloutId === run.runId || version === versionOf(run, seen.rows);
  const shown = seen.versions.filter(
    (version) => version.actionName === action && serves(version) && isItsOwn(version),
  );
  return [
    ...blindFinding(action, run, health, shown),
    ...otherCandidateFindings(
      action,
      run,
      versionOf(run, seen.rows),
      candidates.filter((candidate) => !isItsOwn(candidate)),
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
  ripe: boolean,
): GuardianFinding[] {
  const about = {
    action,
    rolloutId: run?.runId ?? ours[0]?.rolloutId ?? null,
    version: ours[0]?.version ?? run?.version ?? null,
    ripe,
  };
  if (ours.length > 0) {
    const kind = health.kind === 'dead' ? ('unwatched' as const) : ('frozen' as const);
    const shown = `${nameVersions(ours)} of ${action} ${ours.length === 1 ? 'is' : 'are'} shown`;
    return [
      {
        kind,
        remedy: 'restore',
        ...about,
        key: `${kind}/${action}/${run?.runId ?? 'none'}`,
        sentence: `${shown} and nobody watches: ${health.why}.`,
        wayOut:
          `\`assist-rollouts recover "${action}"\` puts ` +
          (ours.every(({ standsAlone }) => standsAlone)
            ? 'back at once what was there before.'
            : 'the baseline back at once.'),
      },
    ];
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

function blindFinding(action: string, run: SeenRun, health: Health, shown: readonly SeenServing[]): GuardianFinding[] {
  if (health.kind !== 'blind' || shown.length === 0) return [];
  return [
    {
      kind: 'blind',
      remedy: 'signal',
      action,
      rolloutId: run.runId,
      version: shown[0]?.version ?? null,
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
      version,
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

/**
 * A row that the store holds for open although its run is over: lists would show it as running, and retention would
 * wait for it.
 */
function lostRunFinding(seen: Seen, row: OpenRow): GuardianFinding | null {
  const newest = seen.runs.get(row.action) ?? null;
  const run = newest?.runId === row.rolloutId ? newest : seen.rowRuns.get(row.rolloutId);
  if (run === undefined || run?.state === 'running' || run?.state === 'paused') return null;
  const lives = newest !== null && (newest.state === 'running' || newest.state === 'paused');
  if (run?.state === 'continuedAsNew' && lives) return null;
  const { why } = healthOf(run, undefined, seen.nowMs, NO_RULES) as Extract<Health, { kind: 'dead' }>;
  const phase =
    run === null
      ? 'terminated'
      : run.state === 'completed'
        ? (run.outcome ?? 'completed')
        : run.state === 'continuedAsNew'
          ? 'terminated'
          : run.state;
  return {
    kind: 'lostRun',
    remedy: 'close',
    action: row.action,
    rolloutId: row.rolloutId,
    version: row.version,
    ripe: true,
    key: `lostRun/${row.rolloutId}`,
    sentence:
      `The rollout of ${row.action} v${row.version} is over: ${why}` +
      `${newest !== null && lives ? `; it goes on in run ${newest.runId}` : ''}.`,
    wayOut: 'Start it again if it is still wanted.',
    ended: { phase, outcome: run?.state === 'completed' ? run.outcome : null },
  };
}

const NO_RULES: GuardianRules = { freshMs: 0, frozenMs: 0, silentMs: Infinity, unjudgedMs: Infinity };

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

function unseenFinding({ target, why }: Seen['unseen'][number]): GuardianFinding {
  return {
    kind: 'unseen',
    remedy: 'alarm',
    action: null,
    rolloutId: null,
    version: null,
    target,
    ripe: true,
    key: `unseen/${target}`,
    sentence: `What serves on ${target} could not be looked at: ${why}`,
    wayOut: 'Until it can be, nobody finds a version there that no rollout watches.',
  };
}

function nameVersions(versions: readonly SeenServing[]): string {
  return versions
    .map(({ version, id, splitPercent, of }) => `v${version} (${id}) at ${splitText(splitPercent, of)}`)
    .join(' and ');
}
