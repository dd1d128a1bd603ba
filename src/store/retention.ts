/**
 * Old events, exposures, dead letters and all that is kept of rollouts that ended leave; what the audit log says of
 * them stays, and so does the last of each action that changed what serves.
 */
import { randomUUID } from 'node:crypto';
import { appendAudit } from './audit.ts';
import type { Database, Queryable, Transaction } from './database.ts';
import { openRollouts } from './open-rollouts.ts';
import type { OpenRollout } from './open-rollouts.ts';

export interface RetentionPlan {
  /** Everything that happened before this goes. */
  readonly before: Date;
  /** The rollout whose own data moved the cut to an earlier time; null when none did. */
  readonly heldBackBy: string | null;
  /** Rollouts that never wrote their end, and that nothing is held back for; each with why. */
  readonly takenAsOver: readonly TakenAsOver[];
}

export interface TakenAsOver {
  readonly rolloutId: string;
  readonly why: string;
  /** Nothing is known of it since before the cut, so what is kept of it goes as well. */
  readonly old: boolean;
}

const KINDS = [
  'events',
  'exposures',
  'customValues',
  'deadLetters',
  'messages',
  'metricWindows',
  'panelCards',
  'panelProcesses',
  'copilotAnswers',
  'responders',
  'decisionLooks',
  'judgeStates',
  'rollouts',
] as const;
/** Rows of each kind. `decisionLooks`, `judgeStates`, `rollouts`: of rollouts that ended before. */
export type Removed = Readonly<Record<(typeof KINDS)[number], number>>;

const NOTHING = Object.fromEntries(KINDS.map((kind) => [kind, 0])) as unknown as Removed;

/** Does this run still go on? Null: whoever would know cannot be asked. */
export type StillRuns = (rollout: OpenRollout) => Promise<boolean | null>;

/**
 * A rollout that gave no sign of life for so long is over, where nobody can be asked: its judge looks many times a day.
 */
const MAX_SILENCE_MS = 30 * 86_400_000;
/** Whoever was heard of so lately goes on: the server that was asked may be another one. */
const ALIVE_MS = 3_600_000;

/**
 * A rollout that runs is judged on all that it has seen, so nothing since its start goes; one that was terminated holds
 * nothing back.
 */
export async function planRetention(
  db: Queryable,
  olderThanMs: number,
  now: number,
  stillRuns: StillRuns = () => Promise.resolve(null),
): Promise<RetentionPlan> {
  const before = new Date(now - olderThanMs);
  const takenAsOver: TakenAsOver[] = [];
  for (const rollout of await openRollouts(db, before)) {
    const why = await whyOver(rollout, now, stillRuns);
    if (why === null) return { before: rollout.startedAt, heldBackBy: rollout.rolloutId, takenAsOver };
    takenAsOver.push({ rolloutId: rollout.rolloutId, why, old: rollout.lastSeenAt < before });
  }
  return { before, heldBackBy: null, takenAsOver };
}

async function whyOver(rollout: OpenRollout, now: number, stillRuns: StillRuns): Promise<string | null> {
  if (now - rollout.lastSeenAt.getTime() < ALIVE_MS) return null;
  const runs = await stillRuns(rollout);
  const since = `it was last heard of at ${rollout.lastSeenAt.toISOString()}`;
  if (runs !== null) return runs ? null : `Temporal knows no such run that goes on; ${since}`;
  return now - rollout.lastSeenAt.getTime() > MAX_SILENCE_MS ? `Temporal cannot be asked, and ${since}` : null;
}

export async function countOlder(db: Queryable, { before, takenAsOver }: RetentionPlan): Promise<Removed> {
  const [row] = await db.query<Removed>(
    `select ${Object.entries(OLD)
      .map(([kind, places]) => `${places.map(countOld).join(' + ')} as "${kind}"`)
      .join(', ')}`,
    [before, idsOf(takenAsOver)],
  );
  return row ?? NOTHING;
}

export interface RetentionAct {
  readonly by: string;
  readonly reason: string;
  readonly now: () => number;
  /** Rows of a kind in one transaction: intake waits no longer than one takes. */
  readonly batch?: number;
}

/**
 * Batch by batch; each is one transaction with the audit entry that tells of it, so what is gone is on record and
 * nothing else.
 */
export async function removeOlder(db: Database, plan: RetentionPlan, act: RetentionAct): Promise<Removed> {
  const run = randomUUID();
  let total = NOTHING;
  for (let batch = 1; ; batch += 1) {
    const removed = await db.tx(async (trx) => {
      const gone = await removeBatch(trx, plan, act.batch ?? 10_000);
      if (isNothing(gone)) return gone;
      await appendAudit(trx, {
        key: `retention/${run}/${batch}`,
        at: new Date(act.now()),
        actor: act.by,
        act: 'retention',
        reason: act.reason,
        details: {
          removed: gone,
          before: plan.before.toISOString(),
          heldBackBy: plan.heldBackBy,
          takenAsOver: plan.takenAsOver,
        },
      });
      return gone;
    });
    if (isNothing(removed)) return total;
    total = sum(total, removed);
  }
}

function countOld({ table, old }: Old): string {
  return `(select count(*) from ${table} t where ${old})`;
}

/** `t` has ended before the cut, or is one of the old ones that were taken as over. */
const ENDED = '(r.ended_at < $1::timestamptz or (r.ended_at is null and r.rollout_id = any($2::text[])))';
const OF_ENDED = `exists (
  select 1 from rollouts r where r.rollout_id collate "C" = t.rollout_id collate "C" and ${ENDED})`;

/** By it what serves now can be undone. */
const SERVES = `(t.outcome in ('promoted', 'retired', 'undone') and (t.plan is not null or t.undo is not null) and not exists (
  select 1 from rollouts n where n.action = t.action and n.outcome in ('promoted', 'retired', 'undone')
  and n.started_at > t.started_at))`;

interface Old {
  readonly table: string;
  readonly old: string;
  readonly order?: string;
}

/** What is old, in the order in which it goes; `$1` is the cut, `$2` are rollouts that were taken as over. */
const OLD: Readonly<Record<keyof Removed, readonly Old[]>> = {
  // What still waits to be forwarded stays until it is.
  events: [
    {
      table: 'events',
      old:
        't.occurred_at < $1::timestamptz and not exists (select 1 from outbox o where o.source = t.source and ' +
        'o.event_id = t.id)',
    },
  ],
  exposures: [{ table: 'exposures', old: 't.triggered_at < $1::timestamptz' }],
  customValues: [{ table: 'custom_values', old: 't.occurred_at < $1::timestamptz' }],
  deadLetters: [{ table: 'dead_letters', old: 't.last_at < $1::timestamptz' }],
  messages: [{ table: 'message_log', old: 't.queued_at < $1::timestamptz' }],
  metricWindows: [{ table: 'metric_windows', old: 't.window_start < $1::timestamptz' }],
  panelCards: [{ table: 'panel_cards', old: 't.created_at < $1::timestamptz' }],
  // With the pages that were open there, and the queues that it followed.
  panelProcesses: [{ table: 'panel_instances', old: 't.lease_until < $1::timestamptz' }],
  copilotAnswers: [{ table: 'copilot_answers', old: 't.claimed_at < $1::timestamptz' }],
  responders: [{ table: 'copilot_responders', old: 't.lease_until < $1::timestamptz' }],
  // From its end on: a record that a batch has begun is none any more (`chainTo` follows it back from there), never
  // half of one.
  decisionLooks: ['decision_looks', 'long_watch_cards'].map((table) => ({
    table,
    old: OF_ENDED,
    order: 'order by rollout_id, cursor desc',
  })),
  judgeStates: ['judge_states', 'agent_habits', 'long_watches', 'forecasts'].map((table) => ({ table, old: OF_ENDED })),
  // Last, since what else there is of a rollout is found by its row.
  rollouts: [
    {
      table: 'rollouts',
      old: `exists (select 1 from rollouts r where r.rollout_id = t.rollout_id and ${ENDED})
      and not ${SERVES}
      and not exists (select 1 from decision_looks l where l.rollout_id = t.rollout_id collate "C")
      and not exists (select 1 from judge_states j where j.rollout_id = t.rollout_id)
      and not exists (select 1 from agent_habits h where h.rollout_id = t.rollout_id collate "C")
      and not exists (select 1 from long_watch_cards l where l.rollout_id = t.rollout_id collate "C")
      and not exists (select 1 from forecasts f where f.rollout_id = t.rollout_id collate "C")
      and not exists (select 1 from long_watches w where w.rollout_id = t.rollout_id collate "C")`,
    },
  ],
};

async function removeBatch(trx: Transaction, { before, takenAsOver }: RetentionPlan, limit: number): Promise<Removed> {
  const gone: Partial<Record<keyof Removed, number>> = {};
  for (const kind of KINDS) {
    for (const { table, old, order = '' } of OLD[kind]) {
      // Every statement is given the same parameters, so each must use both.
      const [row] = await trx.query<{ gone: number }>(
        `with gone as (delete from ${table} where ctid = any(array(
             select t.ctid from ${table} t where ${old} and $2::text[] is not null ${order} limit $3::bigint))
           returning 1)
         select count(*) as gone from gone`,
        [before, idsOf(takenAsOver), limit],
      );
      gone[kind] = (gone[kind] ?? 0) + (row?.gone ?? 0);
    }
  }
  return { ...NOTHING, ...gone };
}

function idsOf(over: readonly TakenAsOver[]): string[] {
  return over.filter(({ old }) => old).map(({ rolloutId }) => rolloutId);
}

function sum(a: Removed, b: Removed): Removed {
  return Object.fromEntries(KINDS.map((kind) => [kind, a[kind] + b[kind]])) as unknown as Removed;
}

function isNothing(removed: Removed): boolean {
  return Object.values(removed).every((rows) => rows === 0);
}
