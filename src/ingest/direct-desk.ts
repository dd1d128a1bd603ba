/** The desk on a database that this process may open. */
import type { Database } from '../store/database.ts';
import { storeBatches } from '../store/events.ts';
import { createAgentIds } from './agent-ids.ts';
import { freshCounts } from './counts.ts';
import { createDesk } from './desk.ts';
import type { Desk } from './desk.ts';
import { createGroupCommit } from './group-commit.ts';
import { storeAgain } from './receive.ts';

export interface DirectDeskParts {
  readonly db: Database;
  readonly now: () => number;
  readonly source?: string;
  /** As the events service has it. */
  readonly agentIdHashKey?: string | null;
}

export function openDirectDesk({ db, now, source = 'genesys', agentIdHashKey = null }: DirectDeskParts): Desk {
  const commits = createGroupCommit({ store: (batches) => storeBatches(db, batches) });
  const counts = freshCounts();
  const agentIds = createAgentIds(agentIdHashKey);
  return createDesk({ db, now, store: (body, of) => storeAgain({ source, now, commits, counts, agentIds }, body, of) });
}
