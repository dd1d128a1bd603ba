/** One look at organisation, Temporal and store. */
import type { Client } from '@temporalio/client';
import { capabilitiesOf } from '../domain/plan/target-capabilities.ts';
import type { TargetKind } from '../domain/plan/target-schema.ts';
import type { EventTroubleSeen, OpenRow, Seen, SeenRun, Unseen } from '../domain/guardian/seen.ts';
import { isUnderTrial } from '../domain/guardian/seen.ts';
import type { SeenVersion } from '../domain/split/seen-version.ts';
import type { Targets } from '../targets/index.ts';
import type { Surveyor } from '../activities/surveyor.ts';
import { PartlySeen } from '../targets/partly-seen.ts';
import type { OpenTarget } from '../targets/target.ts';
import type { Database } from '../store/database.ts';
import { within } from '../store/within.ts';
import { endedAt, judgedAt, unendedRollouts } from '../store/guardian.ts';
import { ROLLOUT_WORKFLOW, rolloutWorkflowId, WAVES_WORKFLOW, wavesWorkflowId } from '../workflows/messages.ts';
import { lostBuilds } from './lost-builds.ts';
import { seeRun } from './seen-run.ts';
import { mapAtOnce } from '../domain/shared/at-once.ts';

export interface LookDeps {
  readonly targets: Pick<Targets, 'all'>;
  readonly db: Database;
  readonly now: () => number;
  readonly surveyor: Surveyor;
  /** A store that is away hides some findings, and must not hide the others. */
  readonly onStoreAway: (error: unknown) => void;
}

/**
 * The organisation first, as of `sinceMs` or later: a rollout that ends while we look is then wrong once, and never in
 * two looks.
 */
export async function lookAround(deps: LookDeps, client: Client, sinceMs: number): Promise<Seen> {
  const { versions, unseen } = await surveyAll(deps, sinceMs);
  const running = await runningNames(client, ROLLOUT_WORKFLOW, rolloutWorkflowId(''));
  const rows = await unlessAway(deps, () => unendedRollouts(deps.db, null), []);
  const shown = versions.filter(isUnderTrial).map(({ actionName }) => actionName);
  const runs = await seeEach([...new Set([...shown, ...running, ...rows.map(({ action }) => action)])], (action) =>
    seeRun(client, rolloutWorkflowId(action)),
  );
  const waves = await seeEach(await runningNames(client, WAVES_WORKFLOW, wavesWorkflowId('')), (name) =>
    seeRun(client, wavesWorkflowId(name)),
  );
  const others = rows.filter(({ rolloutId, action }) => runs.get(action)?.runId !== rolloutId);
  const workflowOf = new Map(others.map(({ rolloutId, workflowId }) => [rolloutId, workflowId]));
  const rowRuns = await seeEach([...workflowOf.keys()], (rolloutId) =>
    seeRun(client, workflowOf.get(rolloutId) ?? '', rolloutId),
  );
  // The action may have versions on other targets, too.
  const isLive = ({ actionName, version, rolloutId }: SeenVersion): boolean => {
    const run = runs.get(actionName);
    return run?.state === 'running' && (run.runId === rolloutId || run.version === version);
  };
  const live = [...runs.values()].flatMap((run) => (run?.state === 'running' ? [run.runId] : []));
  const judged =
    live.length === 0
      ? new Map<string, Date>()
      : await unlessAway(deps, () => judgedAt(deps.db, live), new Map<string, Date>());
  const ended = await unlessAway(deps, () => endedAt(deps.db, live), null);
  // Without a rollout nobody needs its events, and who removed what brings them may have meant it.
  const served = new Set(versions.filter(isLive).map(({ target }) => target));
  const events = await eventTroubles(deps, served, sinceMs);
  return {
    nowMs: deps.now(),
    versions,
    runs,
    rows,
    rowRuns,
    judgedAtMs: new Map([...judged].map(([rolloutId, at]) => [rolloutId, at.getTime()])),
    endedAtMs: ended && new Map([...ended].map(([rolloutId, at]) => [rolloutId, at?.getTime() ?? null])),
    eventTroubles: events.eventTroubles,
    waves,
    lostBuilds: await lostBuilds(client, [...runs.values(), ...waves.values()], deps.now()),
    unseen: [
      ...unseen.map(({ target, why, actions }) => ({ what: 'versions' as const, target, why, actions })),
      ...events.unseen,
    ],
  };
}

/**
 * All versions of all actions, as of `sinceMs` or later. Whose versions and split are ours is asked nothing that waits
 * for the organisation: a text that nobody answers for is found, and taken back, while it is away.
 */
export function surveyAll(
  { targets, surveyor }: Pick<LookDeps, 'targets' | 'surveyor'>,
  sinceMs: number,
  mostMs = SURVEY_MS,
): Promise<Surveyed> {
  return surveyEach(targets, (target) =>
    within(
      mostMs,
      capabilitiesOf(target.kind).keptIn === 'store'
        ? target.survey(null, 'safety')
        : surveyor.all(target.kind, sinceMs),
      `It was not looked at within ${mostMs / 1000} s.`,
    ),
  );
}

/**
 * A look has half a minute for all: one target with a very large rollout (a call for each queue and hundred agents) takes
 * not what the others need.
 */
const SURVEY_MS = 20_000;

/** Of the targets on which one of the living rollouts has a version; one that cannot be asked hides nothing else. */
export async function eventTroubles(
  { surveyor }: Pick<LookDeps, 'surveyor'>,
  kinds: ReadonlySet<TargetKind>,
  sinceMs: number,
): Promise<Pick<Seen, 'eventTroubles' | 'unseen'>> {
  const troubles: EventTroubleSeen[] = [];
  const unseen: Unseen[] = [];
  for (const target of kinds) {
    try {
      const trouble = await surveyor.eventTrouble(target, sinceMs);
      if (trouble !== null) troubles.push({ target, ...trouble });
    } catch (error) {
      unseen.push({ what: 'events', target, why: whyNot(error) });
    }
  }
  return { eventTroubles: troubles, unseen };
}

interface Surveyed {
  readonly versions: readonly SeenVersion[];
  readonly unseen: readonly (Omit<Unseen, 'what'> & { readonly error: unknown })[];
}

/**
 * What each target is found to hold, on whatever target; one that refuses hides no other. Throws where none answers.
 */
export async function surveyEach(
  targets: Pick<Targets, 'all'>,
  survey: (target: OpenTarget) => Promise<readonly SeenVersion[]>,
): Promise<Surveyed> {
  const kinds = targets.all();
  const answers = await Promise.all(kinds.map((target) => orUnseen(target, survey)));
  const unseen = answers.flatMap((answer) => answer.unseen);
  const blind = unseen.filter(({ actions }) => actions === undefined);
  if (blind.length === kinds.length && blind[0] !== undefined) throw blind[0].error;
  return { versions: answers.flatMap(({ versions }) => versions), unseen };
}

async function orUnseen(
  target: OpenTarget,
  survey: (target: OpenTarget) => Promise<readonly SeenVersion[]>,
): Promise<Surveyed> {
  try {
    return { versions: await survey(target), unseen: [] };
  } catch (error) {
    const one = { target: target.kind, why: whyNot(error), error };
    if (!(error instanceof PartlySeen)) return { versions: [], unseen: [one] };
    return { versions: error.seen, unseen: [{ ...one, actions: error.actions }] };
  }
}

function whyNot(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Rows that the store holds for open; none while it is away. */
export function openRows(deps: Pick<LookDeps, 'db' | 'onStoreAway'>, action: string): Promise<readonly OpenRow[]> {
  return unlessAway(deps, () => unendedRollouts(deps.db, action), []);
}

/** What follows the prefix in the ids of a type's running workflows. */
async function runningNames(client: Client, type: string, prefix: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { workflowId } of client.workflow.list({
    query: `WorkflowType = '${type}' AND ExecutionStatus = 'Running'`,
    pageSize: 1000,
  })) {
    if (workflowId.startsWith(prefix)) names.push(workflowId.slice(prefix.length));
  }
  return names;
}

const AT_ONCE = 10;

async function seeEach(
  keys: readonly string[],
  see: (key: string) => Promise<SeenRun | null>,
): Promise<Map<string, SeenRun | null>> {
  return new Map(await mapAtOnce(keys, AT_ONCE, async (key) => [key, await see(key)] as const));
}

async function unlessAway<T, None = T>(
  { onStoreAway }: Pick<LookDeps, 'onStoreAway'>,
  read: () => Promise<T>,
  none: None,
): Promise<T | None> {
  try {
    return await read();
  } catch (error) {
    onStoreAway(error);
    return none;
  }
}
