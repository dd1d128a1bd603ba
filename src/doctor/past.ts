/**
 * Whether Temporal and the database remember the same: after a restore, before any process runs. Reads alone. What a run
 * knows is read off its history, without a worker.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { readPayload } from '../codec/read.ts';
import { mapAtOnce } from '../domain/shared/at-once.ts';
import { comparePast } from '../domain/rollout/past.ts';
import type { KnownPast, PastDiffers } from '../domain/rollout/past.ts';
import { isServedBy } from '../domain/rollout/status.ts';
import type { Database } from '../store/database.ts';
import { unendedRollouts } from '../store/guardian.ts';
import { onRecord, readPast } from '../store/past.ts';
import { ROLLOUT_WORKFLOW, rolloutWorkflowId } from '../workflows/messages.ts';
import { readAttributes } from '../workflows/search-attributes.ts';
import type { Seen } from './finding.ts';
import type { Check } from './run-checks.ts';

export interface PastLooks {
  readonly client: () => Promise<Client>;
  readonly open: () => Promise<Database>;
  readonly now: () => number;
}

const CHECK = 'memory';
const EXPECTED = 'the database and Temporal remember the same of each rollout';

export function pastChecks({ client, open, now }: PastLooks): Check[] {
  return [
    {
      area: 'database',
      name: CHECK,
      expected: EXPECTED,
      limitMs: 30_000,
      look: async () => memorySeen(await client(), await open(), now()),
    },
  ];
}

/** The newest of each: a server keeps thousands that have ended. */
const MOST = 200;
const AT_ONCE = 10;

async function memorySeen(client: Client, db: Database, nowMs: number): Promise<Seen> {
  const runs = await runsOf(client);
  const open = runs.filter(({ isOpen }) => isOpen);
  const troubles = [
    ...(await mapAtOnce(open, AT_ONCE, (run) => differs(client, db, run, nowMs))).flatMap((one) => one ?? []),
    ...(await lostEnds(db, runs)),
    ...(await lostRuns(client, db)),
  ];
  if (troubles.length === 0)
    return {
      check: CHECK,
      level: 'ok',
      seen: `${open.length} open ${open.length === 1 ? 'rollout is' : 'rollouts are'} as on record`,
    };
  const shown = troubles.slice(0, SHOWN).join('; ');
  return {
    check: CHECK,
    level: 'error',
    seen: troubles.length > SHOWN ? `${shown}; and ${troubles.length - SHOWN} more` : shown,
    expected: EXPECTED,
    wayOut: 'Restore the latest backup of the one that is older; what then is done by itself stands in docs/backup.md.',
  };
}

const SHOWN = 5;

interface Run {
  readonly action: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly isOpen: boolean;
  readonly outcome: string | null;
}

async function runsOf(client: Client): Promise<Run[]> {
  const runs: Run[] = [];
  for await (const run of client.workflow.list({ query: `WorkflowType = '${ROLLOUT_WORKFLOW}'`, pageSize: MOST })) {
    const { workflowId, runId, status } = run;
    const { outcome } = readAttributes(run.typedSearchAttributes);
    const action = workflowId.slice(rolloutWorkflowId('').length);
    runs.push({ action, workflowId, runId, isOpen: status.name === 'RUNNING', outcome });
    if (runs.length >= MOST) break;
  }
  return runs;
}

const AGAIN_MS = 2_000;

/** One that goes on while it is read differs for a moment, and not twice. */
async function differs(client: Client, db: Database, run: Run, nowMs: number): Promise<string | null> {
  const compare = async (): Promise<PastDiffers | null> => {
    const known = await knownBy(client, run);
    return known === null ? null : comparePast(known, await readPast(db, known), nowMs);
  };
  let found = await compare();
  if (found !== null) {
    await sleep(AGAIN_MS);
    found = await compare();
  }
  return found === null ? null : `${run.action}: ${sentenceOf(found)}`;
}

function sentenceOf({ kind, message }: PastDiffers): string {
  return `${kind === 'databaseBehind' ? 'the database is older' : 'Temporal is older'} (${message})`;
}

/** What became of it is not on record: the database is older. That nothing came of it need not be there. */
async function lostEnds(db: Database, runs: readonly Run[]): Promise<string[]> {
  const ended = runs.filter(({ isOpen, outcome }) => !isOpen && (isServedBy(outcome) || outcome === 'rolledBack'));
  const known = await onRecord(
    db,
    ended.map(({ runId }) => runId),
  );
  return ended
    .filter(({ runId }) => !known.has(runId))
    .map(
      ({ action, outcome }) =>
        `${action}: the database is older (it knows nothing of a rollout that ended as ${outcome})`,
    );
}

/** Of the rollouts that are open on record Temporal lacks some: it is older, or was emptied. */
async function lostRuns(client: Client, db: Database): Promise<string[]> {
  const rows = await unendedRollouts(db, null);
  const lost = await mapAtOnce(rows.slice(-MOST), AT_ONCE, async ({ action, workflowId, rolloutId }) => {
    const isThere = await client.workflow
      .getHandle(workflowId, rolloutId)
      .describe()
      .then(() => true)
      .catch(unlessUnknown);
    return isThere ? [] : [`${action}: Temporal is older (it knows nothing of a rollout that is open on record)`];
  });
  return lost.flat();
}

function unlessUnknown(error: Error): boolean {
  if (error.name === 'WorkflowNotFoundError') return false;
  throw error;
}

/** Of temporal/api/enums/v1/event_type.proto. */
const EVENT: Readonly<Record<'activityScheduled' | 'activityCompleted', number>> = {
  activityScheduled: 10,
  activityCompleted: 12,
};
const PAGES = 5;

/** Of what was confirmed the last entry alone: before it something may be lost and told already. Null: nothing was put on record yet, or so long ago that it is not looked for. */
async function knownBy(client: Client, { workflowId, runId }: Run): Promise<KnownPast | null> {
  const done = new Set<string>();
  let told: number | null = null;
  let nextPageToken: Uint8Array | null | undefined;
  for (let page = 0; page < PAGES; page += 1) {
    const answer = await client.workflowService.getWorkflowExecutionHistoryReverse({
      namespace: client.options.namespace,
      execution: { workflowId, runId },
      maximumPageSize: 200,
      ...(nextPageToken && { nextPageToken }),
    });
    for (const event of answer.history?.events ?? []) {
      const eventType: number | null | undefined = event.eventType;
      if (eventType === EVENT.activityCompleted)
        done.add(String(event.activityTaskCompletedEventAttributes?.scheduledEventId));
      const { activityType, input } = event.activityTaskScheduledEventAttributes ?? {};
      if (eventType !== EVENT.activityScheduled || activityType?.name !== 'record') continue;
      const number = await lastNumber(client, input?.payloads?.[0], runId);
      if (number === null) continue;
      told ??= number;
      if (done.has(String(event.eventId))) return { rolloutId: runId, written: number, lostTo: number - 1, told };
    }
    nextPageToken = answer.nextPageToken;
    if (!nextPageToken || nextPageToken.length === 0) break;
  }
  return told === null ? null : { rolloutId: runId, written: 0, told };
}

type Payload = Parameters<typeof readPayload>[1];

async function lastNumber(client: Client, payload: Payload | undefined, runId: string): Promise<number | null> {
  const entries = payload === undefined ? [] : ((await readPayload(client, payload)) as readonly { key: string }[]);
  const key = entries.at(-1)?.key ?? '';
  return key.startsWith(`${runId}/`) ? Number(key.slice(runId.length + 1)) : null;
}
