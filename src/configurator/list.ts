/** Rollouts in a list, newest first. */
import type { Client } from '@temporalio/client';
import { startInstant } from '../domain/calendar/start.ts';
import { isCaredFor } from '../domain/guardian/recovery.ts';
import { mapAtOnce } from '../domain/shared/at-once.ts';
import { seenRun } from '../guardian/seen-run.ts';
import type { Outcome } from '../workflows/messages.ts';
import { ROLLOUT_WORKFLOW } from '../workflows/messages.ts';
import type { ReadAttributes } from '../workflows/search-attributes.ts';
import { IS_ROLLOUT, readAttributes } from '../workflows/search-attributes.ts';
import type { TemporalLink } from './connection.ts';
import { withWhy } from './list-why.ts';
import { isLeftAlone, lostOf, lostPhase, lostWaitsFor } from './lost.ts';
import type { RolloutRef } from './rollouts.ts';
import { READ_TIMEOUT_MS, refTo } from './rollouts.ts';
import { WAITING_QUERY } from './saved-views.ts';

export interface RolloutSummary extends RolloutRef, Omit<ReadAttributes, 'phase'> {
  readonly phase: string | null;
  readonly state: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** What a named person last let pass in it, in one sentence; null: nothing. */
  readonly override: string | null;
  /** In words, whose conversations its split is of; null: everybody's. */
  readonly audience: string | null;
  /** Of a planned start, ISO; absent: at once. */
  readonly startsAt?: string;
  /** Why it stands as it does; absent: it was not asked for, or did not say. */
  readonly why?: string;
}

/** As it was asked for; the workflow alone knows whether it waits for that. */
function plannedStart(startAt: unknown): Pick<RolloutSummary, 'startsAt'> {
  const read = typeof startAt === 'string' ? startInstant(startAt) : null;
  return read !== null && 'atMs' in read ? { startsAt: new Date(read.atMs).toISOString() } : {};
}

export interface ListFilter {
  /** Only those in which nothing goes on until a person acts. */
  readonly waiting?: boolean;
  readonly action?: string | undefined;
  /** How it ended; `running`: it has not; `ended`: it has, however. */
  readonly outcome?: Outcome | 'running' | 'ended' | undefined;
  /** Started since. */
  readonly since?: Date | undefined;
  /** Who started it. */
  readonly who?: string | undefined;
  /** As they were published last: whether an open one still does anything is not asked. */
  readonly asPublished?: true;
  /** Also why each stands as it does: that takes a question for each. */
  readonly why?: boolean;
}

/** Who started one stands in its memo, which no query asks for: so many are looked through. */
const MAX_SCANNED = 2_000;

export async function listRollouts(
  link: TemporalLink,
  limit: number,
  filter: ListFilter = {},
): Promise<RolloutSummary[]> {
  return link.call(READ_TIMEOUT_MS, async (client) => {
    const shown = await listed(link, client, limit, filter);
    return filter.why === true ? withWhy(client, shown) : shown;
  });
}

async function listed(
  link: TemporalLink,
  client: Client,
  limit: number,
  filter: ListFilter,
): Promise<RolloutSummary[]> {
  const rows = await scan(link, client, { limit, filter, query: queryOf(filter) });
  if (filter.waiting !== true)
    return filter.asPublished === true ? rows : [...(await mapAtOnce(rows, AT_ONCE, (row) => asItIs(client, row)))];
  // A run that was lost waits for a person too, until somebody has looked after what it left.
  const lost = await scan(link, client, { limit, filter, query: queryOf({ ...filter, waiting: false }, LOST_RUNS) });
  const left = await mapAtOnce(lost, AT_ONCE, async (row) => ((await isLeftAlone(client, row)) ? [row] : []));
  const all = [...rows, ...left.flat()].slice(0, limit);
  const waiting = await mapAtOnce(all, AT_ONCE, (row) => asItIs(client, row));
  return [...waiting, ...(await frozenAmong(link, client, filter, waiting))].slice(0, limit);
}

/** So many of those that run are looked at one by one: that one is frozen no query tells. */
const MAX_LOOKED_AT = 200;

async function frozenAmong(
  link: TemporalLink,
  client: Client,
  filter: ListFilter,
  known: readonly RolloutSummary[],
): Promise<readonly RolloutSummary[]> {
  const query = queryOf({ ...filter, waiting: false }, "ExecutionStatus = 'Running'");
  const running = await scan(link, client, { limit: MAX_LOOKED_AT, filter, query });
  const others = running.filter(({ runId }) => !known.some((row) => row.runId === runId));
  const seen = await mapAtOnce(others, AT_ONCE, (row) => asItIs(client, row));
  return seen.filter(({ phase }) => phase === 'frozen');
}

/** Calls to the server: of a thousand rollouts each would wait for all. */
const AT_ONCE = 32;

const LOST_RUNS = "ExecutionStatus IN ('Terminated', 'Failed', 'TimedOut', 'Canceled') AND AssistOutcome IS NULL";

async function scan(
  link: TemporalLink,
  client: Client,
  { limit, filter, query }: { readonly limit: number; readonly filter: ListFilter; readonly query: string },
): Promise<RolloutSummary[]> {
  const rows: RolloutSummary[] = [];
  let scanned = 0;
  for await (const info of client.workflow.list({ query, pageSize: limit })) {
    scanned += 1;
    if (scanned > MAX_SCANNED) break;
    if (filter.who !== undefined && info.memo?.['startedBy'] !== filter.who) continue;
    rows.push({
      ...refTo(link, info.workflowId, info.runId),
      ...readAttributes(info.typedSearchAttributes),
      state: info.status.name,
      startedAt: info.startTime.toISOString(),
      endedAt: info.closeTime?.toISOString() ?? null,
      override: typeof info.memo?.['override'] === 'string' ? info.memo['override'] : null,
      audience: typeof info.memo?.['audience'] === 'string' ? info.memo['audience'] : null,
      ...plannedStart(info.memo?.['startAt']),
    });
    if (rows.length >= limit) break;
  }
  return rows;
}

/** What went on as another run is that one. */
const STATES = {
  running: "ExecutionStatus = 'Running'",
  ended: "ExecutionStatus != 'Running' AND ExecutionStatus != 'ContinuedAsNew'",
} as const;

function queryOf({ waiting = false, action, outcome, since }: ListFilter, ...more: readonly string[]): string {
  const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
  return [
    waiting ? WAITING_QUERY : `WorkflowType = '${ROLLOUT_WORKFLOW}' AND ${IS_ROLLOUT}`,
    ...(action === undefined ? [] : [`AssistAction = ${text(action)}`]),
    ...(outcome === undefined
      ? []
      : [outcome in STATES ? STATES[outcome as keyof typeof STATES] : `AssistOutcome = ${text(outcome)}`]),
    ...(since === undefined ? [] : [`StartTime >= ${text(since.toISOString())}`]),
    ...more,
  ].join(' AND ');
}

/** What a dead run published last is no news any more; whether an open one does anything is asked of it. */
async function asItIs(client: Client, row: RolloutSummary): Promise<RolloutSummary> {
  if (row.outcome !== null) return row;
  const { action, workflowId, runId } = row;
  const description = await client.workflow
    .getHandle(workflowId, runId)
    .describe()
    .catch(() => null);
  const run = description === null ? null : await seenRun(client, description).catch(() => null);
  if (description === null || run === null || lostPhase(run) === null) return row;
  const lost = await lostOf(client, run, action ?? '', Date.now()).catch(() => null);
  return {
    ...row,
    phase: lostPhase(run),
    ...(isCaredFor(lost?.recovery ?? null) && { splitPercent: 0 }),
    ...(lost !== null &&
      action !== null && { why: `${lost.why} Waits for ${lostWaitsFor(description, lost, action)}` }),
  };
}
