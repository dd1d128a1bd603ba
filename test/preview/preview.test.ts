import { copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'parse5';
import type { Browser } from 'playwright-core';
import { PNG } from 'pngjs';
import type { CardVersion } from '../../src/domain/plan/plan.ts';
import { parsePolicy } from '../../src/domain/preflight/content-policy.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/preflight/settings.ts';
import { arrangements, DESKTOP } from '../../src/preview/arrangements.ts';
import { axeFindings } from '../../src/preview/axe.ts';
import { cardFrame, policyText } from '../../src/preview/card-frame.ts';
import { openChromium } from '../../src/preview/chromium.ts';
import { previewPage } from '../../src/preview/page.ts';
import { offlineContext, pixelDifference, takeShots } from '../../src/preview/shots.ts';
import { cardOf } from '../../src/targets/card.ts';
import { cli, jsonLines } from '../cli/fixtures.ts';
import { planWith } from '../domain/preflight/card.ts';
import { newContext } from '../helpers/browser-context.ts';
import { findChromium, withoutChromium } from '../preflight/chromium.ts';
import { ROOT } from '../helpers/sources.ts';

const { policy } = DEFAULT_SETTINGS;
const version = (html: string): CardVersion => cardOf(planWith(html).action);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'preview-'));
});
afterAll(() => rm(folder, { recursive: true }));

test("a card stands in every position at every size, within the desktop, the plan's own first", () => {
  const all = arrangements({ position: 'top', size: 'large' });
  expect(all[0]).toMatchObject({ position: 'top', size: 'large' });
  expect(new Set(all.map(({ position, size }) => `${position} ${size}`)).size).toBe(12);
  for (const { card } of all) {
    expect(card.left + card.width).toBeLessThanOrEqual(DESKTOP.width);
    expect(card.top + card.height).toBeLessThanOrEqual(DESKTOP.height);
  }
});

test('the page is held to the policy and the browsers of the environment, and --browsers goes before them, as in lint', async () => {
  const plan = join(folder, 'container-queries.yaml');
  const text = await readFile(join(ROOT, 'examples/refund-assist-1.6.0.yaml'), 'utf8');
  await writeFile(plan, text.replace('[flexbox, details]', '[container-queries]'));
  await copyFile(join(ROOT, 'examples/refund-assist-1.6.0.html'), join(folder, 'refund-assist-1.6.0.html'));
  const page = async (args: string[], env: Record<string, string>): Promise<string> => {
    const { code, stderr } = await cli(['preview', plan, '--out', join(folder, 'rules'), '--no-pictures', ...args], {
      env,
    });
    expect([code, stderr]).toEqual([0, '']);
    return readFile(join(folder, 'rules', 'index.html'), 'utf8');
  };
  const strict = await page([], { CARD_POLICY: "default-src 'none'; script-src 'none'" });
  expect([
    (await stat(join(folder, 'rules'))).mode & 0o077,
    (await stat(join(folder, 'rules', 'index.html'))).mode & 0o077,
  ]).toEqual([0, 0]);
  expect(strict).toContain("<code>default-src 'none'; script-src 'none'</code>");
  expect(await page([], {})).toMatch(/compat-unsupported.*safari/);
  expect(await page([], { CARD_BROWSERS: 'safari >= 17' })).not.toContain('compat-unsupported');
  expect(await page(['--browsers', 'chrome >= 100'], { CARD_BROWSERS: 'safari >= 17' })).toMatch(
    /compat-unsupported.*chrome/,
  );
  expect(await cli(['preview', plan, '--browsers', 'netscape >= 4'])).toMatchObject({ code: 2 });
});

test('no card can leave its frame: not by quotes, entities or end tags', () => {
  const hostile = '"></iframe><script>steal()</script>&quot;><img src=x onerror=steal()>';
  const page = previewPage(
    { candidate: { ...version(hostile), version: '1.0.0-<script>' }, baseline: version(hostile), policy, problems: [] },
    [],
  );
  const tags: string[] = [];
  const frames: { name: string; value: string }[][] = [];
  const walk = (node: unknown): void => {
    const { nodeName, attrs, childNodes } = node as {
      nodeName: string;
      attrs?: { name: string; value: string }[];
      childNodes?: unknown[];
    };
    tags.push(nodeName);
    if (nodeName === 'iframe') frames.push(attrs ?? []);
    childNodes?.forEach(walk);
  };
  walk(parse(page));
  expect(tags).not.toContain('script');
  expect(tags).not.toContain('img');
  expect(frames).toHaveLength(24);
  for (const attributes of frames) {
    expect(attributes.find(({ name }) => name === 'sandbox')?.value).toBe('');
    expect(attributes.find(({ name }) => name === 'srcdoc')?.value).toContain(hostile);
  }
});

test('the policy stands before the card', () => {
  const frame = cardFrame('<p>a</p>', parsePolicy("default-src 'self'; script-src 'self' https://a.example"), 'a');
  expect(policyText(policy)).toBe("default-src 'self'; script-src 'self' https://cdn.genesyscloud.com");
  expect(frame.indexOf('Content-Security-Policy')).toBeLessThan(frame.indexOf('&lt;p&gt;a'));
});

test('without a Chromium there is a page, and it is said that pictures are missing', async () => {
  const out = join(folder, 'plain');
  const { code, stdout } = await cli(
    [
      'preview',
      join(ROOT, 'examples/refund-assist-1.6.0.yaml'),
      '--baseline',
      join(ROOT, 'examples/refund-assist-1.5.0.yaml'),
      '--out',
      out,
      '--json',
    ],
    { env: { CHROMIUM: '/nonexistent' } },
  );
  expect(code).toBe(0);
  expect(jsonLines(stdout)).toEqual([
    {
      kind: 'preview',
      action: 'RefundAssist',
      version: '1.6.0',
      baseline: '1.5.0',
      index: join(out, 'index.html'),
      shots: [],
      axe: null,
      notes: ['CHROMIUM names /nonexistent, which cannot be run, so there are no pictures.'],
    },
  ]);
  const page = await readFile(join(out, 'index.html'), 'utf8');
  expect(page).toContain('right, medium: as the plan has it');
  expect(page).toContain('Answer the three questions below');
});

test('a browser that fails costs the pictures, not the page', async () => {
  const out = join(folder, 'failing');
  const browser = join(folder, 'browser');
  await writeFile(browser, '#!/bin/sh\nexit 3\n', { mode: 0o755 });
  const { code, stdout } = await cli(
    ['preview', join(ROOT, 'examples/refund-assist-1.6.0.yaml'), '--out', out, '--json'],
    { env: { CHROMIUM: browser } },
  );
  expect(code).toBe(0);
  expect(jsonLines(stdout)).toMatchObject([
    {
      index: join(out, 'index.html'),
      shots: [],
      notes: expect.arrayContaining([
        expect.stringMatching(/^The browser did not start, so there are no pictures: /),
      ]) as string[],
    },
  ]);
  expect(await readFile(join(out, 'index.html'), 'utf8')).toContain('right, medium: as the plan has it');
});

test('pictures that are the same do not differ; a changed square differs by its area', async () => {
  const picture = (edge: number): Buffer => {
    const png = new PNG({ width: 40, height: 40 });
    for (let i = 0; i < png.data.length; i += 4)
      png.data.set((i / 4) % 40 < edge && i / 160 < edge ? [0, 0, 0, 255] : [255, 255, 255, 255], i);
    return PNG.sync.write(png);
  };
  expect((await pixelDifference(picture(10), picture(10))).pixels).toBe(0);
  expect((await pixelDifference(picture(0), picture(10))).pixels).toBe(100);
});

const chromium = findChromium();
if (chromium === undefined) withoutChromium('pictures and axe-core are not tried');
const describeInChromium = chromium === undefined ? undefined : describe;

describeInChromium?.('in Chromium', () => {
  let opened: Browser | null = null;
  const browser = () => opened ?? Promise.reject(new Error('playwright-core is not installed'));
  beforeAll(async () => {
    opened = await openChromium(chromium ?? '');
  });
  afterAll(() => opened?.close());

  // One arrangement: pixels are compared slowly within Jest.
  test('both versions are taken, and their difference is where the cards are', async () => {
    const input = {
      candidate: version('<h3>New</h3><p>Other text</p>'),
      baseline: version('<h3>Old</h3>'),
      policy,
      problems: [],
    };
    const shots = await takeShots(await browser(), input, folder, arrangements(input.candidate.ui).slice(0, 1));
    expect(shots.map(({ position, size }) => [position, size])).toEqual([['right', 'medium']]);
    const { width, height } = PNG.sync.read(await readFile(join(folder, shots[0]?.candidate ?? '')));
    expect({ width, height }).toEqual(DESKTOP);
    for (const { difference } of shots) {
      expect(difference?.pixels).toBeGreaterThan(20);
      expect(difference?.percent).toBeLessThan(5);
    }
  });

  test('a hostile card neither runs nor loads nor leads away in the page that a person opens', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end();
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve());
    });
    const evil = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const hostile = `<script>parent.document.title = 'taken'; fetch('${evil}/fetch')</script><img src="${evil}/img" onerror="top.location = '${evil}/top'">
      <meta http-equiv="refresh" content="0;url=${evil}/refresh"><form action="${evil}/form"><button autofocus onfocus="this.form.submit()">a</button></form>
      <iframe src="${evil}/frame"></iframe><svg onload="fetch('${evil}/svg')"></svg><link rel="stylesheet" href="${evil}/css">`;
    const file = join(folder, 'hostile.html');
    await writeFile(file, previewPage({ candidate: version(hostile), baseline: null, policy, problems: [] }, []));
    const context = await newContext(await browser());
    try {
      const page = await context.newPage();
      await page.goto(`file://${file}`);
      await page.waitForTimeout(500);
      expect(await page.title()).toBe('RefundAssist 1.5.0');
      expect(page.url()).toBe(`file://${file}`);
      expect(asked).toEqual([]);
    } finally {
      await context.close();
      server.close();
    }
  });

  test('pictures are taken without a network, whatever the policy allows', async () => {
    const context = await offlineContext(await browser());
    try {
      const page = await context.newPage();
      const failed: string[] = [];
      page.on('requestfailed', (request) => failed.push(request.url()));
      await page.setContent('<img src="https://cdn.genesyscloud.com/a.png">');
      expect(failed).toEqual(['https://cdn.genesyscloud.com/a.png']);
    } finally {
      await context.close();
    }
  });

  test('axe-core sees what is painted, and lets the card run nothing', async () => {
    const open = parsePolicy("default-src 'self' 'unsafe-inline'");
    const bad =
      '<p style="color: #999; background: #fff">faint</p><img src="/a.png"><script>document.body.innerHTML = ' +
      '""</script>';
    const found = await axeFindings(await browser(), bad, open);
    expect(found?.map(({ rule }) => rule).sort()).toEqual(['color-contrast', 'image-alt']);
    expect(await axeFindings(await browser(), '<p>plain</p>', policy)).toEqual([]);
  });

  test('a card that leads away by itself has its page and its pictures', async () => {
    const out = join(folder, 'refreshing');
    const plan = join(folder, 'refreshing.yaml');
    const text = await readFile(join(ROOT, 'examples/refund-assist-1.6.0.yaml'), 'utf8');
    await writeFile(
      join(folder, 'refreshing.html'),
      '<meta http-equiv="refresh" content="0;url=https://evil.example/"><p>Hello</p>',
    );
    await writeFile(plan, text.replace(/file: \S+/, 'file: refreshing.html'));
    const { code } = await cli(['preview', plan, '--out', out], { env: { CHROMIUM: chromium ?? '' } });
    expect(code).toBe(0);
    expect(await readFile(join(out, 'index.html'), 'utf8')).toContain('right, medium');
  });

  test.each(['refund-assist-1.5.0', 'refund-assist-1.6.0'])(
    'axe-core finds nothing in examples/%s.html',
    async (name) => {
      expect(
        await axeFindings(await browser(), await readFile(join(ROOT, `examples/${name}.html`), 'utf8'), policy),
      ).toEqual([]);
    },
  );
});
