/** The organisation's side, opened from a configuration. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { GenesysConfig } from '../config/genesys.ts';
import { createGenesysClient } from '../genesys/client.ts';
import type { Conversations } from '../genesys/conversations.ts';
import type { ConfirmCurrent, GenesysLogger } from '../genesys/http.ts';
import { createEventExport } from '../targets/event-export.ts';
import type { EventExport } from '../targets/event-export.ts';
import type { Database } from '../store/database.ts';
import { openTargets } from '../targets/index.ts';
import type { Targets } from '../targets/index.ts';

export interface Organisation {
  readonly targets: Targets;
  readonly eventExport: EventExport;
  readonly conversations: Conversations;
  close(): void;
}

export interface OrganisationOptions {
  readonly now: () => number;
  /** Of the worker, for targets whose versions are rows of it. */
  readonly db?: Database;
  /** Base URL of the panel as agents reach it. */
  readonly panelUrl?: string | null;
  readonly logger?: GenesysLogger;
  readonly signal?: () => AbortSignal | undefined;
  readonly confirmCurrent?: ConfirmCurrent;
}

export function openOrganisation(config: GenesysConfig, options: OrganisationOptions): Organisation {
  const client = createGenesysClient({ ...config, ...options, sleep: (ms) => sleep(ms) });
  const { db = null, panelUrl = null, now, confirmCurrent } = options;
  return {
    targets: openTargets({ client, db, panelUrl, now, ...(confirmCurrent && { confirmCurrent }) }),
    eventExport: createEventExport(client.exports),
    conversations: client.conversations,
    close: () => client.close(),
  };
}
