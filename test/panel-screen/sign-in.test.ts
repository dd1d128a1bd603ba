/** Whose sign-in is over, or is done by another panel of the tab: in a real Chromium, with the real page. */
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core';
import { openChromium } from '../../src/preview/chromium.ts';
import * as way from '../../bench/panel-screen/way.ts';
import type { Way } from '../../bench/panel-screen/way.ts';
import { newContext } from '../helpers/browser-context.ts';
import { findChromium, withoutChromium } from '../preflight/chromium.ts';
import { until } from '../sandbox/helpers.ts';

const OFF = {
  percent: 50,
  baseline: way.card('1.0.0', '<p>Check the guidelines.</p>'),
  candidate: way.card('1.1.0', '<p>Within 30 days: in full.</p>'),
};
const NONE = 'No card yet';

let it: Way;
let browser: Browser | null;
let context: BrowserContext;
/** How often an agent was sent to sign in. */
let signIns: number;
/** A page asks for another session well before this is over. */
let sessionMs: number;

beforeAll(async () => {
  it = await way.openWay();
  await way.rollOut(it, OFF);
  const executable = findChromium();
  browser = executable === undefined ? null : await openChromium(executable);
});
afterAll(async () => {
  await browser?.close();
  await it.close();
});
beforeEach(async () => {
  if (browser === null) return;
  context = await newContext(browser);
  // Whoever has a desktop is known at the login page.
  await (await way.openDesktop(it, context)).close();
  signIns = 0;
  sessionMs = 1_250;
  context.on('request', (request) => void (signIns += request.url().includes('/oauth/authorize?') ? 1 : 0));
  await context.route('**/panel/session', async (route) => {
    const answer = await route.fetch();
    const body = (await answer.json()) as object;
    await route.fulfill({ response: answer, json: { ...body, ...(answer.ok() && { expiresInMs: sessionMs }) } });
  });
});
afterEach(async () => {
  if (browser !== null) await context.close();
  for (const { endMs, id } of it.sandbox.org.conversations.all())
    if (endMs > Date.now()) it.sandbox.org.transfer(id, 'somebody-else');
});

function inChromium(run: () => Promise<void>): () => Promise<void> {
  return async () => (browser === null ? withoutChromium('signing in again was not tried') : run());
}

const begin = (arm: 'candidate' | 'baseline'): Promise<string> => way.play(it, { id: way.conversationIn(arm) });

/** Panels side by side in a tab of their own, which sign in in a window. */
async function openPanels(ids: readonly string[]): Promise<Frame[]> {
  const page = await context.newPage();
  // A page of the desktop's origin, whatever it answers.
  await page.goto(`${it.sandbox.url}/health`);
  const frames = ids.map((id) => `<iframe src="${it.panelUrl}/panel?conversation=${id}&popup=true"></iframe>`);
  await page.evaluate(`document.body.innerHTML = ${JSON.stringify(frames.join(''))}`);
  return page.frames().slice(1);
}

async function press(frame: Frame | undefined): Promise<void> {
  const opened = context.waitForEvent('page');
  await frame?.getByRole('button', { name: 'Sign in' }).click();
  await (await opened).waitForEvent('close');
}

const untilNone = (frame: Frame | undefined) => frame?.getByText(NONE).waitFor({ state: 'attached' });
const isAsking = (frame: Frame | undefined) => frame?.getByRole('button', { name: 'Sign in' }).isVisible();

/** As when its time is over. */
const endToken = (frame: Frame | undefined) =>
  frame?.evaluate(`{
    const held = JSON.parse(sessionStorage.getItem('assist-token'));
    sessionStorage.setItem('assist-token', JSON.stringify({ ...held, until: 0 }));
  }`);

function frameOf(page: Page, id: string): Frame | undefined {
  return page.frames().find((frame) => frame.url().includes(id));
}

test(
  'a token that is over is replaced without a question, time and again, and what was dismissed stays away',
  inChromium(async () => {
    const page = await way.openDesktop(it, context);
    const id = await begin('candidate');
    await page.click(`nav [data-conversation="${id}"]`);
    await untilNone(frameOf(page, id));
    await way.say(it, id, 'I would like a refund');
    await way.panelOf(page, id).getByRole('button', { name: 'Dismiss' }).click();
    for (const times of [2, 3]) {
      await endToken(frameOf(page, id));
      await until(() => signIns === times);
      await untilNone(frameOf(page, id));
      expect(await isAsking(frameOf(page, id))).toBe(false);
      expect(await way.panelOf(page, id).locator('article').count()).toBe(0);
    }
  }),
);

test(
  'of panels that each wait for a press one press is enough',
  inChromium(async () => {
    const panels = await openPanels([await begin('candidate'), await begin('baseline')]);
    for (const panel of panels) await panel.getByRole('button', { name: 'Sign in' }).waitFor();
    await press(panels[0]);
    for (const panel of panels) await untilNone(panel);
    for (const panel of panels) expect(await isAsking(panel)).toBe(false);
    expect(signIns).toBe(1);
  }),
);

test(
  'while a panel waits for a press no card is on it; after it those are there that were, but none that was dismissed',
  inChromium(async () => {
    const id = await begin('candidate');
    const [panel] = await openPanels([id]);
    await press(panel);
    await untilNone(panel);
    await way.say(it, id, 'I would like a refund');
    await panel?.getByRole('button', { name: 'Dismiss' }).click();
    await way.sayNow(it, id, 'A refund, please');
    await panel?.locator('article').waitFor();
    await endToken(panel);
    await panel?.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await panel?.locator('article').isVisible()).toBe(false);
    await press(panel);
    await panel?.locator('article').waitFor();
    expect(await panel?.locator('article').count()).toBe(1);
  }),
);

test(
  'a panel whose place another took shows no card any more and says where they are',
  inChromium(async () => {
    // None comes again, so the oldest stays it.
    sessionMs = 600_000;
    const id = await begin('candidate');
    const [panel] = await openPanels([id]);
    await press(panel);
    await untilNone(panel);
    await way.say(it, id, 'I would like a refund');
    await panel?.locator('article').waitFor();
    await openPanels([id, id, id, id]).then(async (others) => {
      await press(others[0]);
      for (const other of others) await other.locator('article').waitFor();
    });
    await panel?.getByText('shown in another window').waitFor();
    expect(await panel?.locator('article').count()).toBe(0);
    expect(await isAsking(panel)).toBe(false);
  }),
);
