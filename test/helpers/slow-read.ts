/**
 * A store that is slow to answer the second read of cards: the time is another when the answer is there. (The second, for
 * once every watch is woken by what lies before it, settled or not.)
 */
import type { Database } from '../../src/store/database.ts';

export function slowRead(
  db: Database,
  { askedAtMs, answeredAtMs }: { readonly askedAtMs: number; readonly answeredAtMs: number },
): { readonly db: Database; readonly now: () => number } {
  let reads = 0;
  return {
    db: {
      ...db,
      query: async <Row>(sql: string, params?: readonly unknown[]): Promise<Row[]> => {
        const rows = await db.query<Row>(sql, params);
        if (sql.includes('as "firstOfConversation"')) reads += 1;
        return rows;
      },
    },
    now: () => (reads < 2 ? askedAtMs : answeredAtMs),
  };
}
