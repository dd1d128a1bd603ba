/** The whole way of a card, on real parts: sandbox organisation, store, panel process, feed, target, desktop, Chromium. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContext, FrameLocator, Page } from 'playwright-core';
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
import { openTargets } from '../../src/targets/index.ts';
import type { OpenTarget } from '../../src/targets/target.ts';
import { until } from '../sandbox/helpers.ts';

const ACTION = 'RefundAssist';

export interface Way {
  readonly sandbox: SandboxHandle;
  readonly db: Database;
  readonly target: OpenTarget;
  readonly panelUrl: string;
  readonly panel: () => PanelServer;
  /** As when the process dies, and is started again at the same address. */
  stopPanel(): Promise<void>;
  startPanel(): Promise<void>;
  close(): Promise<void>;
}

export async function openWay(): Promise<Way> {
  const sandbox = await startSandbox({
    integrations: { switchMs: 0 },
    notifications: { transcriptionDelayMs: 0 },
    traffic: { running: false },
    desks: { running: false },
  });
  const db = await openDatabase({ kind: 'pglite', dataDir: null });
  const client = createGenesysClient({
    loginUrl: sandbox.url,
    apiUrl: sandbox.url,
    clientId: DEFAULT_CLIENT.id,
    clientSecret: DEFAULT_CLIENT.secret,
    callsPerMinute: 300,
    now: Date.now,
    sleep,
  });
  let running = await openPanel({ sandbox, db, client }, 0);
  const panelUrl = running.panel.url;
  const port = Number(new URL(panelUrl).port);
  return {
    sandbox,
    db,
    target: openTargets({ client, db, panelUrl, now: Date.now }).of('assistPanel'),
    panelUrl,
    panel: () => running.panel,
    stopPanel: () => running.close(),
    startPanel: async () => {
      running = await openPanel({ sandbox, db, client }, port);
    },
    close: async () => {
      await running.close();
      client.close();
      await db.close();
      await sandbox.close();
    },
  };
}

interface Parts {
  readonly sandbox: SandboxHandle;
  readonly db: Database;
  readonly client: GenesysClient;
}

interface RunningPanel {
  readonly panel: PanelServer;
  close(): Promise<void>;
}

async function openPanel({ sandbox, db, client }: Parts, port: number): Promise<RunningPanel> {
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

/** A rollout up to its split: the baseline serves the rest. */
export async function rollOut(
  { target }: Way,
  { baseline, candidate, percent }: { baseline: CardVersion; candidate: CardVersion; percent: number },
): Promise<Deployment> {
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
  return deployment;
}

export async function rollBack({ target }: Way, deployment: Deployment): Promise<void> {
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

export async function play({ sandbox }: Way, played: object): Promise<string> {
  return String((await post(`${sandbox.url}/sandbox/conversations`, played))['id']);
}

export async function transfer({ sandbox }: Way, conversationId: string, agent: number): Promise<void> {
  await post(`${sandbox.url}/sandbox/conversations/${conversationId}/transfer`, { agent });
}

/** By the customer, once the feed follows the conversation: what is said before is only found in the transcript. */
export async function say({ sandbox }: Way, conversationId: string, text: string): Promise<void> {
  const { channels } = sandbox.org;
  const topic = `v2.conversations.${conversationId}.transcription`;
  const isHeard = (): boolean =>
    channels
      .list({ clientId: DEFAULT_CLIENT.id, token: '' }, 'client')
      .some(({ id }) => channels.topicsOf(id).includes(topic));
  await until(isHeard);
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

export async function openDesktop(way: Way, context: BrowserContext | Browser, query = 'agent=0'): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${way.sandbox.url}/sandbox/desktop?${query}`);
  return page;
}

export function panelOf(page: Page, conversationId: string): FrameLocator {
  return page.frameLocator(`.panel[data-conversation="${conversationId}"] iframe`);
}
