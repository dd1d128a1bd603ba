/** The panel process: its HTTP server and lease, and the feed that follows what is said. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { GenesysConfig } from '../config/genesys.ts';
import { desktopOrigin } from '../config/panel.ts';
import type { PanelConfig } from '../config/panel.ts';
import type { PreflightSettings } from '../domain/preflight/settings.ts';
import { createGenesysClient } from '../genesys/client.ts';
import { startPanel } from '../panel/server.ts';
import type { PanelServer } from '../panel/server.ts';
import type { Database } from '../store/database.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Closers } from './closers.ts';

export interface PanelParts {
  readonly db: Database;
  readonly genesys: GenesysConfig;
  readonly panel: PanelConfig & { readonly oauthClientId: string };
  /** Under which cards are shown. */
  readonly cardRules: Pick<PreflightSettings, 'policy'>;
  readonly now: () => number;
  readonly logger: Logger;
  readonly closers: Closers;
}

/** Closed through `closers`. */
export async function composePanel(parts: PanelParts): Promise<PanelServer> {
  const { db, genesys, panel, now, logger, closers } = parts;
  const client = createGenesysClient({ ...genesys, now, sleep, logger });
  closers.add('client of the organisation', () => client.close());
  const server = await startPanel({
    ...panel,
    db,
    loginUrl: genesys.loginUrl,
    frameAncestors: [desktopOrigin(genesys.apiUrl), ...panel.frameAncestors],
    cardPolicy: parts.cardRules.policy,
    agents: client.agents,
    now,
    logger,
  });
  closers.add('panel', () => server.close());
  return server;
}
