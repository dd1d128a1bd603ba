/** The official Client App SDK, in a page in a real Chromium, against the desktop of the sandbox. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Hono } from 'hono';
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core';
import type { Conversation } from '../../../src/sandbox/conversations.ts';
import { desktopRoutes } from '../../../src/sandbox/desktop/desktop-routes.ts';
import type { DesktopIntegration } from '../../../src/sandbox/desktop/widget.ts';
import type { SandboxEnv } from '../../../src/sandbox/http-context.ts';
import { SEEDED } from '../../../src/sandbox/seeded-organisation.ts';
import { openChromium } from '../../../src/preview/chromium.ts';
import { findChromium, withoutChromium } from '../../preflight/chromium.ts';
import { ROOT } from '../../helpers/sources.ts';
import { serveApp } from './serve.ts';

jest.setTimeout(120_000);

const AGENT = '3f0d2f6e-92f4-4c0a-9a55-2f6d8b9d1c01';
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
  app.lifecycle.addStopListener(() => { fetch('/stopped', { method: 'POST', keepalive: true }); app.lifecycle.stopped(); });
</script>`;
const URL_QUERY =
  'c={{gcConversationId}}&old={{pcConversationId}}&lang={{gcLangTag}}&host={{gcHostOrigin}}&env={{gcTargetEnv}}' +
  '&popup={{gcUsePopupAuth}}&kind={{gcInteractionType}}&what={{noSuchVariable}}';

let conversations: Conversation[];
let integrations: DesktopIntegration[];
let stops = 0;
let appUrl: string;
let desktopUrl: string;
let browser: Browser | null;
let context: BrowserContext;
const closers: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const app = new Hono<SandboxEnv>();
  app.get('/', (c) => c.html(APP));
  app.get('/sdk.js', (c) => c.body(SDK, 200, { 'content-type': 'text/javascript' }));
  app.post('/stopped', (c) => {
    stops += 1;
    return c.body(null, 204);
  });
  const desktop = new Hono<SandboxEnv>();
  const source = {
    now: Date.now,
    conversationsOf: () => conversations,
    integrations: () => integrations,
    groupIdsOf: () => ['group-1'],
    queueName: () => 'Billing',
  };
  const settings = { targetEnv: 'prod', domain: 'mypurecloud.com', language: 'en-US', usePopupAuth: false };
  desktop.route(
    '/sandbox/desktop',
    desktopRoutes(source, settings, () => AGENT),
  );
  for (const served of [app, desktop]) {
    const { url, close } = await serveApp(served);
    closers.push(close);
    if (served === app) appUrl = url;
    else desktopUrl = url;
  }
  const executable = findChromium();
  browser = executable === undefined ? null : await openChromium(executable);
});
afterAll(async () => {
  await browser?.close();
  for (const close of closers) await close();
});
beforeEach(async () => {
  conversations = [conversation(1)];
  integrations = [integration()];
  stops = 0;
  if (browser !== null) context = await browser.newContext();
});
afterEach(() => (browser === null ? undefined : context.close()));

function conversation(number: number, mediaType: Conversation['mediaType'] = 'voice'): Conversation {
  return {
    id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    startMs: 1_000 * number,
    endMs: Number.POSITIVE_INFINITY,
    queueId: SEEDED.queues.billing.id,
    skillIds: [],
    agentId: AGENT,
    mediaType,
    language: 'en-US',
    utterances: [],
  };
}

function integration(properties: object = {}, advanced: object = {}): DesktopIntegration {
  const hooks = { bootstrap: true, focus: true, blur: true, stop: true };
  return {
    id: 'f3e1b2a0-52c8-4d5b-8f36-7a4de0b2c902',
    name: 'App',
    integrationType: { id: 'embedded-client-app-interaction-widget' },
    intendedState: 'ENABLED',
    reportedState: { code: 'ACTIVE' },
    config: {
      properties: {
        url: `${appUrl}/?${URL_QUERY}`,
        sandbox: 'allow-scripts,allow-same-origin,allow-forms',
        permissions: 'clipboard-write,microphone',
        groups: [],
        queueIdFilterList: [],
        communicationTypeFilter: '',
        ...properties,
      },
      advanced: { lifecycle: { ephemeral: false, hooks }, ...advanced },
    },
  };
}

async function openDesktop(query = ''): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${desktopUrl}/sandbox/desktop?agent=${AGENT}${query}`);
  return page;
}

async function appFrame(page: Page, conversationId = conversations[0]?.id ?? ''): Promise<Frame> {
  const frame = await (
    await page.waitForSelector(`.panel[data-conversation="${conversationId}"] iframe`, {
      state: 'attached',
    })
  ).contentFrame();
  if (frame === null) throw new Error('The panel has no page.');
  await frame.waitForFunction('told.length > 0');
  return frame;
}

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
    const id = conversations[0]?.id;
    expect(Object.fromEntries(searchParams)).toEqual({
      c: id,
      old: id,
      lang: 'en-US',
      host: desktopUrl,
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
    await frame.waitForFunction('told.length === 2');
    await page.getByRole('button', { name: 'Hide' }).click();
    await frame.waitForFunction('told.length === 3');
    await page.getByRole('button', { name: 'Show' }).click();
    await frame.waitForFunction('told.length === 4');
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
    expect(stops).toBe(1);
    await page.getByRole('button', { name: 'Open' }).click();
    await appFrame(page);
    conversations = [];
    await page.waitForSelector('.panel', { state: 'detached' });
    expect(stops).toBe(2);
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
    conversations = [conversation(2, 'message')];
    const frame = await appFrame(page);
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
    conversations = Array.from({ length: 12 }, (_, at) => conversation(at + 1));
    const page = await openDesktop();
    for (const { id } of conversations) {
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
    expect(running.toSorted()).toEqual(conversations.slice(2).map(({ id }) => id));
  }),
);

test(
  'a widget is there for its queues, channels and groups only, and only while it is on',
  inChromium(async () => {
    const page = await openDesktop();
    const isThere = async (...given: Parameters<typeof integration>): Promise<boolean> => {
      integrations = [integration(...given)];
      await page.reload();
      await page.waitForSelector('nav [data-conversation]');
      return (await page.locator('.panel').count()) === 1;
    };
    expect(await isThere()).toBe(true);
    expect(await isThere({ queueIdFilterList: [SEEDED.queues.orders.id] })).toBe(false);
    expect(await isThere({ queueIdFilterList: [SEEDED.queues.billing.id] })).toBe(true);
    expect(await isThere({ communicationTypeFilter: 'chat, webmessaging' })).toBe(false);
    expect(await isThere({ communicationTypeFilter: 'call, webmessaging' })).toBe(true);
    expect(await isThere({ groups: ['group-2'] })).toBe(false);
    expect(await isThere({ groups: ['group-2', 'group-1'] })).toBe(true);
    integrations = [{ ...integration(), reportedState: { code: 'ACTIVATING' } }];
    await page.waitForSelector('.panel', { state: 'detached' });
  }),
);

test(
  'an address that is neither HTTPS nor of this machine is not framed, and the desktop says why',
  inChromium(async () => {
    integrations = [integration({ url: 'http://cards.example.com/panel' })];
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
    await frame.waitForFunction('told.length === 2');
    expect(await told(frame)).toEqual(['bootstrap', 'focus']);
  }),
);
