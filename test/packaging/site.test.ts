/** `npm run docs`: the pages as a site that needs no server, read in a real Chromium. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'parse5';
import type { Browser } from 'playwright-core';
import { openChromium } from '../../src/preview/chromium.ts';
import { pages } from '../helpers/pages.ts';
import { newContext } from '../helpers/browser-context.ts';
import { ROOT } from '../helpers/sources.ts';
import { axeFindings, widthOf } from '../helpers/shown-page.ts';
import { findChromium, withoutChromium } from '../preflight/chromium.ts';

const home = mkdtempSync(join(tmpdir(), 'assist-site-'));
const site = join(home, 'site');
const build = (folder: string): string =>
  execFileSync(process.execPath, [join(ROOT, 'scripts/docs.mjs'), folder], { encoding: 'utf8', stdio: 'pipe' });

beforeAll(() => void build(site));
afterAll(() => rmSync(home, { recursive: true, force: true }));

interface Element {
  readonly tagName?: string;
  readonly attrs?: readonly { readonly name: string; readonly value: string }[];
  readonly childNodes?: readonly Element[];
}

function elementsOf(node: Element): readonly Element[] {
  return [node, ...(node.childNodes ?? []).flatMap(elementsOf)];
}

function valuesOf(elements: readonly Element[], ...names: readonly string[]): string[] {
  return elements.flatMap(({ attrs = [] }) =>
    attrs.filter(({ name }) => names.includes(name)).map(({ value }) => value),
  );
}

interface Written {
  readonly name: string;
  readonly ids: readonly string[];
  readonly ways: readonly string[];
  readonly navigation: readonly string[];
}

function written(): ReadonlyMap<string, Written> {
  const names = readdirSync(site, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.html'));
  return new Map(
    names.map((name) => {
      const elements = elementsOf(parse(readFileSync(join(site, name), 'utf8')) as Element);
      const navigation = elements.filter(({ tagName }) => tagName === 'nav').flatMap(elementsOf);
      return [
        name,
        {
          name,
          ids: valuesOf(elements, 'id'),
          ways: valuesOf(elements, 'href', 'src'),
          navigation: valuesOf(navigation, 'href').map((way) => normalize(join(dirname(name), way))),
        },
      ];
    }),
  );
}

test('every page stands in the navigation of every page', () => {
  const all = [...written().values()];
  const made = all.map(({ name }) => name).filter((name) => !name.startsWith('files/'));
  expect(made).toHaveLength(pages().length);
  for (const { name, navigation } of all)
    expect([name, made.filter((other) => !navigation.includes(other))]).toEqual([name, []]);
});

test('every link leads somewhere, down to the heading, and no id is there twice', () => {
  const all = written();
  const ways = [...all.values()].flatMap(({ name, ways: each }) => each.map((way) => ({ name, way })));
  const within = ways.filter(({ way }) => !/^[a-z]+:/.test(way));
  expect(within.length).toBeGreaterThan(1000);
  const leadsNowhere = ({ name, way }: (typeof ways)[number]): boolean => {
    const [file = '', anchor] = way.split('#');
    const aimed = file === '' ? name : normalize(join(dirname(name), file));
    return !existsSync(join(site, aimed)) || (anchor !== undefined && all.get(aimed)?.ids.includes(anchor) !== true);
  };
  expect(within.filter(leadsNowhere)).toEqual([]);
  for (const { name, ids } of all.values()) expect([name, ids.length]).toEqual([name, new Set(ids).size]);
});

test('a folder with files of others is left as it is; its own is written anew', () => {
  const other = mkdtempSync(join(home, 'other-'));
  writeFileSync(join(other, 'mine.txt'), 'mine');
  expect(() => build(other)).toThrow('has not written');
  expect(readdirSync(other)).toEqual(['mine.txt']);
  writeFileSync(join(site, 'left-over.html'), '');
  build(site);
  expect(existsSync(join(site, 'left-over.html'))).toBe(false);
});

const chromium = findChromium();
if (chromium === undefined) withoutChromium('the site is not read in a browser');
else readInBrowser(chromium);

function readInBrowser(executable: string): void {
  let browser: Browser;
  beforeAll(async () => {
    browser = (await openChromium(executable))!;
  });
  afterAll(() => browser.close());

  const urlOf = (page: string): string => pathToFileURL(join(site, page)).href;

  test.each([
    ['index.html', 1280, 'light'],
    ['waves.html', 360, 'dark'],
    ['files/examples.html', 360, 'light'],
  ] as const)(
    '%s, %i px, %s: nothing is fetched, nothing runs over, axe finds nothing',
    async (name, width, scheme) => {
      const context = await newContext(browser, {
        viewport: { width, height: 800 },
        colorScheme: scheme,
        bypassCSP: true,
      });
      const page = await context.newPage();
      const fetched: string[] = [];
      page.on('request', (request) => fetched.push(request.url()));
      await page.goto(urlOf(name));
      expect(fetched.filter((url) => !url.startsWith(urlOf('')))).toEqual([]);
      expect(await widthOf(page)).toBeLessThanOrEqual(width);
      expect(await axeFindings(page)).toEqual([]);
      await context.close();
    },
  );

  test('search finds what stands below a heading, from a page in a folder too, and leads there', async () => {
    const page = await (await newContext(browser)).newPage();
    const refused: string[] = [];
    page.on('console', (message) => void (message.type() === 'error' && refused.push(message.text())));
    await page.goto(urlOf('recipes/pilot-team.html'));
    await page.keyboard.press('/');
    await page.keyboard.type('exit codes');
    const first = page.locator('#results a', { hasText: 'The command line: Exit codes' });
    await first.click();
    await page.waitForURL(/\/cli\.html#exit-codes$/);
    await page.fill('#search', 'xyzzyxyzzy');
    await page.locator('#results', { hasText: 'Nothing found.' }).waitFor();
    expect(refused).toEqual([]);
    await page.close();
  });
}
