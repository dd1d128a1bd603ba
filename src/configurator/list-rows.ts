/** Runs of rollouts as the server lists them, newest first. */
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { startInstant } from '../domain/calendar/start.ts';
import type { Outcome } from '../workflows/messages.ts';
import { ROLLOUT_WORKFLOW } from '../workflows/messages.ts';
import type { ReadAttributes } from '../workflows/search-attributes.ts';
import { IS_ROLLOUT, readAttributes } from '../workflows/search-attributes.ts';
import type { TemporalLink } from './connection.ts';
import type { RolloutRef } from './rollouts.ts';
import { refTo } from './rollouts.ts';
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

/** What of them cannot be asked of the server is looked for in so many, the newest. */
export const MAX_SCANNED = 2_000;

/** However few are wanted: of those that are read most may not fit. */
const PAGE = 500;

export interface Scanned {
  readonly rows: readonly RolloutSummary[];
  /** There are more, and nobody has looked whether they fit. */
  readonly hasMore: boolean;
}

export interface Scan {
  readonly limit: number;
  readonly filter: ListFilter;
  readonly query: string;
}

/** Who started one stands in its memo, which no query asks for. */
export async function scan(link: TemporalLink, client: Client, { limit, filter, query }: Scan): Promise<Scanned> {
  const rows: RolloutSummary[] = [];
  const { who } = filter;
  const [most, pageSize] = who === undefined ? [limit, Math.min(limit + 1, PAGE)] : [MAX_SCANNED, PAGE];
  let looked = 0;
  for await (const info of client.workflow.list({ query, pageSize })) {
    if (rows.length >= limit || looked >= most) return { rows, hasMore: true };
    looked += 1;
    if (who === undefined || info.memo?.['startedBy'] === who) rows.push(summaryOf(link, info));
  }
  return { rows, hasMore: false };
}

function summaryOf(link: TemporalLink, info: WorkflowExecutionInfo): RolloutSummary {
  const { workflowId, runId, typedSearchAttributes, status, startTime, closeTime, memo } = info;
  return {
    ...refTo(link, workflowId, runId),
    ...readAttributes(typedSearchAttributes),
    state: status.name,
    startedAt: startTime.toISOString(),
    endedAt: closeTime?.toISOString() ?? null,
    override: typeof memo?.['override'] === 'string' ? memo['override'] : null,
    audience: typeof memo?.['audience'] === 'string' ? memo['audience'] : null,
    ...plannedStart(memo?.['startAt']),
  };
}

export const OPEN = "ExecutionStatus = 'Running'";

/** What went on as another run is that one. */
const STATES = {
  running: OPEN,
  ended: "ExecutionStatus != 'Running' AND ExecutionStatus != 'ContinuedAsNew'",
} as const;

export function queryOf({ waiting = false, action, outcome, since }: ListFilter, ...more: readonly string[]): string {
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
