/** The whole way of a card, on real parts: sandbox organisation, store, panel process, feed, target, desktop, Chromium. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContext, FrameLocator, Page } from 'playwright-core';
import { freePort } from '../lib/ports.ts';
import type { Deployment } from '../../src/domain/rollout/deployment.ts';
import type { CardVersion } from '../../src/domain/plan/plan.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/preflight/settings.ts';
import { bucketOf } from '../../src/domain/split/bucket.ts';
import { createGenesysClient } from '../../src/genesys/client.ts';
import type { GenesysClient } from '../../src/genesys/client.ts';
import { startPanelFeed } from '../../src/panel/feed/feed.ts';
import type { PanelFeed } from '../../src/panel/feed/feed.ts';
import { startPanel } from '../../src/panel/server.ts';
import type { PanelServer } from '../../src/panel/server.ts';
import { DEFAULT_CLIENT, PANEL_CLIENT } from '../../src/sandbox/options.ts';
import { SEEDED } from '../../src/sandbox/seeded-organisation.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import type { SandboxHandle } from '../../src/sandbox/server.ts';
import type { Database } from '../../src/store/database.ts';
import { openDatabase } from '../../src/store/open.ts';
import type { StoreConfig } from '../../src/store/open.ts';
import { openTargets } from '../../src/targets/index.ts';
import type { OpenTarget } from '../../src/targets/target.ts';

const ACTION = 'RefundAssist';

export interface WayParts {
  readonly sandbox: SandboxHandle;
  readonly db: Database;
  readonly target: OpenTarget;
  readonly panelUrl: string;
}

export interface Way extends WayParts {
  readonly panel: () => PanelServer;
  /** As when the process dies, and is started again at the same address. */
  stopPanel(): Promise<void>;
  startPanel(): Promise<void>;
  close(): Promise<void>;
}

/** All but the panel process. */
export async function openSurroundings(store: StoreConfig): Promise<Surroundings> {
  const sandbox = await startSandbox({
    integrations: { switchMs: 0 },
    notifications: { transcriptionDelayMs: 0 },
    traffic: { running: false },
    desks: { running: false },
  });
  const db = await openDatabase(store);
  const client = createGenesysClient({
    loginUrl: sandbox.url,
    apiUrl: sandbox.url,
    clientId: DEFAULT_CLIENT.id,
    clientSecret: DEFAULT_CLIENT.secret,
    callsPerMinute: 300,
    now: Date.now,
    sleep,
  });
  const close = async (): Promise<void> => {
    client.close();
    await db.close();
    await sandbox.close();
  };
  const targetAt = (panelUrl: string): OpenTarget =>
    openTargets({ client, db, panelUrl, now: Date.now }).of('assistPanel');
  return { sandbox, db, client, targetAt, close };
}

export async function openWay(): Promise<Way> {
  const parts = await openSurroundings({ kind: 'pglite', dataDir: null });
  const { sandbox, db } = parts;
  const port = await freePort();
  let running = await openPanel(parts, port);
  const panelUrl = running.panel.url;
  return {
    sandbox,
    db,
    target: parts.targetAt(panelUrl),
    panelUrl,
    panel: () => running.panel,
    stopPanel: () => running.close(),
    startPanel: async () => {
      running = await openPanel(parts, port);
    },
    close: async () => {
      await running.close();
      await parts.close();
    },
  };
}

interface Surroundings {
  readonly sandbox: SandboxHandle;
  readonly db: Database;
  readonly client: GenesysClient;
  targetAt(panelUrl: string): OpenTarget;
  close(): Promise<void>;
}

interface RunningPanel {
  readonly panel: PanelServer;
  close(): Promise<void>;
}

async function openPanel({ sandbox, db, client }: Surroundings, port: number): Promise<RunningPanel> {
  const panel = await startPanel({
    db,
    port,
    sessionSecrets: ['panel-session-secret-of-this-test'],
    oauthClientId: PANEL_CLIENT.id,
    loginUrl: sandbox.url,
    frameAncestors: [sandbox.url],
    cardPolicy: DEFAULT_SETTINGS.policy,
    agents: client.agents,
    now: Date.now,
  });
  const feed: PanelFeed = await startPanelFeed({
    db,
    instance: { id: panel.instanceId, isFenced: () => panel.instance.isFenced },
    live: { ...client, now: Date.now, sleep, random: Math.random },
    clock: () => performance.now(),
  });
  const close = async (): Promise<void> => {
    await feed.close();
    await panel.close();
  };
  return { panel, close };
}

export function card(version: string, html: string): CardVersion {
  const conditions = [
    { type: 'queue', id: SEEDED.queues.billing.id },
    { type: 'skill', id: SEEDED.skills.refunds.id },
  ] as const;
  return {
    name: ACTION,
    version,
    html,
    trigger: { minConfidence: 0.75, keywords: ['refund'], conditions },
    ui: { position: 'right', size: 'medium', requiredFeatures: [] },
  };
}

/** A rollout up to its split: the baseline serves the rest, and what is said from now on is heard. */
export async function rollOut(
  way: WayParts,
  { baseline, candidate, percent }: { baseline: CardVersion; candidate: CardVersion; percent: number },
): Promise<Deployment> {
  const { target } = way;
  const first = { target: { kind: 'assistPanel' }, action: baseline, rolloutId: 'first', noCard: 'baseline' } as const;
  const alone = await target.deploy(first);
  await target.setSplit(alone, 100);
  await target.retire(alone, 'baseline');
  const deployment = await target.deploy({
    target: { kind: 'assistPanel' },
    action: candidate,
    rolloutId: 'second',
  });
  await target.setSplit(deployment, percent);
  await untilFollowed(way, [`v2.routing.queues.${SEEDED.queues.billing.id}.conversations`]);
  return deployment;
}

export async function rollBack({ target }: WayParts, deployment: Deployment): Promise<void> {
  await target.setSplit(deployment, 0);
  await target.retire(deployment, 'candidate');
}

/** An id whose conversation is in this arm while the split is 50. */
export function conversationIn(arm: 'candidate' | 'baseline'): string {
  for (;;) {
    const id = randomUUID();
    if (bucketOf(id) < 50 === (arm === 'candidate')) return id;
  }
}

export async function play({ sandbox }: WayParts, played: object): Promise<string> {
  return String((await post(`${sandbox.url}/sandbox/conversations`, played))['id']);
}

export async function transfer({ sandbox }: WayParts, conversationId: string, agent: number): Promise<void> {
  await post(`${sandbox.url}/sandbox/conversations/${conversationId}/transfer`, { agent });
}

/** By the customer, once the feed follows the conversation: what is said before is only found in the transcript. */
export async function say(way: WayParts, conversationId: string, text: string): Promise<void> {
  await untilHeard(way, [conversationId]);
  await sayNow(way, conversationId, text);
}

/** The feed follows them all. */
export function untilHeard(way: WayParts, conversationIds: readonly string[]): Promise<void> {
  return untilFollowed(
    way,
    conversationIds.map((id) => `v2.conversations.${id}.transcription`),
  );
}

async function untilFollowed({ sandbox }: WayParts, wanted: readonly string[]): Promise<void> {
  const { channels } = sandbox.org;
  for (const deadline = Date.now() + HEARD_MS; ; await sleep(5)) {
    const own = channels.list({ clientId: DEFAULT_CLIENT.id, token: '' }, 'client');
    const topics = new Set(own.flatMap(({ id }) => channels.topicsOf(id)));
    if (wanted.every((topic) => topics.has(topic))) return;
    if (Date.now() > deadline)
      throw new Error(
        `The feed did not follow ${wanted.length} topics within ${HEARD_MS} ms; it has ${topics.size} topics on ${own.length} channels.`,
      );
  }
}
const HEARD_MS = 120_000;

export async function sayNow({ sandbox }: WayParts, conversationId: string, text: string): Promise<void> {
  await post(`${sandbox.url}/sandbox/conversations/${conversationId}/say`, { text });
}

async function post(url: string, body: object): Promise<Record<string, unknown>> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return answer.status === 204 ? {} : ((await answer.json()) as Record<string, unknown>);
}

export async function openDesktop(way: WayParts, context: BrowserContext | Browser, query = 'agent=0'): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${way.sandbox.url}/sandbox/desktop?${query}`);
  return page;
}

export function panelOf(page: Page, conversationId: string): FrameLocator {
  return page.frameLocator(`.panel[data-conversation="${conversationId}"] iframe`);
}

/** Tries all that gets out of a frame to what listens at `url`. */
export const hostileCard = (url: string): string => `<article><h3>Hostile</h3>
  <script>parent.postMessage('out', '*'); fetch('${url}/script'); top.location = '${url}/top-script';</script>
  <img src="${url}/picture" onerror="fetch('${url}/onerror')">
  <link rel="stylesheet" href="${url}/style"><style>@import '${url}/import'; p { background: url(${url}/background) }</style>
  <form action="${url}/form" method="post" target="_top"><button autofocus>Send</button></form>
  <a id="top" href="${url}/top" target="_top">Top</a><a id="blank" href="${url}/blank" target="_blank">Blank</a>
  <iframe src="${url}/frame"></iframe><object data="${url}/object"></object><video src="${url}/video" autoplay></video>
  <meta http-equiv="refresh" content="0;url=${url}/refresh"><base href="${url}/base/"><p>text</p></article>`;

export interface Listener {
  readonly url: string;
  /** Paths asked for; of none where there is a page. */
  readonly hits: string[];
  readonly close: () => Promise<void>;
}

export async function listen(html = ''): Promise<Listener> {
  const hits: string[] = [];
  const server: Server = createServer((request, response) => {
    if (html === '') hits.push(request.url ?? '');
    response.writeHead(200, { 'content-type': 'text/html', 'access-control-allow-origin': '*' }).end(html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, hits, close };
}
