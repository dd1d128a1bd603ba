/** Whether a plan that was merged is to be started, or has been: a job may run twice, late, or beside another. */
import { isDeepStrictEqual } from 'node:util';
import type { Configurator } from '../../configurator.ts';
import { AssistError } from '../../configurator/errors.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import type { HistoryRow, RegisteredVersion } from '../../domain/registry/question.ts';

export type Standing =
  /** `running`: it runs; `serves`: it was promoted last; `superseded`: another came after it. */
  'running' | 'serves' | 'superseded' | 'rolledBack' | 'toStart';

export interface Wanted {
  readonly plan: Plan;
  /** That is checked out. */
  readonly commit: string;
}

/** What stands in the reason of a start by a pipeline, and tells a job that runs again from a change that is new. */
export function commitWords(commit: string): string {
  return `commit ${commit}`;
}

export async function standingOf(engine: Configurator, { plan, commit }: Wanted): Promise<Standing> {
  const { name, version } = plan.action;
  const last = await lastOf(engine, name, version);
  if (last === null) return 'toStart';
  const isOurs = await wasStartedFor(engine, last, commit);
  if (!isOurs && !isSame(last.plan, plan)) return 'toStart';
  const newest = (await engine.history(name, 1))[0];
  if (newest?.rolloutId !== last.rolloutId) return isOurs ? 'superseded' : 'toStart';
  return ofNewest(engine, newest);
}

/** Rejected, terminated and failed ones have changed nothing that a start would not look at again. */
async function ofNewest(engine: Configurator, { action, rolloutId, outcome }: HistoryRow): Promise<Standing> {
  if (outcome === 'promoted' || outcome === 'retired') return 'serves';
  if (outcome === 'rolledBack') return 'rolledBack';
  if (outcome !== null) return 'toStart';
  const { running, status } = await engine.status(action);
  return running && status.rolloutId === rolloutId ? 'running' : 'toStart';
}

/** Null: no rollout had that version. */
async function lastOf(engine: Configurator, action: string, version: string): Promise<RegisteredVersion | null> {
  return engine.version(action, version).catch((error: unknown) => {
    if (error instanceof AssistError && UNKNOWN.includes(error.code)) return null;
    throw error;
  });
}

const UNKNOWN: readonly string[] = ['rollout-not-found', 'version-unknown'];

/** Within which the start of a rollout stands in the audit log, before and after it is said to have begun. */
const AROUND_MS = 600_000;
const MAX_ENTRIES = 200;

/** Asked of the action, for whoever may look at no other. */
async function wasStartedFor(
  engine: Configurator,
  { action, startedAt }: RegisteredVersion,
  commit: string,
): Promise<boolean> {
  const at = (ms: number): string => new Date(Date.parse(startedAt) + ms).toISOString();
  const { lines } = await engine.auditLines({
    of: action,
    actor: null,
    since: at(-AROUND_MS),
    until: at(AROUND_MS),
    limit: MAX_ENTRIES,
  });
  return lines.some(({ line }) => line.includes(commitWords(commit)));
}

function isSame(registered: Plan | null, plan: Plan): boolean {
  return registered !== null && isDeepStrictEqual(registered, JSON.parse(JSON.stringify(plan)));
}

/** What runs beside: the same version, which another job of ours has started a moment ago, or one that is in the way. */
export async function isRunningNow(engine: Configurator, { action: { name, version } }: Plan): Promise<boolean> {
  const { running, status } = await engine.status(name);
  return running && status.version === version;
}
