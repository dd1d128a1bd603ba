import type { PushedEvent } from '../../src/domain/events/event.ts';
import type { Queryable } from '../../src/store/database.ts';
import { storeBatches } from '../../src/store/events.ts';
import type { Stored } from '../../src/store/events.ts';

/** One push, as the events service stores it. */
export async function storeEvents(
  db: Queryable,
  events: readonly PushedEvent[],
  from: { readonly source: string; readonly receivedAt: Date },
): Promise<Stored> {
  const [result] = await storeBatches(db, [{ ...from, events }]);
  return result ?? { stored: 0, duplicates: 0 };
}
