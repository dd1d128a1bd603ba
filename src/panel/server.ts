/** The running process: the HTTP server, the lease, and what leaves the screens when either ends. */
import { randomUUID } from 'node:crypto';
import type { ContentPolicy } from '../domain/preflight/content-policy.ts';
import { createLeaseClock } from '../domain/shared/lease-clock.ts';
import type { Agents } from '../genesys/agents.ts';
import { closeHonoServer, createHonoServer } from '../http/hono-server.ts';
import type { HonoFetch } from '../http/hono-server.ts';
import { listenOn } from '../http/listen.ts';
import type { Database } from '../store/database.ts';
import { cardsToShow, PANEL_CARDS_CHANNEL } from '../store/panel/cards.ts';
import { endInstance, PANEL_LEASE_MS, renewInstance } from '../store/panel/instances.ts';
import { PANEL_SPLIT_CHANNEL, readSplits } from '../store/panel/splits.ts';
import { readVersions } from '../store/panel/versions.ts';
import { readAtScrape } from '../telemetry/measure.ts';
import { observedRequests } from '../telemetry/requests.ts';
import { createAdmission } from './admission.ts';
import { createPanelApp } from './app.ts';
import { createContents } from './content.ts';
import { createCounts } from './counts.ts';
import type { PanelCounts } from './counts.ts';
import { createHub, HUB_LIMITS } from './hub.ts';
import type { Hub, HubLimits } from './hub.ts';
import { startInstance } from './instance.ts';
import type { Instance, ServedArm } from './instance.ts';
import type { PanelLogger } from './logger.ts';
import { pagePolicy, readPageFiles } from './page-files.ts';
import { createPageRecords } from './records.ts';
import { createSessions } from './sessions.ts';
import type { Sessions } from './sessions.ts';
import type { CardOfVersion } from './stream.ts';

export interface PanelOptions {
  readonly db: Database;
  /** 0 takes any free one. */
  readonly port: number;
  readonly host?: string;
  readonly sessionSecrets: readonly string[];
  readonly oauthClientId: string;
  readonly loginUrl: string;
  readonly frameAncestors: readonly string[];
  readonly cardPolicy: ContentPolicy;
  readonly agents: Agents;
  readonly now: () => number;
  /** Monotonic. */
  readonly clock?: () => number;
  readonly logger?: PanelLogger;
  readonly limits?: Partial<HubLimits>;
  /** Of what brings cards, for GET /health. */
  readonly feedState?: () => object | null;
  readonly renewMs?: number;
}

export interface PanelServer {
  readonly url: string;
  readonly instanceId: string;
  /** What this process may serve now. */
  readonly instance: Instance;
  /** Withdraws, ends all streams, gives the lease back. Leaves the database open. */
  close(): Promise<void>;
}

const RENEW_MS = 1_500;
const PING_MS = 15_000;
/** Several within the silence that a page bears. */
const WORD_MS = 1_000;
/** Beside the streams: sessions, events, files. */
const SPARE_CONNECTIONS = 2_048;

export async function startPanel(options: PanelOptions): Promise<PanelServer> {
  const { db, port, host = '127.0.0.1', now } = options;
  const parts = createParts(options);
  const { hub, instance } = parts;
  const fetch: HonoFetch = (request, bindings) => parts.app.fetch(request, bindings);
  const server = createHonoServer(observedRequests('panel', fetch));
  const unread = readAtScrape(() => [{ gauge: 'assist_rollouts_panel_streams', value: hub.size }]);
  server.maxConnections = (options.limits?.streams ?? HUB_LIMITS.streams) + SPARE_CONNECTIONS;
  const timers = [
    setInterval(() => hub.ping('all'), PING_MS),
    setInterval(() => hub.ping('waiting'), WORD_MS),
    setInterval(() => hub.endExpired(now()), WORD_MS),
  ];
  const unlisten = await Promise.all([
    db.listen(PANEL_SPLIT_CHANNEL, () => instance.wake()),
    db.listen(PANEL_CARDS_CHANNEL, (ids) => hub.look(ids === '' ? null : ids.split(','))),
  ]);
  const end = async (): Promise<void> => {
    unread();
    parts.state.closing = true;
    for (const timer of timers) clearInterval(timer);
    // What only a lease may show goes first, then the lease.
    await instance.close();
    hub.endAll('closing');
    await Promise.allSettled(unlisten.map((stop) => stop()));
  };
  try {
    const url = await listenOn(server, { port, host, what: 'The panel process' });
    let closing: Promise<void> | undefined;
    const close = async (): Promise<void> => {
      await end();
      await closeHonoServer(server);
    };
    return { url, instanceId: parts.instanceId, instance, close: () => (closing ??= close()) };
  } catch (error) {
    await end();
    throw error;
  }
}

function createParts(options: PanelOptions) {
  const { now, clock = createLeaseClock(() => performance.now(), now), logger } = options;
  const instanceId = randomUUID();
  const state: { hub?: Hub; closing: boolean } = { closing: false };
  const onChange = (): void => {
    state.hub?.withdrawUnserved();
    state.hub?.look(null);
  };
  const instance = openInstance({ ...options, clock }, instanceId, onChange);
  const counts = createCounts();
  const sessions = createSessions(options.sessionSecrets, now);
  const hub = openHub({ ...options, clock }, { instance, sessions, counts });
  state.hub = hub;
  const app = createPanelApp({
    sessions,
    admit: createAdmission({ agents: options.agents, clock }),
    hub,
    records: createPageRecords(options.db, instanceId),
    files: readPageFiles(),
    policy: pagePolicy(options),
    pageConfig: { clientId: options.oauthClientId, loginUrl: options.loginUrl.replace(/\/+$/, '') },
    health: () => ({
      status: instance.isFenced ? 'baselineOnly' : 'ok',
      instanceId,
      epoch: instance.epoch,
      pages: hub.size,
      agents: hub.users,
      counts,
      feed: options.feedState?.() ?? null,
    }),
    counts,
    isClosing: () => state.closing,
    clock,
    logger,
  });
  return { instanceId, instance, hub, app, state };
}

type Timed = PanelOptions & { readonly clock: () => number };

function openInstance({ db, clock, logger, renewMs = RENEW_MS }: Timed, id: string, onChange: () => void): Instance {
  return startInstance({
    readSplits: async () => {
      const { epoch, splits } = await readSplits(db);
      return {
        epoch,
        epochs: new Map(splits.map((split) => [split.action, split.epoch])),
        arms: new Map(splits.map(({ action, arms }) => [action, arms])),
      };
    },
    renew: (epoch) => renewInstance(db, { id, epoch }),
    giveBack: () => endInstance(db, id),
    onChange,
    clock,
    leaseMs: PANEL_LEASE_MS,
    renewMs,
    logger,
  });
}

function openHub(
  { db, clock, logger, limits = {}, cardPolicy }: Timed,
  own: { readonly instance: Instance; readonly sessions: Sessions; readonly counts: PanelCounts },
): Hub {
  const armOf = ({ action, versionId }: CardOfVersion): ServedArm | undefined =>
    own.instance.armsOf(action).find((arm) => arm.versionId === versionId);
  return createHub({
    cardsToShow: (conversations) => cardsToShow(db, conversations),
    contentOf: createContents(async (id) => {
      const [version] = await readVersions(db, [id]);
      if (version === undefined) throw new Error(`There is no version ${id}.`);
      return { action: version.action, ...version.content };
    }, cardPolicy),
    serves: (card) => {
      const arm = armOf(card);
      return arm?.enabled === true && arm.splitPercent > 0;
    },
    needsWord: (card) => armOf(card)?.group === 'candidate',
    isFenced: () => own.instance.isFenced,
    sessions: own.sessions,
    counts: own.counts,
    clock,
    logger,
    limits,
  });
}
