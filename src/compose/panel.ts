/** The panel process: its HTTP server and lease, and the feed that makes cards of what is said. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { GenesysConfig } from '../config/genesys.ts';
import { desktopOrigin } from '../config/panel.ts';
import type { PanelConfig } from '../config/panel.ts';
import type { PreflightSettings } from '../domain/preflight/settings.ts';
import { createLeaseClock } from '../domain/shared/lease-clock.ts';
import { createGenesysClient } from '../genesys/client.ts';
import { keepMembersFresh } from '../panel/feed/fresh-members.ts';
import { startPanelFeed } from '../panel/feed/feed.ts';
import type { PanelFeed } from '../panel/feed/feed.ts';
import { startPanel } from '../panel/server.ts';
import type { PanelServer } from '../panel/server.ts';
import type { Database } from '../store/database.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Closers } from './closers.ts';

export interface PanelParts {
  readonly db: Database;
  readonly genesys: GenesysConfig;
  readonly panel: Omit<PanelConfig, 'publicUrl' | 'oauthClientId'> & { readonly oauthClientId: string };
  /** Under which cards are shown. */
  readonly cardRules: Pick<PreflightSettings, 'policy'>;
  readonly now: () => number;
  readonly logger: Logger;
  readonly closers: Closers;
}

/** What was missed is counted, and nothing more comes of it: it leaves the rate to what is said now. */
const READ_EVERY_MS = 1_000;
/** Some minutes of that; of older ones nobody learns much. */
const MAX_UNREAD = 200;

/** Topics are asked for as soon as they may: what is said before is lost. It takes a fifth of the calls at most. */
function groupMsFor(callsPerMinute: number): number {
  return Math.max(20, Math.min(1_000, Math.ceil(300_000 / callsPerMinute)));
}

/** Closed through `closers`. */
export async function composePanel(parts: PanelParts): Promise<Pick<PanelServer, 'url'>> {
  const { db, genesys, panel, now, logger, closers } = parts;
  const client = createGenesysClient({ ...genesys, now, sleep, logger });
  closers.add('client of the organisation', () => client.close());
  const clock = createLeaseClock(() => performance.now(), Date.now);
  const opened: { feed?: PanelFeed } = {};
  const server = await startPanel({
    ...panel,
    db,
    loginUrl: genesys.loginUrl,
    frameAncestors: [desktopOrigin(genesys.apiUrl), ...panel.frameAncestors],
    cardPolicy: parts.cardRules.policy,
    agents: client.agents,
    now,
    clock,
    logger,
    feedState: () => opened.feed?.state() ?? null,
  });
  closers.add('panel', () => server.close());
  const { conversations, transcripts, messages, notifications } = client;
  const { instance } = server;
  opened.feed = await startPanelFeed({
    db,
    instance: { id: server.instanceId, isFenced: () => instance.isFenced },
    isBridged: panel.channels === 0,
    live: {
      conversations,
      transcripts,
      messages,
      notifications,
      now,
      sleep,
      random: Math.random,
      logger,
      settings: {
        maxChannels: panel.channels,
        readEveryMs: READ_EVERY_MS,
        maxUnread: MAX_UNREAD,
        groupMs: groupMsFor(genesys.callsPerMinute),
      },
    },
    logger,
    clock,
  });
  const { feed } = opened;
  closers.add('feed of the panel', () => feed.close());
  const members = keepMembersFresh({
    db,
    people: client.people,
    onError: (err) =>
      logger.warn({ err }, 'members of teams or divisions could not be read; going on with those known'),
  });
  closers.add('members of audiences', () => members.close());
  return server;
}
