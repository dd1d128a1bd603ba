/** Who answers which suggestion, and with which version: no card of ours is answered by two processes, or twice. */
import type { Database, Queryable } from './database.ts';
import { copilotRowOf } from './copilot.ts';
import type { CopilotRow } from './copilot.ts';
import { LOCKS } from './locks.ts';

export interface Answer {
  readonly suggestionId: string;
  readonly action: string;
  readonly versionId: string;
  readonly claimedBy: string;
  readonly answeredAt: Date | null;
  /** It is a card of the version's arm. */
  readonly isCounted: boolean;
}

export interface Claim {
  readonly suggestionId: string;
  readonly action: string;
  readonly responderId: string;
  /** Which version the conversation gets as the row stands; null: none of ours. */
  readonly choose: (row: CopilotRow) => string | null;
}

export interface Claimed {
  readonly versionId: string;
  /** Of the row by which it was chosen. */
  readonly epoch: number;
}

const COLUMNS = `suggestion_id as "suggestionId", action, version_id as "versionId", claimed_by as "claimedBy",
  answered_at as "answeredAt", counted as "isCounted"`;

/**
 * Null: another was first, or nothing is to be shown. The version is chosen beside no change of the split: after a roll
 * back none of the candidate is claimed.
 */
export async function claimAnswer(db: Database, claim: Claim): Promise<Claimed | null> {
  const { suggestionId, action, responderId, choose } = claim;
  return db.tx(async (trx) => {
    await trx.query('select pg_advisory_xact_lock_shared($1)', [LOCKS.copilotSplit]);
    const row = await copilotRowOf(trx, action);
    const versionId = row === null ? null : choose(row);
    if (row === null || versionId === null) return null;
    const added = await trx.query(
      `insert into copilot_answers (suggestion_id, action, version_id, claimed_by, claimed_at)
       values ($1, $2, $3, $4::uuid, clock_timestamp()) on conflict (suggestion_id) do nothing returning suggestion_id`,
      [suggestionId, action, versionId, responderId],
    );
    return added.length === 0 ? null : { versionId, epoch: row.epoch };
  });
}

/** What another claimed and has not answered for so long, it may have died with: then it is ours. */
export async function takeOver(
  db: Queryable,
  { suggestionId, responderId, olderThanMs }: { suggestionId: string; responderId: string; olderThanMs: number },
): Promise<boolean> {
  const taken = await db.query(
    `update copilot_answers set claimed_by = $2::uuid, claimed_at = clock_timestamp()
     where suggestion_id = $1 and answered_at is null
       and claimed_at <= clock_timestamp() - $3::float8 * interval '1 millisecond' returning suggestion_id`,
    [suggestionId, responderId, olderThanMs],
  );
  return taken.length > 0;
}

/** Of what was claimed a while ago; false: another has it by now, or it was answered. */
export async function renewClaim(
  db: Queryable,
  { suggestionId, responderId }: Pick<Claim, 'suggestionId' | 'responderId'>,
): Promise<boolean> {
  const renewed = await db.query(
    `update copilot_answers set claimed_at = clock_timestamp()
     where suggestion_id = $1 and claimed_by = $2::uuid and answered_at is null returning suggestion_id`,
    [suggestionId, responderId],
  );
  return renewed.length > 0;
}

export interface Given {
  readonly suggestionId: string;
  readonly versionId: string;
  readonly isCounted: boolean;
  /** Not sent by whoever tells it: it was found there, and whoever sent it knows better. */
  readonly isFound: boolean;
}

/** Of what was found there: whoever sent it may say so still. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * Of those that somebody claimed: what was given in the end may be another version than the claimed one. What another
 * has the claim of, and has given, stays as that one says.
 */
export async function markGiven(db: Queryable, responderId: string, given: readonly Given[]): Promise<void> {
  await db.query(
    `update copilot_answers a set version_id = g.version_id, counted = g.counted,
       answered_at = coalesce(a.answered_at, clock_timestamp()),
       claimed_by = case when g.found then $6::uuid else a.claimed_by end
     from unnest($1::text[], $2::text[], $3::boolean[], $4::boolean[]) as g (suggestion_id, version_id, counted, found)
     where a.suggestion_id = g.suggestion_id
       and (a.answered_at is null or not g.found and a.claimed_by in ($5::uuid, $6::uuid))`,
    [
      given.map(({ suggestionId }) => suggestionId),
      given.map(({ versionId }) => versionId),
      given.map(({ isCounted }) => isCounted),
      given.map(({ isFound }) => isFound),
      responderId,
      NOBODY,
    ],
  );
}

export async function answersOf(db: Queryable, suggestionIds: readonly string[]): Promise<readonly Answer[]> {
  return db.query<Answer>(`select ${COLUMNS} from copilot_answers where suggestion_id = any($1::text[])`, [
    suggestionIds,
  ]);
}

/** How many texts of a version agents were shown: they stay where they are. */
export async function answersShown(db: Queryable, versionId: string): Promise<number> {
  const [row] = await db.query<{ shown: number }>(
    'select count(*) as shown from copilot_answers where version_id = $1 and answered_at is not null',
    [versionId],
  );
  return row?.shown ?? 0;
}
