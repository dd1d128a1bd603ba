/** The official Client App SDK, in a page in a real Chromium, against the desktop of the sandbox. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Hono } from 'hono';
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core';
import type { SandboxEnv } from '../../../src/sandbox/http-context.ts';
import { SEEDED } from '../../../src/sandbox/seeded-organisation.ts';
import { openChromium } from '../../../src/preview/chromium.ts';
import { findChromium, withoutChromium } from '../../preflight/chromium.ts';
import { newContext } from '../../helpers/browser-context.ts';
import { ROOT } from '../../helpers/sources.ts';
import { givenSandbox, until } from '../helpers.ts';
import type { Client } from '../helpers.ts';
import { configureWidget, givenWidget } from '../widget.ts';
import { serveApp } from './serve.ts';

const SDK = readFileSync(join(ROOT, 'node_modules/purecloud-client-app-sdk/dist/purecloud-client-app-sdk.js'), 'utf8');
/** What an application of a customer does: it greets at the bootstrap and keeps what it is told. */
const APP = `<!doctype html><meta charset="utf-8"><title>app</title><p id="told"></p><script src="/sdk.js"></script>
<script>
  const told = [];
  const app = new window.purecloud.apps.ClientApp({
    gcHostOriginQueryParam: 'host', gcTargetEnvQueryParam: 'env' });
  app.lifecycle.addBootstrapListener(() => { told.push('bootstrap'); app.lifecycle.bootstrapped(); });
  app.lifecycle.addFocusListener(() => told.push('focus'));
  app.lifecycle.addBlurListener(() => told.push('blur'));
  // The frame goes once it says stopped: what it sends must have arrived by then.
  app.lifecycle.addStopListener(async () => { await fetch('/stopped', { method: 'POST' }); app.lifecycle.stopped(); });
</script>`;
const URL_QUERY =
  'c={{gcConversationId}}&old={{pcConversationId}}&lang={{gcLangTag}}&host={{gcHostOrigin}}&env={{gcTargetEnv}}' +
  '&popup={{gcUsePopupAuth}}&kind={{gcInteractionType}}&what={{noSuchVariable}}';

/** Longer than any test. */
const LONG_MS = 3_600_000;
const NOBODY = '7f9d2f6e-92f4-4c0a-9a55-2f6d8b9d1c01';

let stops = 0;
/** The clock of the organisation may be put ahead. */
let aheadMs = 0;
let appUrl: string;
let browser: Browser | null;
let closeApp: () => Promise<void>;
let context: BrowserContext;
let client: Client;
let widgetId: string;
let conversationId: string;

beforeAll(async () => {
  const app = new Hono<SandboxEnv>();
  app.get('/', (c) => c.html(APP));
  app.get('/sdk.js', (c) => c.body(SDK, 200, { 'content-type': 'text/javascript' }));
  app.post('/stopped', (c) => {
    stops += 1;
    return c.body(null, 204);
  });
  const served = await serveApp(app);
  [appUrl, closeApp] = [served.url, served.close];
  const executable = findChromium();
  browser = executable === undefined ? null : await openChromium(executable);
});
afterAll(async () => {
  await browser?.close();
  await closeApp();
});
beforeEach(async () => {
  stops = 0;
  aheadMs = 0;
  client = await givenSandbox({ integrations: { switchMs: 0 }, now: () => Date.now() + aheadMs });
  widgetId = await givenWidget(client, { url: `${appUrl}/?${URL_QUERY}` });
  conversationId = await begin();
  if (browser !== null) context = await newContext(browser);
});
afterEach(() => (browser === null ? undefined : context.close()));

async function begin(played: object = {}): Promise<string> {
  return String((await client.call('POST', '/sandbox/conversations', { lastsMs: LONG_MS, ...played })).body['id']);
}

const configure = (changed: object): Promise<void> =>
  configureWidget(client, widgetId, { url: `${appUrl}/?${URL_QUERY}`, ...changed });

async function openDesktop(query = ''): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${client.sandbox.url}/sandbox/desktop?agent=0${query}`);
  return page;
}

async function appFrame(page: Page, conversation = conversationId): Promise<Frame> {
  const element = await page.waitForSelector(`.panel[data-conversation="${conversation}"] iframe`, {
    state: 'attached',
  });
  const frame = await element.contentFrame();
  if (frame === null) throw new Error('The panel has no page.');
  await hears(frame, 'told.length > 0');
  return frame;
}

/** A frame out of sight is not painted, so it is not asked whenever it would be. */
const hears = (frame: Frame, condition: string): Promise<unknown> =>
  frame.waitForFunction(condition, undefined, { polling: 50 });
const told = (frame: Frame): Promise<string[]> => frame.evaluate<string[]>('told');

/** Where there is no Chromium the test says that it was left out. */
function inChromium(run: () => Promise<void>): () => Promise<void> {
  return async () => (browser === null ? withoutChromium('the desktop was not tried') : run());
}

test(
  'the frame is what was configured: address with every known variable, sandbox, permissions',
  inChromium(async () => {
    const page = await openDesktop();
    const frame = await appFrame(page);
    const { searchParams } = new URL(frame.url());
    expect(Object.fromEntries(searchParams)).toEqual({
      c: conversationId,
      old: conversationId,
      lang: 'en-US',
      host: client.sandbox.url,
      env: 'prod',
      popup: 'false',
      kind: 'call',
      what: '{{noSuchVariable}}',
    });
    const element = page.locator('.panel iframe');
    expect(await element.getAttribute('sandbox')).toBe('allow-scripts allow-same-origin allow-forms');
    expect(await element.getAttribute('allow')).toBe('clipboard-write; microphone');
  }),
);

test(
  'the SDK hears bootstrap and focus, then blur and focus as the panel is hidden and shown',
  inChromium(async () => {
    const page = await openDesktop();
    const frame = await appFrame(page);
    await hears(frame, 'told.length === 2');
    await page.getByRole('button', { name: 'Hide' }).click();
    await hears(frame, 'told.length === 3');
    await page.getByRole('button', { name: 'Show' }).click();
    await hears(frame, 'told.length === 4');
    expect(await told(frame)).toEqual(['bootstrap', 'focus', 'blur', 'focus']);
  }),
);

test(
  'a panel that is stopped, or whose conversation is over, says stopped and goes',
  inChromium(async () => {
    const page = await openDesktop();
    await appFrame(page);
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.waitForSelector('.panel iframe', { state: 'detached' });
    await until(() => stops === 1);
    const short = await begin({ lastsMs: LONG_MS / 2 });
    await page.click(`nav [data-conversation="${short}"]`);
    await page.click(`.panel[data-conversation="${short}"] button:text("Open")`);
    await appFrame(page, short);
    aheadMs = LONG_MS / 2;
    await page.waitForSelector(`.panel[data-conversation="${short}"]`, { state: 'detached' });
    await until(() => stops === 2);
  }),
);

test(
  'attention and toasts of the SDK are shown, and no markup of theirs is taken',
  inChromium(async () => {
    const page = await openDesktop();
    const frame = await appFrame(page);
    await frame.evaluate('app.alerting.setAttentionCount(3)');
    await page.waitForSelector('.panel .badge');
    expect(await page.locator('.badge').allTextContents()).toEqual(['3', '3']);
    await frame.evaluate(`app.alerting.showToastPopup('First', 'one', { id: 'a' })`);
    await frame.evaluate(`app.alerting.showToastPopup('Hi', '<img src=x onerror="document.title=1">', { id: 'a' })`);
    await frame.evaluate(
      `app.alerting.showToastPopup('Bad', 'two', { id: 'b', type: 'error', showCloseButton: true })`,
    );
    await page.waitForSelector('.toast.error');
    expect(await page.locator('.toast p').allTextContents()).toEqual(['<img src=x onerror="document.title=1">', 'two']);
    expect(await page.title()).toBe('Agent desktop (sandbox)');
    await frame.evaluate('app.alerting.setAttentionCount(0)');
    await page.waitForSelector('.badge', { state: 'detached' });
  }),
);

test(
  'a proposed message is inserted beside a written interaction only',
  inChromium(async () => {
    const page = await openDesktop();
    await (await appFrame(page)).evaluate(`app.conversations.proposeInteractionMessage('insert', 'spoken')`);
    const written = await begin({ mediaType: 'message' });
    await page.click(`nav [data-conversation="${written}"]`);
    const frame = await appFrame(page, written);
    await page.waitForSelector('#reply-label:not([hidden])');
    await frame.evaluate(`app.conversations.proposeInteractionMessage('insert', 'Dear customer')`);
    await page.waitForFunction(`document.getElementById('reply').value !== ''`);
    expect(await page.inputValue('#reply')).toBe('Dear customer');
  }),
);

test(
  'a stranger in another window, or of another origin, is not listened to',
  inChromium(async () => {
    const page = await openDesktop();
    await appFrame(page);
    await page.evaluate(
      `window.postMessage({ action: 'setAttentionCount', count: 9, protocol: 'purecloud-client-apps' })`,
    );
    const frame = await appFrame(page);
    await frame.evaluate('app.alerting.setAttentionCount(1)');
    await page.waitForSelector('.panel .badge');
    expect(await page.locator('.panel .badge').allTextContents()).toEqual(['1']);
  }),
);

test(
  'one instance a conversation, and at most ten: the one not seen for longest is stopped',
  inChromium(async () => {
    const conversations = [conversationId];
    while (conversations.length < 12) conversations.push(await begin());
    const page = await openDesktop();
    for (const id of conversations) {
      await page.click(`nav [data-conversation="${id}"]`);
      await appFrame(page, id);
    }
    expect(await page.locator('iframe').count()).toBe(10);
    expect(await page.locator('.panel iframe:visible').count()).toBe(1);
    const running = await page
      .locator('.panel:has(iframe)')
      .evaluateAll((boxes) =>
        boxes.map((box) => (box as unknown as { dataset: { conversation: string } }).dataset.conversation),
      );
    expect(running.toSorted()).toEqual(conversations.slice(2).toSorted());
  }),
);

test(
  'a widget is there for its queues, channels and groups only, and only while it is on',
  inChromium(async () => {
    const page = await openDesktop();
    const isThere = async (changed: object = {}): Promise<boolean> => {
      await configure(changed);
      await page.reload();
      await page.waitForSelector('nav [data-conversation]');
      return (await page.locator('.panel').count()) === 1;
    };
    expect(await isThere()).toBe(true);
    expect(await isThere({ queueIdFilterList: [SEEDED.queues.orders.id] })).toBe(false);
    expect(await isThere({ queueIdFilterList: [SEEDED.queues.billing.id] })).toBe(true);
    expect(await isThere({ communicationTypeFilter: 'chat, webmessaging' })).toBe(false);
    expect(await isThere({ communicationTypeFilter: 'call, webmessaging' })).toBe(true);
    expect(await isThere({ groups: [NOBODY] })).toBe(false);
    expect(await isThere({ groups: [NOBODY, SEEDED.groups.agents.id] })).toBe(true);
    await client.call('PATCH', `/api/v2/integrations/${widgetId}`, { intendedState: 'DISABLED' });
    await page.waitForSelector('.panel', { state: 'detached' });
  }),
);

test(
  'an address that is neither HTTPS nor of this machine is not framed, and the desktop says why',
  inChromium(async () => {
    await configure({ url: 'http://cards.example.com/panel' });
    const page = await openDesktop();
    expect(await page.locator('.problem').textContent()).toContain('https://');
    expect(await page.locator('iframe').count()).toBe(0);
  }),
);

test(
  'opened out of sight it runs, is told nothing of focus, and is shown when the agent wants it',
  inChromium(async () => {
    const page = await openDesktop('&panels=hidden');
    const frame = await appFrame(page);
    expect(await page.locator('.panel iframe:visible').count()).toBe(0);
    expect(await told(frame)).toEqual(['bootstrap']);
    await page.getByRole('button', { name: 'Show' }).click();
    await hears(frame, 'told.length === 2');
    expect(await told(frame)).toEqual(['bootstrap', 'focus']);
  }),
);
