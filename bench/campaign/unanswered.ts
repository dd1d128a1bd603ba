/** Harm that stood in the store, and that nobody answered before a person gave the rollout up. */
import { Client } from 'pg';
import type { End } from './end.ts';

/** So many cards of the candidate leave no doubt about a harmful one. */
const CARDS = 150;
/** A judge that settles cards for half a second has had them so long before: on a busy machine, too. */
const WITHIN_MS = 30_000;

export async function unansweredHarm(databaseUrl: string, ends: readonly End[]): Promise<readonly string[]> {
  const open = ends.flatMap(({ action, unanswered }) => (unanswered === null ? [] : [{ action, ...unanswered }]));
  if (open.length === 0) return [];
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const found: string[] = [];
    for (const { action, candidateId, givenUpAtMs } of open) {
      const { rows } = await client.query<{ cards: number }>(
        'select count(*)::int as cards from exposures where action_id = $1 and not withheld and first_seen_at < $2',
        [candidateId, new Date(givenUpAtMs - WITHIN_MS)],
      );
      const cards = rows[0]?.cards ?? 0;
      if (cards >= CARDS)
        found.push(`${action}: its harm was not answered: ${cards} cards had come ${WITHIN_MS / 1000} s before`);
    }
    return found;
  } finally {
    await client.end();
  }
}
