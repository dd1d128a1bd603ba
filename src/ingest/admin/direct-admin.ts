/** On a database that this process may open. */
import type { Database } from '../../store/database.ts';
import { storeBatches } from '../../store/events.ts';
import { createAgentIds } from '../intake/agent-ids.ts';
import { createCounts } from '../intake/counts.ts';
import { createEventsAdmin } from './events-admin.ts';
import type { EventsAdmin } from './events-admin.ts';
import { createGroupCommit } from '../intake/group-commit.ts';
import { storeAgain } from '../intake/receive.ts';

export interface DirectAdminParts {
  readonly db: Database;
  readonly now: () => number;
  readonly source?: string;
  /** As the events service has it. */
  readonly agentIdHashKey?: string | null;
}

export function openDirectAdmin({ db, now, source = 'genesys', agentIdHashKey = null }: DirectAdminParts): EventsAdmin {
  const commits = createGroupCommit({ store: (batches) => storeBatches(db, batches) });
  const counts = createCounts();
  const agentIds = createAgentIds(agentIdHashKey);
  return createEventsAdmin({
    db,
    now,
    store: (body, of) => storeAgain({ source, now, commits, counts, agentIds }, body, of),
  });
}
