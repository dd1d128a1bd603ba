/** What an agent sees, in a real Chromium: desktop, panel, store, feed and organisation are the real ones of this project. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Deployment } from '../../src/domain/rollout/deployment.ts';
import { openChromium } from '../../src/preview/chromium.ts';
import { findChromium, withoutChromium } from '../preflight/chromium.ts';
import { until } from '../sandbox/helpers.ts';
import * as way from '../../bench/panel-screen/way.ts';
import type { Way } from '../../bench/panel-screen/way.ts';
import { newContext } from '../helpers/browser-context.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';

const BASELINE = '<article lang="en"><h3>Policy reference</h3><p>Check the guidelines.</p></article>';
const CANDIDATE = '<article lang="en"><h3>Refunds, step by step</h3><p>Within 30 days: in full.</p></article>';
const OFF = { percent: 50, baseline: way.card('1.0.0', BASELINE), candidate: way.card('1.1.0', CANDIDATE) };
const REFUND = 'I would like a refund';

let it: Way;
let deployment: Deployment;
let browser: Browser | null;
let context: BrowserContext;

beforeAll(async () => {
  it = await way.openWay();
  deployment = await way.rollOut(it, OFF);
  const executable = findChromium();
  browser = executable === undefined ? null : await openChromium(executable);
});
afterAll(async () => {
  await browser?.close();
  await it.close();
});
beforeEach(async () => {
  await it.target.setSplit(deployment, 50);
  if (browser !== null) context = await newContext(browser);
});
afterEach(async () => {
  if (browser !== null) await context.close();
  // Whatever of it still runs is nobody's business in the next test.
  for (const { endMs, id } of it.sandbox.org.conversations.all())
    if (endMs > Date.now()) it.sandbox.org.transfer(id, 'somebody-else');
});

function inChromium(run: () => Promise<void>): () => Promise<void> {
  return async () => (browser === null ? withoutChromium('the way of a card to the screen was not tried') : run());
}

interface Told {
  readonly panel: string;
  readonly triggered: boolean;
  readonly rendered: boolean;
  readonly accepted: boolean;
  readonly dismissed: boolean;
  readonly latencyMs: number | null;
}

/** What the store holds of the cards of a conversation. */
async function told(conversationId: string): Promise<Told[]> {
  return it.db.query<Told>(
    `select c.panel, e.card_id is not null as triggered, e.rendered_at is not null as rendered,
       coalesce(e.outcomes ? 'accepted', false) as accepted, coalesce(e.outcomes ? 'dismissed', false) as dismissed,
       (extract(epoch from e.rendered_at - e.triggered_at) * 1000)::float8 as "latencyMs"
     from panel_cards c left join exposures e on e.card_id = c.card_id::text
     where c.conversation_id = $1 order by c.created_at`,
    [conversationId],
  );
}

async function untilTold(conversationId: string, expected: Partial<Told>[]): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const seen = await told(conversationId);
    try {
      expect(seen).toMatchObject(expected);
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function begin(more: object = {}): Promise<string> {
  return way.play(it, { id: way.conversationIn('candidate'), ...more });
}

/** Once the panel beside it is there, the customer says what a card is for. */
async function sayBeside(id: string, ...pages: readonly Page[]): Promise<void> {
  for (const page of pages) {
    await page.click(`nav [data-conversation="${id}"]`);
    await way.panelOf(page, id).getByText('No card yet').waitFor({ state: 'attached' });
  }
  await way.say(it, id, REFUND);
}

/** The card within its frame within the panel. */
const cardText = (page: Page, id: string): Promise<string> =>
  way.panelOf(page, id).frameLocator('article iframe').locator('body').innerText();

test(
  'each conversation sees the version of its arm, painted, and the answers of the agent are told',
  inChromium(async () => {
    const page = await way.openDesktop(it, context);
    const [ours, theirs] = [await begin(), await begin({ id: way.conversationIn('baseline'), agent: 1 })];
    const other = await way.openDesktop(it, await newContext(browser as Browser), 'agent=1');
    await sayBeside(ours, page);
    await sayBeside(theirs, other);
    expect(await cardText(page, ours)).toContain('Refunds, step by step');
    expect(await cardText(other, theirs)).toContain('Policy reference');
    await way.panelOf(page, ours).getByRole('button', { name: 'Use' }).click();
    await way.panelOf(other, theirs).getByRole('button', { name: 'Dismiss' }).click();
    await untilTold(ours, [{ panel: 'visible', rendered: true, accepted: true, dismissed: false }]);
    await untilTold(theirs, [{ panel: 'visible', rendered: true, accepted: false, dismissed: true }]);
    await other.context().close();
  }),
);

test(
  'a roll back takes the card from the screen, and what comes after is the baseline',
  inChromium(async () => {
    const page = await way.openDesktop(it, context);
    const id = await begin();
    await sayBeside(id, page);
    expect(await cardText(page, id)).toContain('Refunds, step by step');
    await it.target.setSplit(deployment, 0);
    await way.panelOf(page, id).locator('article').waitFor({ state: 'detached' });
    const state = await it.target.readBack(deployment);
    expect(state).toMatchObject({ effectiveSplitPercent: 0, covered: true });
    await way.say(it, id, 'A refund, please');
    expect(await cardText(page, id)).toContain('Policy reference');
  }),
);

test(
  'nothing of a hostile card gets out of its frame: no script, form, navigation or picture from afar',
  inChromium(async () => {
    const attacker = await way.listen();
    const { url } = attacker;
    const hostile = way.hostileCard(url);
    const version = `1.${Date.now()}.0`;
    await way.rollBack(it, deployment);
    const worse = await it.target.deploy({
      target: { kind: 'assistPanel' },
      action: way.card(version, hostile),
      rolloutId: 'hostile',
    });
    await it.target.setSplit(worse, 50);
    const page = await way.openDesktop(it, context);
    const id = await begin();
    const dialogs: string[] = [];
    page.on('dialog', (dialog) => void dialogs.push(dialog.message()));
    await sayBeside(id, page);
    const inner = way.panelOf(page, id).frameLocator('article iframe');
    expect(await inner.locator('h3').innerText()).toBe('Hostile');
    await inner.locator('button').click();
    await inner.locator('#top').click();
    await inner.locator('#blank').click();
    await untilTold(id, [{ rendered: true }]);
    await page.waitForTimeout(500);
    expect(attacker.hits).toEqual([]);
    expect(dialogs).toEqual([]);
    expect(context.pages()).toHaveLength(1);
    expect(page.url()).toContain('/sandbox/desktop');
    await way.rollBack(it, worse);
    await attacker.close();
    deployment = await it.target.deploy({
      target: { kind: 'assistPanel' },
      action: way.card(`2.${Date.now()}.0`, CANDIDATE),
      rolloutId: 'again',
    });
  }),
);

test(
  'a hidden panel shows nothing and counts nothing until the agent brings it into sight',
  inChromium(async () => {
    const page = await way.openDesktop(it, context, 'agent=0&panels=hidden');
    const id = await begin();
    await sayBeside(id, page);
    await untilTold(id, [{ panel: 'hidden', triggered: false, rendered: false }]);
    await page.waitForSelector('.toast');
    expect(await page.locator('.panel .badge').textContent()).toBe('1');
    await page.getByRole('button', { name: 'Show' }).click();
    expect(await cardText(page, id)).toContain('Refunds, step by step');
    await untilTold(id, [{ panel: 'hidden', triggered: true, rendered: true }]);
    await page.locator('.badge').first().waitFor({ state: 'detached' });
  }),
);

test(
  'two windows of one conversation show one card, which is counted once',
  inChromium(async () => {
    const [page, second] = [await way.openDesktop(it, context), await way.openDesktop(it, context)];
    const id = await begin();
    await sayBeside(id, page, second);
    for (const one of [page, second]) {
      await one.bringToFront();
      expect(await cardText(one, id)).toContain('Refunds, step by step');
    }
    await way.panelOf(page, id).getByRole('button', { name: 'Use' }).click();
    await untilTold(id, [{ rendered: true, accepted: true }]);
  }),
);

test(
  'a browser that was offline while the card came shows it once it is back',
  inChromium(async () => {
    const page = await way.openDesktop(it, context);
    const id = await begin();
    await page.click(`nav [data-conversation="${id}"]`);
    await way.panelOf(page, id).getByText('No card yet').waitFor();
    await context.setOffline(true);
    await way.say(it, id, REFUND);
    await untilTold(id, [{ rendered: false }]);
    await context.setOffline(false);
    expect(await cardText(page, id)).toContain('Refunds, step by step');
    await untilTold(id, [{ triggered: true, rendered: true }]);
  }),
);

test(
  'what is refused of a page takes nothing with it that waited beside it',
  inChromium(async () => {
    const page = await way.openDesktop(it, context);
    const id = await begin();
    const waiting = new Set<string>();
    let isAway = true;
    await context.route('**/panel/events', async (route) => {
      const { events } = route.request().postDataJSON() as { readonly events: readonly { readonly kind: string }[] };
      for (const { kind } of events) waiting.add(kind);
      if (isAway) return route.fulfill({ status: 503 });
      return events.some(({ kind }) => kind === 'rendered') ? route.fulfill({ status: 403 }) : route.continue();
    });
    await sayBeside(id, page);
    await until(() => waiting.has('rendered'));
    await way.panelOf(page, id).getByRole('button', { name: 'Use' }).click();
    await until(() => waiting.has('accepted'));
    isAway = false;
    await untilTold(id, [{ accepted: true, rendered: false }]);
  }),
);

test(
  'a clock that is an hour off moves no latency',
  inChromium(async () => {
    for (const hours of [1, -1]) {
      const off = await newContext(browser as Browser);
      await off.addInitScript(`{ const now = Date.now; Date.now = () => now() + ${hours} * 3600000; }`);
      const page = await way.openDesktop(it, off);
      const id = await begin();
      await sayBeside(id, page);
      expect(await cardText(page, id)).toContain('Refunds, step by step');
      await untilTold(id, [{ rendered: true }]);
      const [{ latencyMs } = { latencyMs: null }] = await told(id);
      expect(latencyMs).toBeGreaterThanOrEqual(0);
      expect(latencyMs).toBeLessThan(600_000);
      await off.close();
    }
  }),
);

test(
  'panels of one desktop that are signing in at the same time all come back to their own conversations',
  inChromium(async () => {
    const ids: string[] = [];
    while (ids.length < 4) ids.push(await begin());
    const held: (() => void)[] = [];
    await context.route('**/oauth/authorize?*', async (route) => {
      await new Promise<void>((resolve) => {
        held.push(resolve);
        if (held.length === ids.length) for (const goOn of held) goOn();
      });
      await route.continue();
    });
    const page = await way.openDesktop(it, context);
    for (const [at, id] of ids.entries()) {
      await page.click(`nav [data-conversation="${id}"]`);
      await until(() => held.length > at);
    }
    for (const id of ids) await way.panelOf(page, id).getByText('No card yet').waitFor({ state: 'attached' });
  }),
);

test(
  'after a transfer the card is on the other agent’s screen, and the first one gets no more',
  inChromium(async () => {
    const page = await way.openDesktop(it, context);
    const other = await way.openDesktop(it, await newContext(browser as Browser), 'agent=1');
    const id = await begin();
    await page.click(`nav [data-conversation="${id}"]`);
    await way.panelOf(page, id).getByText('No card yet').waitFor();
    await way.transfer(it, id, 1);
    await sayBeside(id, other);
    expect(await cardText(other, id)).toContain('Refunds, step by step');
    await page.locator(`.panel[data-conversation="${id}"]`).waitFor({ state: 'detached' });
    const [agent] = await it.db.query<{ id: string }>(
      'select agent_id as id from panel_cards where conversation_id = $1',
      [id],
    );
    expect(agent?.id).toBe(it.sandbox.org.people.agents()[1]?.id);
    await other.context().close();
  }),
);

test(
  'a panel process that dies with a card on the screen: the card is there after it is back, and counted once',
  inChromium(async () => {
    const page = await way.openDesktop(it, context);
    const id = await begin();
    await sayBeside(id, page);
    expect(await cardText(page, id)).toContain('Refunds, step by step');
    await it.stopPanel();
    await it.startPanel();
    await until(() => (it.panel().instance.epoch ?? 0) > 0);
    expect(await cardText(page, id)).toContain('Refunds, step by step');
    await way.panelOf(page, id).getByRole('button', { name: 'Use' }).click();
    await untilTold(id, [{ rendered: true, accepted: true }]);
  }),
);

test(
  'a page that is nobody’s desktop cannot frame the panel',
  inChromium(async () => {
    const stranger = await way.listen(`<iframe src="${it.panelUrl}/panel?conversation=x" name="panel"></iframe>`);
    const page = await context.newPage();
    await page.goto(stranger.url);
    await until(() => page.frames()[1]?.url().startsWith('chrome-error:') === true);
    await stranger.close();
  }),
);
