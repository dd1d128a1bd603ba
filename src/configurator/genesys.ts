/** The organisation's side, opened from a configuration. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { GenesysConfig } from '../config/genesys.ts';
import { createGenesysClient } from '../genesys/client.ts';
import type { GenesysLogger } from '../genesys/http.ts';
import { createEventExport } from '../targets/event-export.ts';
import type { EventExport } from '../targets/event-export.ts';
import { openTargets } from '../targets/index.ts';
import type { Targets } from '../targets/index.ts';

export interface Organisation {
  readonly targets: Targets;
  readonly eventExport: EventExport;
  close(): void;
}

export interface OrganisationOptions {
  readonly now: () => number;
  readonly logger?: GenesysLogger;
  readonly signal?: () => AbortSignal | undefined;
}

export function openOrganisation(config: GenesysConfig, options: OrganisationOptions): Organisation {
  const client = createGenesysClient({ ...config, ...options, sleep: (ms) => sleep(ms) });
  return {
    targets: openTargets({ client }),
    eventExport: createEventExport(client.exports),
    close: () => client.close(),
  };
}
