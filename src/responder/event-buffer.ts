/** Events on their way into the store: many in one transaction, kept while the store is away. */
import type { EngagementEvent } from '../domain/events/event.ts';
import { storeBatches } from '../store/events.ts';
import type { Database } from '../store/database.ts';
import { createBacklog } from './backlog.ts';
import type { Backlog } from './backlog.ts';

const COPILOT_SOURCE = 'copilot';

export type EventBuffer = Backlog<EngagementEvent>;

const GROUP_MS = 100;
const MAX_WAITING = 50_000;

export function createEventBuffer(
  db: Database,
  { now, onTrouble }: { readonly now: () => number; readonly onTrouble: (error: unknown) => void },
): EventBuffer {
  return createBacklog<EngagementEvent>({
    work: async (events) => {
      await storeBatches(db, [{ source: COPILOT_SOURCE, receivedAt: new Date(now()), events }]);
      return [];
    },
    maxWaiting: MAX_WAITING,
    groupMs: GROUP_MS,
    onTrouble,
  });
}
