/** The page in a real Chromium, within the imitated desktop and by itself. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { connect, createServer as createWire } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContext, FrameLocator, Page } from 'playwright-core';
import { createGenesysClient } from '../../src/genesys/client.ts';
import { openChromium } from '../../src/preview/chromium.ts';
import type { PanelServer } from '../../src/panel/server.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import type { SandboxHandle } from '../../src/sandbox/server.ts';
import type { Database } from '../../src/store/database.ts';
import { addCards } from '../../src/store/panel/cards.ts';
import { writeSplit } from '../../src/store/panel/splits.ts';
import { findChromium, withoutChromium } from '../preflight/chromium.ts';
import { clientOf } from '../sandbox/helpers.ts';
import type { Client } from '../sandbox/helpers.ts';
import { givenWidget } from '../sandbox/widget.ts';
import { armOf, cardOf, publish } from '../store/panel/fixtures.ts';
import { startTestPanel, until } from './fixtures.ts';
import { newContext } from '../helpers/browser-context.ts';
import { openStore } from '../helpers/any-store.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';

const PAGE =
  '/panel?conversation={{gcConversationId}}&lang={{gcLangTag}}&host={{gcHostOrigin}}&env={{gcTargetEnv}}&popup=false';

const executable = findChromium();
let browser: Browser | null = null;
let context: BrowserContext;
let db: Database;
let sandbox: SandboxHandle;
let client: Client;
let panel: PanelServer;
let closeClient: () => void;

beforeAll(async () => {
  if (executable === undefined) return withoutChromium('the page of the panel was not tried');
  browser = await openChromium(executable);
  db = await openStore();
  sandbox = await startSandbox({ integrations: { switchMs: 0 }, desks: { running: false } });
  client = await clientOf(sandbox);
  const genesys = createGenesysClient({
    loginUrl: sandbox.url,
    apiUrl: sandbox.url,
    clientId: 'sandbox-client',
    clientSecret: 'sandbox-secret',
    callsPerMinute: 3000,
    requestTimeoutMs: PATIENCE_MS,
    now: Date.now,
    sleep: (ms) => sleep(ms),
  });
  closeClient = () => genesys.close();
  panel = await startTestPanel(db, {
    loginUrl: sandbox.url,
    frameAncestors: [sandbox.url],
    agents: genesys.agents,
    oauthClientId: 'sandbox-panel',
  });
  await givenWidget(client, {
    url: panel.url + PAGE,
    sandbox: 'allow-scripts,allow-same-origin,allow-forms,allow-popups',
  });
});
afterAll(async () => {
  if (browser === null) return;
  await panel.close();
  closeClient();
  await sandbox.close();
  await db.close();
  await browser.close();
});
beforeEach(async () => {
  if (browser !== null) context = await newContext(browser);
});
afterEach(() => (browser === null ? undefined : context.close()));

function inChromium(run: () => Promise<void>): () => Promise<void> {
  return async () => (browser === null ? undefined : run());
}

interface Begun {
  readonly id: string;
  readonly agentId: string;
}

/** Of an agent who has no other. */
async function begin(): Promise<Begun> {
  agentsBusy += 1;
  const played = { agent: agentsBusy, lastsMs: 600_000 };
  return (await client.call('POST', '/sandbox/conversations', played)).body as unknown as Begun;
}
let agentsBusy = 0;

async function openDesktop({ agentId }: Begun, panels = 'visible'): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${sandbox.url}/sandbox/desktop?agent=${agentId}&panels=${panels}`);
  return page;
}

const panelOf = (desktop: Page, id: string): FrameLocator =>
  desktop.frameLocator(`.panel[data-conversation="${id}"] iframe`);

/** A candidate that serves everybody, and its card in the conversation. */
async function showCard(conversation: { readonly id: string; readonly agentId: string }, html: string) {
  const action = `Refund ${randomUUID().slice(0, 8)}`;
  const [baseline, candidate] = [await publish(db, action, '1'), await publish(db, action, '2', html)];
  const split = (share: number, ifEpoch: number | null) =>
    writeSplit(
      db,
      {
        action,
        arms: [armOf(baseline, 'control', 100 - share), armOf(candidate, 'candidate', share)],
        queues: ['queue-1'],
        changedBy: 'test',
      },
      ifEpoch,
    );
  const epoch = await split(100, null);
  await until(() => panel.instance.armsOf(action).length === 2);
  const card = cardOf(candidate, { conversationId: conversation.id, agentId: conversation.agentId });
  expect(await addCards(db, [card])).toEqual(['added']);
  return { action, card, rollBack: () => split(0, epoch) };
}

const kindsTold = async (cardId: string): Promise<string[]> =>
  (
    await db.query<{ type: string }>(`select type from events where raw->>'cardId' = $1 order by occurred_at, type`, [
      cardId,
    ])
  ).map(({ type }) => type.split('.').at(-1) ?? '');

test(
  'beside a conversation: signed in without a question, the card is painted, told with its hash, and used',
  inChromium(async () => {
    const conversation = await begin();
    const desktop = await openDesktop(conversation);
    const page = panelOf(desktop, conversation.id);
    await page.getByText('No card yet').waitFor();
    const { card, action } = await showCard(
      conversation,
      '<h3>Refund within 14 days</h3><script>top.hacked = 1</script>',
    );
    await page.getByRole('heading', { name: action }).waitFor();
    await page.frameLocator('iframe').getByText('Refund within 14 days').waitFor();
    await until(async () => (await kindsTold(card.cardId)).includes('rendered'));
    await page.getByRole('button', { name: 'Use' }).click();
    await page.getByText('Marked as used.').first().waitFor();
    await until(async () => (await kindsTold(card.cardId)).includes('accepted'));
    expect(await kindsTold(card.cardId)).toEqual(['triggered', 'rendered', 'accepted']);
    expect(await desktop.evaluate('window.hacked')).toBeUndefined();
  }),
);

test(
  'a roll back takes the card from the screen and says so',
  inChromium(async () => {
    const conversation = await begin();
    const desktop = await openDesktop(conversation);
    const page = panelOf(desktop, conversation.id);
    await page.getByText('No card yet').waitFor();
    const { action, rollBack } = await showCard(conversation, '<p>new</p>');
    await page.getByRole('heading', { name: action }).waitFor();
    await rollBack();
    await page.getByRole('heading', { name: action }).waitFor({ state: 'detached' });
    await page.getByText('A card was withdrawn').waitFor({ state: 'attached' });
  }),
);

test(
  'dismissed is gone, and does not come again with the page’s next stream',
  inChromium(async () => {
    const conversation = await begin();
    const desktop = await openDesktop(conversation);
    const page = panelOf(desktop, conversation.id);
    await page.getByText('No card yet').waitFor();
    const { card } = await showCard(conversation, '<p>card</p>');
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await until(async () => (await kindsTold(card.cardId)).includes('dismissed'));
    await page.getByText('No card yet').waitFor();
    await context.setOffline(true);
    await context.setOffline(false);
    expect(await page.locator('article').count()).toBe(0);
  }),
);

test(
  'a panel out of sight gets its card all the same; its exposure begins when it is looked at',
  inChromium(async () => {
    const conversation = await begin();
    const desktop = await openDesktop(conversation, 'hidden');
    await until(
      async () =>
        (await db.query('select 1 from panel_sessions where conversation_id = $1', [conversation.id])).length > 0,
    );
    const { card } = await showCard(conversation, '<p>card</p>');
    await until(async () => (await panelOf(desktop, conversation.id).locator('article').count()) === 1);
    expect(await kindsTold(card.cardId)).toEqual([]);
    await desktop.getByRole('button', { name: 'Show' }).first().click();
    await until(async () => (await kindsTold(card.cardId)).includes('rendered'));
    // In one millisecond, perhaps.
    expect(new Set(await kindsTold(card.cardId))).toEqual(new Set(['triggered', 'rendered']));
  }),
);

test(
  'another site cannot frame the page, nor the desktop of another organisation',
  inChromium(async () => {
    const site = createServer((_request, response) =>
      response.setHeader('content-type', 'text/html').end(`<iframe src="${panel.url}/panel?conversation=x"></iframe>`),
    );
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    const page = await context.newPage();
    const refused = page.waitForEvent('console', (message) => message.text().includes('frame-ancestors'));
    await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
    await refused;
    site.close();
  }),
);

test(
  'by itself it asks nothing of a desktop; without a conversation it says where it belongs',
  inChromium(async () => {
    const page = await context.newPage();
    await page.goto(`${panel.url}/panel`);
    await page.getByText('belongs beside a conversation').waitFor();
  }),
);

test(
  'in a window of its own: a button opens it, and the page goes on with what comes back',
  inChromium(async () => {
    const conversation = await begin();
    const page = await context.newPage();
    await page.goto(`${panel.url}/panel?conversation=${conversation.id}&popup=true`);
    const opened = context.waitForEvent('page');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await (await opened).locator(`[data-agent="${conversation.agentId}"]`).click();
    await page.getByText('No card yet').waitFor();
  }),
);

test(
  'somebody else’s conversation says so, and shows nothing',
  inChromium(async () => {
    const [mine, theirs] = [await begin(), await begin()];
    await openDesktop(mine);
    const page = await context.newPage();
    await page.goto(`${panel.url}/panel?conversation=${theirs.id}`);
    await page.getByText('not among yours').waitFor();
  }),
);

/** Between page and panel; cut, it carries nothing and ends nothing, as a process that was killed with its machine. */
async function openWire() {
  const sockets = new Set<Socket>();
  let isCut = false;
  const wire = createWire((near) => {
    const far = connect(Number(new URL(panel.url).port), '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => (isCut ? undefined : to.write(chunk)));
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
    }
  });
  await new Promise<void>((resolve) => wire.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(wire.address() as AddressInfo).port}`,
    cut: () => (isCut = true),
    mend() {
      for (const socket of sockets) socket.destroy();
      isCut = false;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      wire.close();
    },
  };
}

test(
  'a panel that falls silent: the candidate’s card is hidden, and shown again by one that speaks; what was done is told then',
  inChromium(async () => {
    const conversation = await begin();
    const desktop = await openDesktop(conversation);
    await panelOf(desktop, conversation.id).getByText('No card yet').waitFor();
    await desktop.close();
    const wire = await openWire();
    const page = await context.newPage();
    await page.goto(`${wire.url}/panel?conversation=${conversation.id}`);
    await page.getByText('No card yet').waitFor();
    const { card, action } = await showCard(conversation, '<p>card</p>');
    const heading = page.getByRole('heading', { name: action });
    await heading.waitFor();
    await until(async () => (await kindsTold(card.cardId)).includes('rendered'));
    wire.cut();
    await page.getByRole('button', { name: 'Use' }).click();
    await heading.waitFor({ state: 'hidden' });
    expect(await kindsTold(card.cardId)).not.toContain('accepted');
    wire.mend();
    await heading.waitFor();
    await until(async () => (await kindsTold(card.cardId)).includes('accepted'));
    expect((await kindsTold(card.cardId)).filter((kind) => kind === 'rendered')).toHaveLength(1);
    wire.close();
  }),
);

async function openBehindWire(conversation: Begun, popup: boolean) {
  const wire = await openWire();
  const page = await context.newPage();
  await page.goto(`${wire.url}/panel?conversation=${conversation.id}&popup=${popup}`);
  return { wire, page };
}

test(
  'streams that begin, and say nothing of the card, do not keep the candidate’s on the screen',
  inChromium(async () => {
    const conversation = await begin();
    const desktop = await openDesktop(conversation);
    await panelOf(desktop, conversation.id).getByText('No card yet').waitFor();
    await desktop.close();
    const { wire, page } = await openBehindWire(conversation, false);
    await page.getByText('No card yet').waitFor();
    const { action } = await showCard(conversation, '<p>card</p>');
    const heading = page.getByRole('heading', { name: action });
    await heading.waitFor();
    await page.route('**/panel/stream?*', (route) =>
      route.fulfill({ contentType: 'text/event-stream', body: 'event: ping\ndata: {}\n\n' }),
    );
    wire.mend();
    await heading.waitFor({ state: 'hidden', timeout: PATIENCE_MS });
    wire.close();
  }),
);

test(
  'whoever has to sign in again keeps no card of before on the screen, and has it once after',
  inChromium(async () => {
    const conversation = await begin();
    const { wire, page } = await openBehindWire(conversation, true);
    const press = () => page.getByRole('button', { name: 'Sign in' }).click();
    const opened = context.waitForEvent('page');
    await press();
    await (await opened).locator(`[data-agent="${conversation.agentId}"]`).click();
    await page.getByText('No card yet').waitFor();
    const { action } = await showCard(conversation, '<p>card</p>');
    const heading = page.getByRole('heading', { name: action });
    await heading.waitFor();
    const refuse = '**/panel/{stream,session}*';
    await page.route(refuse, (route) => route.fulfill({ status: 401, body: '{}' }));
    wire.mend();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await heading.count()).toBe(0);
    await page.unroute(refuse);
    // The organisation knows the agent by now, and asks nothing.
    await press();
    await heading.waitFor();
    expect(await page.locator('article').count()).toBe(1);
    wire.close();
  }),
);
