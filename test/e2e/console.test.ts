/**
 * The console of a real `dev`, and one beside it that people sign in at, as two people use them in a browser: a plan is
 * started, approved by somebody else and aborted by keyboard; a bad version is watched until it is rolled back.
 */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { newActorKey } from '../../src/identity/key.ts';
import { openChromium } from '../../src/preview/chromium.ts';
import type { Dev } from '../helpers/dev.ts';
import { startDev } from '../helpers/dev.ts';
import { newContext } from '../helpers/browser-context.ts';
import { untilHolds } from '../helpers/outside.ts';
import { findChromium, withoutChromium } from '../preflight/chromium.ts';

const ACTION = 'RefundAssist';
const DEMO = join(__dirname, '../../examples/demo');
const KEYS = { ana: newActorKey('ana'), ben: newActorKey('ben'), console: newActorKey('console') };
const MODELS = JSON.stringify({ '1.6.0': { acceptMultiplier: 0.5, latencyMultiplier: 1.5 } });

/** A plan of the demo with the card in it, as it is written into the page. */
function planText(version: string, steps: readonly string[]): string {
  const card = readFileSync(join(DEMO, `${version}.html`), 'utf8');
  return readFileSync(join(DEMO, `${version}.yaml`), 'utf8')
    .replace(`{ file: ${version}.html }`, `{ inline: ${JSON.stringify(card)} }`)
    .replace(/(?<=^steps:\n)(?: +- .*\n)+/m, steps.map((step) => `  - ${step}\n`).join(''));
}

const APPROVED = planText('1.5.0', [
  'setSplit: 10',
  'approve: { reason: Team leads agree, notStarter: true, timeout: 30m, onTimeout: rollback }',
  'setSplit: 50',
  'bake: { for: 30m, require: noHarm }',
]);
/** What harm takes at the plan's alpha. */
const HARM_ODDS = 625;
const BAD = planText('1.6.0', ['setSplit: 50', 'bake: { for: 6s, atMost: 90s, minCards: 500, require: safe }']);

async function people(home: string): Promise<Record<string, string>> {
  const written = async (name: string, text: string): Promise<string> => {
    await writeFile(join(home, name), text, { mode: 0o600 });
    return join(home, name);
  };
  const operators = (['ana', 'ben'] as const).map((name) => ({
    name,
    key: KEYS[name].key.publicKey,
    roles: name === 'ana' ? ['admin'] : ['approver'],
  }));
  const attestors = [{ name: 'console', key: KEYS.console.key.publicKey }];
  await written('console.json', KEYS.console.text);
  await written('ben.json', KEYS.ben.text);
  return {
    OPERATORS_FILE: await written('operators.yaml', JSON.stringify({ operators, attestors })),
    ASSIST_OPERATOR_KEY_FILE: await written('ana.json', KEYS.ana.text),
  };
}

interface Status {
  readonly phase: string;
  readonly outcome: string | null;
  readonly splitPercent: number;
  readonly rolloutId: string;
  readonly reason: string;
  readonly safety: { readonly provenByReadBack: boolean } | null;
}

interface Entry {
  readonly actor: string;
  readonly act: string;
  readonly reason: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

const chromium = findChromium();
if (chromium === undefined) withoutChromium('nobody uses the console of a real `dev`');
else
  describe('in a browser', () => {
    let dev: Dev;
    let browser: Browser;
    let consoleUrl: string;
    const opened: BrowserContext[] = [];
    const refused: string[] = [];

    beforeAll(async () => {
      [dev, browser] = await Promise.all([
        startDev(['--models', MODELS], people),
        openChromium(chromium).then((one) => one!),
      ]);
      const beside = { ASSIST_ATTESTOR_KEY_FILE: join(dev.home, 'console.json') };
      consoleUrl = String((await dev.start(['console', '--port', '0'], beside)).said['url']);
    });
    afterAll(async () => {
      await browser?.close();
      await dev?.close();
    });
    afterEach(async () => {
      for (const context of opened.splice(0)) await context.close();
      expect(refused.splice(0)).toEqual([]);
    });

    /** What the pages' own policy refuses, or breaks in them, fails the test. */
    async function open(): Promise<Page> {
      const context = await newContext(browser, { viewport: { width: 1280, height: 900 } });
      opened.push(context);
      const page = await context.newPage();
      page.on('pageerror', (error) => refused.push(error.message));
      page.on('console', (message) => {
        if (/content security policy/i.test(message.text())) refused.push(message.text());
      });
      return page;
    }

    /** As `console sign-in` has them do it: with the link that it prints on their own machine. */
    async function signedIn(name: 'ana' | 'ben'): Promise<Page> {
      const page = await open();
      const key = { ASSIST_OPERATOR_KEY_FILE: join(dev.home, `${name}.json`) };
      const { link } = await dev.type(['console', 'sign-in', '--url', consoleUrl], key);
      await page.goto(String(link));
      await page.locator('.who', { hasText: name }).waitFor();
      return page;
    }

    async function startFromPlan(page: Page, origin: string, text: string, reason: string): Promise<void> {
      await page.goto(`${origin}/plan`);
      await page.fill('#plan-yaml', text);
      await page.locator('#lint', { hasText: 'fit to start' }).waitFor();
      await page.fill('[name=reason]', reason);
      await page.click('text=Start the rollout');
      await page.locator('.became', { hasText: 'start: begun.' }).waitFor();
    }

    async function status(): Promise<Status> {
      return (await dev.type(['status', ACTION]))['status'] as Status;
    }

    test('whoever started a rollout cannot approve it, somebody else does; it is aborted without a mouse', async () => {
      const [ana, ben] = [await signedIn('ana'), await signedIn('ben')];
      await startFromPlan(ana, consoleUrl, APPROVED, 'shorter wording');
      const { rolloutId } = await status();
      await ana.locator('#act-approve summary').click();
      await ana.fill('#reason-approve', 'I like it');
      await ana.click('#act-approve button');
      await ana.locator('h1', { hasText: 'ana started this rollout' }).waitFor();
      expect(await status()).toMatchObject({ phase: 'awaitingApproval', splitPercent: 10 });

      await ben.goto(`${consoleUrl}/`);
      await ben.locator('.alarms a', { hasText: `${ACTION} 1.5.0` }).click();
      await ben.click('#act-approve summary');
      await ben.fill('#reason-approve', 'the floor knows');
      await ben.click('#act-approve button');
      await ben.locator('.became', { hasText: 'approve: taken.' }).waitFor();
      await ben.locator('#steps .running', { hasText: 'bake' }).waitFor();
      expect(await status()).toMatchObject({ phase: 'baking', splitPercent: 50 });

      await ana.goto(`${consoleUrl}/rollouts/${ACTION}`);
      await tabTo(ana, '#act-abort summary');
      await ana.keyboard.press('Enter');
      await tabTo(ana, '#reason-abort');
      await ana.keyboard.type('agents report a wrong amount');
      await ana.keyboard.press('Enter');
      await ana.locator('h1', { hasText: `Abort ${ACTION}?` }).waitFor();
      await tabTo(ana, '.confirm button');
      await ana.keyboard.press('Enter');
      await ana.locator('.became', { hasText: 'abort: taken.' }).waitFor();
      await ana.locator('#status .outcome', { hasText: 'rolled back' }).waitFor();

      const { entries } = (await dev.type(['audit', 'list', '--rollout', rolloutId])) as { entries: Entry[] };
      const byPeople = entries.filter(({ actor }) => actor !== 'engine');
      expect(byPeople.map(({ actor, act, reason }) => [actor, act, reason])).toEqual([
        ['ana', 'validating', 'shorter wording'],
        ['ana', 'refused', expect.stringMatching(/somebody else approve it.*I like it/)],
        ['ben', 'approve', 'the floor knows'],
        ['ana', 'abort', 'agents report a wrong amount'],
      ]);
      for (const { actor, details } of byPeople) {
        expect(details?.['verifiedBy']).toBe('key');
        expect(delegationIn(String(details?.['signature']))).toEqual({ by: actor, at: consoleUrl });
      }
    });

    test('a bad version is seen to be rolled back, as the engine decides it, and its report is opened', async () => {
      const page = await open();
      await startFromPlan(page, dev.consoleUrl, BAD, 'a new layout');
      await page.evaluate('document.body.dataset.loaded = "once"');
      const undecided: number[] = [];
      await untilHolds('the page shows the end', async () => {
        // The end first: what is said of it stands on the page by then.
        const isOver = (await page.locator('#status .outcome').innerText()).includes('rolled back');
        const [, odds] =
          /undecided.*evidence of harm 1:([\d.]+)/.exec(await page.locator('#verdict').innerText()) ?? [];
        if (odds !== undefined) undecided.push(Number(odds));
        return isOver;
      });
      const { reason, ...engine } = await status();
      expect(engine).toMatchObject({ outcome: 'rolledBack', safety: { provenByReadBack: true } });
      const shown = await page.locator('#status').innerText();
      expect(shown).toContain(reason);
      expect(shown).toMatch(/read back .*\d\d:\d\d/);
      // A busy machine may show the end alone.
      expect(Math.max(0, ...undecided)).toBeLessThan(HARM_ODDS);
      // The leading guardrail may have too little of its own, where all fell together.
      const [, own, , all, needed] =
        /evidence 1:([\d.]+) that(.*evidence of all 1:([\d.]+) \(needed 1:([\d.]+)\))?/.exec(reason) ?? [];
      expect(Number(all ?? own)).toBeGreaterThanOrEqual(Number(needed ?? HARM_ODDS));
      expect(await page.getAttribute('body', 'data-loaded')).toBe('once');

      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      await page.click('#plan a:text("Report")');
      await page.locator('h1', { hasText: ACTION }).waitFor();
      await page.waitForLoadState('networkidle');
      expect(await page.locator('body').innerText()).toContain(reason);
      expect(asked.filter((url) => !url.startsWith('data:'))).toEqual([page.url()]);
    });
  });

/** Who has signed that the console at this address acts for them. */
function delegationIn(signature: string): { readonly by: string; readonly at: string } {
  const claims = (jws: string): Record<string, string> =>
    JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString()) as Record<string, string>;
  const { sub = '', aud = '' } = claims(claims(signature)['delegation'] ?? '');
  return { by: sub, at: aud };
}

/** As somebody without a mouse gets there; fails after a round without it. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let pressed = 0; pressed < 60; pressed += 1) {
    await page.keyboard.press('Tab');
    if (await page.locator(`${selector}:focus`).count()) return;
  }
  throw new Error(`${selector} is not reached with the keyboard.`);
}
