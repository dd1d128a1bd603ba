/**
 * What the watches of a process ask of the store in the same turn of its loop is one statement: a notification wakes many
 * of them at once.
 */
import type { Queryable } from '../store/database.ts';
import { lastSeq } from '../store/exposures.ts';
import type { Gathered } from './gathered.ts';
import { createGathered } from './gathered.ts';

const lastSeqs = new WeakMap<Queryable, Gathered<null, number>>();

/** As of the moment in which it is asked, or later. */
export function lastSeqTogether(db: Queryable): Promise<number> {
  const ofStore =
    lastSeqs.get(db) ??
    createGathered<null, number>((asked) => {
      const last = lastSeq(db);
      return asked.map(() => last);
    });
  lastSeqs.set(db, ofStore);
  return ofStore.ask(null, 0);
}
