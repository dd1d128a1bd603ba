/** Every page of the console in a real Chromium, under its own policy: small and large, light and dark. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { createBoard } from '../../src/console/board.ts';
import { createPlans } from '../../src/console/plans.ts';
import { startConsole } from '../../src/console/server.ts';
import type { ConsoleServer } from '../../src/console/server.ts';
import { createTales } from '../../src/console/tale.ts';
import { localViewers } from '../../src/console/viewer.ts';
import { signInPage } from '../../src/console/views/sign-in.ts';
import { createWatches } from '../../src/console/watch.ts';
import { neededOf } from '../../src/domain/judge/report/needed.ts';
import { planEnd } from '../../src/domain/judge/decision/planned-end.ts';
import { startJudge, takeLook } from '../../src/domain/judge/judge.ts';
import { reportOf } from '../../src/domain/judge/report/report.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/preflight/settings.ts';
import { courseOf } from '../../src/domain/story/course.ts';
import { stepsCame } from '../../src/domain/story/steps-came.ts';
import type { Story } from '../../src/domain/story/story.ts';
import { forecast } from '../../src/domain/forecast/forecast.ts';
import { seededRandom } from '../../src/domain/shared/random.ts';
import { FROM_DISK, loadPlan } from '../../src/lint/lint.ts';
import { openChromium } from '../../src/preview/chromium.ts';
import { JUDGE_RULES } from '../../src/domain/judge/state.ts';
import { acceptance, halfAccepted, inQueues, p95 } from '../domain/judge/helpers.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import { newContext } from '../helpers/browser-context.ts';
import { axeFindings, widthOf } from '../helpers/shown-page.ts';
import { findChromium, withoutChromium } from '../preflight/chromium.ts';
import { fakeEngine, summaryOf, TOKEN, viewOf } from './helpers.ts';

const EVIL = '<img src=x onerror="document.title=1"><script>document.title = "taken"</script> & "so on"';
const SENT = {
  destination: 'messages/team',
  event: 'harm',
  queuedAt: '2026-03-01T12:00:01.000Z',
  heldUntil: null,
  attempts: 0,
  nextTryAt: null,
  problem: null,
  deliveredAt: null,
  givenUpAt: null,
};
const GUARDRAILS = [acceptance, p95];
const PLAN = readFileSync(join(__dirname, '../../examples/demo/1.5.0.yaml'), 'utf8').replace(
  '{ file: 1.5.0.html }',
  '{ inline: "<h3>Refunds</h3>" }',
);
const SLICES = { by: ['queue'], times: 2, alpha: 0.01 } as const;
const fake = fakeEngine();
let server: ConsoleServer;

async function makeUp(): Promise<Story> {
  const looks = inQueues(halfAccepted(30), [EVIL, '0c2f4a7e-5b1d-4d9c-8f5e-6a7b8c9d0e1f', 'Billing']);
  const judge = looks.reduce((state, look) => takeLook(state, look), planEnd(startJudge(GUARDRAILS, SLICES), null));
  const report = reportOf(judge);
  const plan = await loadPlan(join(__dirname, '../../examples/demo/1.6.0.yaml'));
  const record = { kind: 'decisionRecord', rules: JUDGE_RULES, action: 'x', version: '1', rolloutId: 'r' } as const;
  const common = { report, needed: neededOf(GUARDRAILS), description: EVIL, reason: EVIL };
  const links = [{ name: EVIL, url: 'https://changes.example.com/4711' }];
  const bad = { agentsSee: `Agents may still see ${EVIL}.`, writes: [`${'a1b2'.repeat(20)} ${EVIL}`, 'second'] };
  const views = [
    viewOf('Refunds', { ...common, links, paused: true, pauses: 2, canDo: ['resume', 'override', 'abort'] }),
    viewOf('Pending', { phase: 'needsAttention', byHand: bad, canDo: [], reason: EVIL }),
    viewOf('Ended', {
      ...common,
      phase: 'rolledBack',
      outcome: 'rolledBack',
      endedAt: '2026-03-01T13:00:00.000Z',
      canDo: [],
    }),
  ];
  fake.views = new Map(views.map((view) => [view.status.action, view]));
  fake.rows = [
    ...['Refunds', 'Pending'].map((action) => summaryOf(action)),
    summaryOf('Ended', { state: 'COMPLETED', outcome: 'rolledBack', endedAt: '2026-03-01T13:00:00.000Z' }),
    ...Array.from({ length: 1000 }, (_, at) =>
      summaryOf(`Old${at}`, { state: 'COMPLETED', outcome: 'promoted', endedAt: '2026-02-01T13:00:00.000Z' }),
    ),
  ];
  return {
    kind: 'report',
    rollout: {
      ...common,
      rolloutId: 'r1',
      action: 'Refunds',
      version: '1.6.0',
      startedBy: EVIL,
      verifiedBy: null,
      startedAt: '2026-03-01T12:00:00.000Z',
      endedAt: null,
      phase: 'baking',
      outcome: null,
      contentSha256: null,
      safety: null,
      deployment: null,
      undo: null,
      plan,
      acts: [],
      proof: null,
    },
    entries: ['validating', 'notified', 'pause'].map((act) => ({
      at: '2026-03-01T12:00:00.000Z',
      actor: act === 'pause' ? EVIL : 'engine',
      act,
      reason: EVIL,
    })),
    steps: stepsCame(plan.steps, [], looks),
    forecast: null,
    judged: {
      guardrails: GUARDRAILS,
      report,
      looks: 30,
      sha256: 'ab'.repeat(32),
      course: courseOf({ ...record, guardrails: GUARDRAILS, slices: SLICES, looks, report }),
    },
    messages: [
      { ...SENT, headline: EVIL, deliveredAt: '2026-03-01T12:00:02.000Z' },
      { ...SENT, headline: EVIL, attempts: 3, problem: EVIL, nextTryAt: '2026-03-01T12:10:02.000Z' },
    ],
    baselineCard: null,
  };
}

beforeAll(async () => {
  const story = await makeUp();
  const line = JSON.stringify({ at: '2026-03-01T12:00:00.000Z', actor: EVIL, act: 'pause', reason: EVIL, action: 'x' });
  const clock = () => performance.now();
  const tell = createTales({
    fromStore: () => Promise.resolve(story),
    engine: fake.engine,
    now: clock,
    onTrouble: () => undefined,
  });
  server = await startConsole({
    host: '127.0.0.1',
    port: 0,
    publicUrl: null,
    histories: null,
    viewers: localViewers(fake.engine, EVIL, TOKEN),
    signIn: null,
    board: createBoard({ engine: fake.engine, clock, now: Date.now, onTrouble: () => undefined }),
    watches: createWatches({ engine: fake.engine, tell, now: clock, pollMs: 20 }),
    plans: createPlans({
      lint: FROM_DISK,
      traffic: null,
      forecaster: {
        forecast: async ({ plan, assumed, audiences = [] }) =>
          forecast(plan, assumed, { audiences, runs: 1, maxCards: 2_000, random: (run) => seededRandom(run) }),
      },
    }),
    reports: null,
    examined: () => Promise.resolve({ findings: [], at: '2026-03-01T12:00:00.000Z' }),
    records: {
      history: () =>
        Promise.resolve([
          { ...story.rollout, baselineVersion: '1.5.0', description: EVIL, verdict: 'harm' as const, cards: null },
        ]),
      auditLines: () => Promise.resolve({ kind: 'audit', lines: [{ leaf: 7, line }], size: 8 }),
    },
    runbook: () => Promise.resolve(readFileSync('docs/runbook.md', 'utf8')),
    cardPolicy: DEFAULT_SETTINGS.policy,
    now: Date.now,
    clock,
  });
});
afterAll(() => server.close());

const get = async (path: string): Promise<string> =>
  (await fetch(`${server.url}${path}`, { headers: { accept: 'text/html' } })).text();

test('a thousand rollouts are shown a hundred at a time, what runs first, and found by name and end', async () => {
  const first = await get('/');
  expect(first.match(/id="row-/g)).toHaveLength(100);
  expect(first).toContain('100');
  expect(first.indexOf('id="row-run-Refunds"')).toBeLessThan(first.indexOf('id="row-run-Old0"'));
  expect((await get('/?page=11')).match(/id="row-/g)).toHaveLength(3);
  expect((await get('/?q=old7%201.5&state=promoted')).match(/id="row-run-Old7/g)).toHaveLength(100);
  expect((await get('/?q=OLD777')).match(/id="row-/g)).toHaveLength(1);
  expect((await get('/?state=rolledBack&page=x')).match(/id="row-/g)).toHaveLength(1);
  expect(await get('/?q=nothing+like+it')).toContain('No rollout is as asked for.');
});

test('only what is possible is offered, and each form names the pause that was shown', async () => {
  const page = await get('/rollouts/Refunds');
  expect([...page.matchAll(/id="act-(\w+)"/g)].map(([, act]) => act)).toEqual(['resume', 'override', 'abort']);
  expect(page).toContain('name="pause" value="2"');
  expect(await get('/rollouts/Ended')).not.toContain('/acts/');
});

test('slices stand beside the whole, each with its difference, values and cards in words', async () => {
  const page = await get('/rollouts/Refunds');
  const slices = page.split(/<tr role="row" class="slice/).slice(1);
  expect(slices).toHaveLength(3);
  expect(page.match(/whole rollout\s*<span/g)).toHaveLength(2);
  expect(page).toContain('Forecast and what came');
  expect(slices.join('')).toMatch(
    /queue Billing[^]*data-label="Difference">\s*[-+][\d.]+\s% \(.*?\)<[^]*data-label="Cards">\s*\d+ \/ \d+/,
  );
  expect(page).toContain('Slices: 3 followed');
});

const chromium = findChromium();
if (chromium === undefined) withoutChromium('the pages of the console are not read in a browser');
else
  describe('in a browser', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = (await openChromium(chromium))!;
    });
    afterAll(() => browser.close());

    interface Opened {
      readonly context: BrowserContext;
      readonly page: Page;
      readonly troubles: string[];
    }

    /** Whatever is asked of another place, or refused by the pages' own policy, is a trouble. */
    async function open(options: Parameters<Browser['newContext']>[0]): Promise<Opened> {
      const context = await newContext(browser, { locale: 'de-DE', timezoneId: 'Europe/Berlin', ...options });
      const page = await context.newPage();
      const troubles: string[] = [];
      page.on('request', (request) => {
        if (!request.url().startsWith('data:') && !request.url().startsWith(server.url)) troubles.push(request.url());
      });
      page.on('pageerror', (error) => troubles.push(error.message));
      page.on('console', (message) => {
        if (/content security policy/i.test(message.text())) troubles.push(message.text());
      });
      const shown = await signInPage(['https://login.example.com/a'], '/', { signIn: null, origins: OWN });
      await page.route(`${server.url}/shown-sign-in`, (route) =>
        route.fulfill({ body: shown, contentType: 'text/html; charset=utf-8' }),
      );
      return { context, page, troubles };
    }
    const OWN = { own: 'https://console.example.com' } as never;

    const VIEWS = [
      '/',
      '/rollouts/Refunds',
      '/rollouts/Pending',
      '/rollouts/Ended',
      '/rollouts/Refunds/history',
      '/audit',
      '/runbook',
      '/plan',
      '/shown-sign-in',
      '/nothing-here',
    ];

    test.each([
      [320, 'light'],
      [1280, 'dark'],
      [2560, 'light'],
    ] as const)(
      '%i px, %s: nothing runs over, nothing is fetched elsewhere, axe finds nothing',
      async (width, colorScheme) => {
        const { context, page, troubles } = await open({ viewport: { width, height: 900 }, colorScheme });
        for (const view of VIEWS) {
          await page.goto(`${server.url}${view}`);
          await page.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true })');
          const found = await axeFindings(page, { iframes: false });
          expect([view, await widthOf(page), found]).toEqual([view, width, []]);
          expect(await page.title()).not.toBe('taken');
        }
        expect(troubles).toEqual([]);
        await context.close();
      },
    );

    test('what comes in keeps what is typed, open and looked at; times are in the zone of whoever looks', async () => {
      const { context, page } = await open({ viewport: { width: 1280, height: 900 } });
      await page.goto(`${server.url}/rollouts/Refunds`);
      await page.click('#act-abort summary');
      await page.fill('#reason-abort', 'half a sent');
      await page.focus('#reason-abort');
      const view = fake.views.get('Refunds')!;
      const status = { ...view.status, waitingFor: 'something else', canDo: ['pause', 'abort'], paused: false };
      fake.views = new Map([...fake.views, ['Refunds', { ...view, status }]]);
      await page.locator('text=something else').waitFor({ timeout: PATIENCE_MS });
      await page.locator('#act-pause').waitFor({ timeout: PATIENCE_MS });
      await page.keyboard.type('ence');
      expect(await page.inputValue('#reason-abort')).toBe('half a sentence');
      expect(await page.getAttribute('#act-abort', 'open')).toBe('');
      expect(await page.locator('#live').innerText()).toContain('live');
      expect(await page.locator('#zone').innerText()).toBe('Europe/Berlin');
      expect(await page.locator('#status time').first().innerText()).toBe('2026-03-01 13:00:00');
      await context.close();
    });

    test('a form of a page is taken as ours, and asks once more before agents see another version', async () => {
      const { context, page } = await open({ viewport: { width: 360, height: 740 } });
      await page.goto(`${server.url}/rollouts/Refunds`);
      await page.click('#act-abort summary');
      await page.fill('#reason-abort', 'wrong amounts');
      await page.click('#act-abort button');
      await page.locator('text=Yes, abort Refunds').click({ timeout: PATIENCE_MS });
      await page.locator('.became').waitFor({ timeout: PATIENCE_MS });
      expect(fake.taken.filter(({ what }) => what === 'act').map(({ given }) => given.slice(0, 2))).toEqual([
        ['abort', 'Refunds'],
      ]);
      const card = page.frameLocator('iframe[src$="/cards/candidate?run=run-Refunds"]').locator('body');
      await card.filter({ hasText: 'refund' }).waitFor({ timeout: PATIENCE_MS });
      await context.close();
    });

    test('what to expect of a plan fits a small screen, and goes once the plan is another', async () => {
      const { context, page } = await open({ viewport: { width: 320, height: 740 } });
      await page.goto(`${server.url}/plan`);
      await page.fill('#plan-yaml', PLAN);
      await page.locator('#lint', { hasText: 'fit to start' }).waitFor({ timeout: PATIENCE_MS });
      await page.fill('[name=cardsPerHour]', '7200');
      await page.click('text=Forecast');
      await page.locator('#forecast td', { hasText: 'deliveryLatency p95' }).waitFor({ timeout: PATIENCE_MS });
      expect(await widthOf(page)).toBe(320);
      await page.fill('#plan-yaml', `${PLAN} `);
      expect(await page.locator('#forecast').innerText()).toBe('The plan is another now: ask for its forecast again.');
      await context.close();
    });

    test('without a script pages say the same, in UTC', async () => {
      const { context, page } = await open({ javaScriptEnabled: false });
      await page.goto(`${server.url}/rollouts/Ended`);
      expect(await page.locator('#status').innerText()).toContain('2026-03-01 12:00:00 UTC');
      expect(await page.locator('#status .outcome').innerText()).toContain('rolled back');
      await context.close();
    });
  });
