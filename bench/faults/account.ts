/** After the kills: what was acknowledged against what is there. */
import type { Signer } from '../../src/audit/note.ts';
import { checkpointNow } from '../../src/audit/sign.ts';
import { verifyDatabase } from '../../src/audit/verify.ts';
import type { Database } from '../../src/store/database.ts';

export interface Account {
  readonly acknowledged: number;
  readonly stored: number;
  /** Acknowledged, but not in the store. */
  readonly lost: number;
  /** Stored more than once, or a card with more or other than its one exposure. */
  readonly duplicated: number;
  /** Events that the destination took at least once. */
  readonly forwarded: number;
  /** Acknowledged, but never taken by the destination. */
  readonly notForwarded: number;
  readonly auditEntries: number;
  /** Acts that were told to be done, but are not in the log. */
  readonly auditLost: number;
  readonly auditVerified: boolean;
}

interface Known {
  readonly acknowledged: ReadonlySet<string>;
  readonly received: ReadonlyMap<string, number>;
  readonly audited: ReadonlySet<string>;
  readonly signer: Signer;
}

export async function takeAccount(db: Database, { acknowledged, received, audited, signer }: Known): Promise<Account> {
  const stored = await db.query<{ id: string; times: number }>('select id, count(*) as times from events group by id');
  const ids = new Set(stored.map(({ id }) => id));
  const keys = new Set((await db.query<{ key: string }>('select key from audit')).map(({ key }) => key));
  await checkpointNow(db, signer, { now: Date.now });
  const verdict = await verifyDatabase(db, { verifier: signer });
  return {
    acknowledged: acknowledged.size,
    stored: ids.size,
    lost: missing(acknowledged, ids),
    duplicated: stored.filter(({ times }) => times > 1).length + (await wrongExposures(db)),
    forwarded: received.size,
    notForwarded: missing(acknowledged, received),
    auditEntries: keys.size,
    auditLost: missing(audited, keys),
    auditVerified: verdict.ok,
  };
}

function missing(wanted: ReadonlySet<string>, there: { has(id: string): boolean }): number {
  return [...wanted].filter((id) => !there.has(id)).length;
}

/** Each card folded anew from its events, beside what the store has folded them into. */
async function wrongExposures(db: Database): Promise<number> {
  const [row] = await db.query<{ wrong: number }>(`
    with folded as (
      select card_id, min((raw->>'triggeredAt')::timestamptz) as triggered_at, min((raw->>'renderedAt')::timestamptz) as rendered_at,
        coalesce(jsonb_object_agg(replace(type, 'agentassist.action.', ''), extract(epoch from occurred_at) * 1000)
          filter (where type ~ '(accepted|dismissed)$'), '{}') as outcomes, max(received_at - occurred_at) as late
      from events group by card_id
    )
    select count(*) as wrong from folded full join exposures using (card_id)
    where folded.triggered_at is distinct from exposures.triggered_at or folded.rendered_at is distinct from exposures.rendered_at
      or folded.outcomes is distinct from exposures.outcomes or (extract(epoch from folded.late) * 1000)::bigint is distinct from exposures.late_ms`);
  return row?.wrong ?? 0;
}
