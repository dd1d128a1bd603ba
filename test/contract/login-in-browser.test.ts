/** An agent logs in to a page of another origin by the official JavaScript SDK: in place, and in a popup. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Hono } from 'hono';
import type { Browser, Page } from 'playwright-core';
import { openChromium } from '../../src/preview/chromium.ts';
import type { SandboxEnv } from '../../src/sandbox/http-context.ts';
import { PANEL_CLIENT } from '../../src/sandbox/options.ts';
import { newContext } from '../helpers/browser-context.ts';
import { ROOT } from '../helpers/sources.ts';
import { findChromium, withoutChromium } from '../preflight/chromium.ts';
import { serveApp } from '../sandbox/desktop/serve.ts';
import { givenSandbox } from '../sandbox/helpers.ts';
import type { Client } from '../sandbox/helpers.ts';

const SDK_FILE = 'node_modules/purecloud-platform-client-v2/dist/web-cjs/purecloud-platform-client-v2.min.js';
const SDK = readFileSync(join(ROOT, SDK_FILE), 'utf8');
/** The page logs in when it is clicked, and when it comes back with a code. */
const PAGE = `<!doctype html><meta charset="utf-8"><title>page</title><button>Log in</button><p id="me"></p>
<script src="/sdk.js"></script>
<script>
  const { ApiClient, UsersApi } = require('platformClient');
  const query = new URLSearchParams(location.search);
  sessionStorage.gateway ??= query.get('gateway');
  sessionStorage.popup ??= query.get('popup');
  ApiClient.instance.setGateway(JSON.parse(sessionStorage.gateway));
  const usePopup = sessionStorage.popup === 'true';
  const logIn = async () => {
    await ApiClient.instance.loginPKCEGrant('${PANEL_CLIENT.id}', location.origin + (usePopup ? '/popup' : '/'), {
      authPopupConfiguration: { usePopup, autoClosePopup: true } });
    document.querySelector('#me').textContent = (await new UsersApi().getUsersMe()).id;
  };
  document.querySelector('button').onclick = logIn;
  if (query.has('code')) logIn();
</script>`;
const POPUP = `<!doctype html><meta charset="utf-8"><title>popup</title><script>
  const { search, hash } = location;
  window.opener.postMessage({ name: 'gc_auth_popup', type: 'message', search, hash }, location.origin);
</script>`;

let browser: Browser | null;
let pageUrl: string;
let closePage: () => Promise<void>;

beforeAll(async () => {
  const app = new Hono<SandboxEnv>();
  app.get('/', (c) => c.html(PAGE));
  app.get('/popup', (c) => c.html(POPUP));
  app.get('/sdk.js', (c) => c.body(SDK, 200, { 'content-type': 'text/javascript' }));
  const served = await serveApp(app);
  [pageUrl, closePage] = [served.url, served.close];
  const executable = findChromium();
  browser = executable === undefined ? null : await openChromium(executable);
});
afterAll(async () => {
  await browser?.close();
  await closePage();
});

async function openPage(opened: Browser, { sandbox }: Client, popup: boolean): Promise<Page> {
  const { hostname: host, port } = new URL(sandbox.url);
  const gateway = JSON.stringify({ host, port: Number(port), protocol: 'http' });
  const page = await (await newContext(opened)).newPage();
  await page.goto(`${pageUrl}/?${new URLSearchParams({ gateway, popup: String(popup) }).toString()}`);
  return page;
}

test('in place: the page is left, an agent is picked, and the page comes back with their token', async () => {
  if (browser === null) return withoutChromium('the login was not tried');
  const client = await givenSandbox();
  const agent = client.sandbox.org.people.agents()[3]?.id ?? '';
  const page = await openPage(browser, client, false);
  await page.click('button');
  await page.click(`a[data-agent="${agent}"]`);
  await page.waitForFunction(`document.querySelector('#me').textContent === '${agent}'`);
});

test('in a popup: the page stays, and is told by the popup', async () => {
  if (browser === null) return withoutChromium('the login by a popup was not tried');
  const client = await givenSandbox();
  const agent = client.sandbox.org.people.agents()[5]?.id ?? '';
  const page = await openPage(browser, client, true);
  const [popup] = await Promise.all([page.waitForEvent('popup'), page.click('button')]);
  await popup.click(`a[data-agent="${agent}"]`);
  await page.waitForFunction(`document.querySelector('#me').textContent === '${agent}'`);
});
