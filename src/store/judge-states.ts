/** Where a rollout's judge stands, so that another worker goes on from there. */
import type { JudgeReport } from '../domain/judge/types.ts';
import type { Queryable } from './database.ts';

export interface StoredJudgeState {
  readonly rolloutId: string;
  /** Last `seq` of the exposures that the state has seen. */
  readonly cursor: number;
  /** The watcher's memory around the judge's state; plain JSON. */
  readonly state: object;
  readonly report: JudgeReport | null;
  readonly updatedAt: Date;
}

/** A watcher that lost its lease and writes late never turns the judge back to an earlier cursor. */
export async function saveJudgeState(db: Queryable, saved: StoredJudgeState): Promise<void> {
  await db.query(
    `insert into judge_states (rollout_id, cursor, state, report, updated_at) values ($1, $2, $3, $4, $5)
     on conflict (rollout_id) do update set
       cursor = excluded.cursor, state = excluded.state, report = excluded.report, updated_at = excluded.updated_at
     where judge_states.cursor <= excluded.cursor`,
    [saved.rolloutId, saved.cursor, saved.state, saved.report, saved.updatedAt],
  );
}

export async function loadJudgeState(db: Queryable, rolloutId: string): Promise<StoredJudgeState | null> {
  const [row] = await db.query<StoredJudgeState>(
    'select rollout_id as "rolloutId", cursor, state, report, updated_at as "updatedAt" from judge_states where ' +
      'rollout_id = $1',
    [rolloutId],
  );
  return row ?? null;
}

/** The judges of these rollouts stand where they stood, as of these instants (ms since the epoch). */
export async function touchJudgeStates(
  db: Queryable,
  rollouts: readonly (readonly [rolloutId: string, atMs: number])[],
): Promise<void> {
  await db.query(
    `update judge_states j set updated_at = n.at
     from (select t.id, to_timestamp(t.ms / 1000) as at from unnest($1::text[], $2::float8[]) as t(id, ms)) n
     where j.rollout_id = n.id and j.updated_at < n.at`,
    [rollouts.map(([id]) => id), rollouts.map(([, atMs]) => atMs)],
  );
}
