/** What the pages name is there: files in backticks, and links to each other with their headings. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { anchorsOf, pages } from '../helpers/pages.ts';
import { ROOT } from '../helpers/sources.ts';

/** Made by `deploy/certificates.sh`. */
const MADE_LATER = ['deploy/certificates/'];
/** Names files that a change would make; test/extending makes them. */
const OF_CHANGES = 'docs/extending.md';

test('every file and folder that a page names is there', () => {
  const ofToday = pages().filter(({ path }) => path !== OF_CHANGES);
  const named = ofToday.flatMap(({ path, text }) =>
    [...text.matchAll(/`((?:src|test|bench|docs|scripts|deploy|schema|examples)\/[\w./-]+)`/g)].map(
      ([, file = '']) => ({ path, file }),
    ),
  );
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter(({ file }) => !existsSync(join(ROOT, file)) && !MADE_LATER.includes(file))).toEqual([]);
});

test('every link from page to page leads somewhere', () => {
  const links = pages().flatMap(({ path, text }) =>
    [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].map(([, file = '', anchor]) => ({
      path,
      file: file === '' ? path : normalize(join(dirname(path), file)),
      anchor,
    })),
  );
  expect(links.length).toBeGreaterThan(50);
  const leadsNowhere = ({ file, anchor }: (typeof links)[number]): boolean =>
    !existsSync(join(ROOT, file)) ||
    (anchor !== undefined && !anchorsOf(readFileSync(join(ROOT, file), 'utf8')).includes(anchor));
  expect(links.filter(leadsNowhere)).toEqual([]);
});

test('CONTRIBUTING tells what each folder of src is for', () => {
  const text = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8');
  const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).filter((name) => !text.includes(`\n    src/${name} `))).toEqual([]);
});

test('what scripts run of the build has a source', () => {
  const scripts = [...readdirSync(join(ROOT, 'scripts'), { recursive: true, encoding: 'utf8' })]
    .filter((name) => name.endsWith('.mjs'))
    .map((name) => `scripts/${name}`);
  const run = [...scripts, 'bin/assist-rollouts'].flatMap((path) =>
    [...readFileSync(join(ROOT, path), 'utf8').matchAll(/\bdist\/((?:src|bench)\/[\w./-]+)\.js\b/g)].map(
      ([, source = '']) => ({ path, source: `${source}.ts` }),
    ),
  );
  expect(run.length).toBeGreaterThan(1);
  expect(run.filter(({ source }) => !existsSync(join(ROOT, source)))).toEqual([]);
});
