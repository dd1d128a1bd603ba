/** Who gets rows of the outbox, for each event or for each message to people, and who sends to them. */
import type { Queryable } from './database.ts';

export type DestinationKind = 'events' | 'messages';

/** From now on each new event, or message, is also for these, and for no others. */
export async function setDestinations(
  db: Queryable,
  names: readonly string[],
  kind: DestinationKind = 'events',
): Promise<void> {
  await db.query(
    `with known as (
       insert into destinations as d (name, enabled, kind) select name, true, $2 from unnest($1::text[]) as name
       on conflict (name) do update set enabled = true, kind = $2 where not d.enabled or d.kind <> $2
     )
     update destinations set enabled = false where enabled and kind = $2 and name <> all($1::text[])`,
    [names, kind],
  );
}

export async function enabledDestinations(db: Queryable, kind: DestinationKind): Promise<string[]> {
  const rows = await db.query<{ name: string }>(
    'select name from destinations where enabled and kind = $1 order by name',
    [kind],
  );
  return rows.map(({ name }) => name);
}

/** Who may claim messages for a destination; its name is new with every attempt to send. */
export interface Sender {
  readonly destination: string;
  readonly sender: string;
}

/** From its return on nobody else claims. False when nothing is to be sent there any more. */
export async function takeOver(db: Queryable, { destination, sender }: Sender): Promise<boolean> {
  const rows = await db.query('update destinations set sender = $2 where name = $1 and enabled returning 1', [
    destination,
    sender,
  ]);
  return rows.length > 0;
}

/** What a sender has to say; the counts are added to what was counted before. */
export interface SenderReport {
  readonly at: Date;
  readonly delivered: number;
  readonly failedAttempts: number;
  readonly lastProblem: string | null;
  /** null: as it was. */
  readonly failing: boolean | null;
}

/** What is to become of it: `removed` when nothing is to be sent there any more, `replaced` when another one sends. */
export async function reportSender(
  db: Queryable,
  { destination, sender }: Sender,
  { at, delivered, failedAttempts, lastProblem, failing }: SenderReport,
): Promise<'sends' | 'removed' | 'replaced'> {
  const [row] = await db.query<{ enabled: boolean }>(
    `update destinations set heard_at = $3::timestamptz, delivered = delivered + $4::bigint,
       failed_attempts = failed_attempts + $5::bigint, last_problem = coalesce($6, last_problem),
       failing_since = case when $7::boolean then coalesce(failing_since, $3::timestamptz)
         when $7::boolean is null then failing_since end
     where name = $1 and sender = $2 returning enabled`,
    [destination, sender, at, delivered, failedAttempts, lastProblem, failing],
  );
  if (row === undefined) return 'replaced';
  return row.enabled ? 'sends' : 'removed';
}
