/** What docs/comparison.md says of this project is held by the tests and pages that each row names. */
import { existsSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { anchorsOf } from '../helpers/pages.ts';
import { ROOT, readSources } from '../helpers/sources.ts';
import { testsIn } from '../helpers/test-names.ts';

interface Row {
  readonly feature: string;
  readonly whoElse: string;
  readonly mark: string;
  readonly shown: readonly { readonly title: string; readonly file: string; readonly anchor: string | undefined }[];
}

/** What a row says is not there, as it would stand in the sources if it were. */
const WOULD_SHOW: Readonly<Record<string, RegExp>> = {
  'payloads stored outside the history': /externalStorage/,
  'releases by tools': /modelcontextprotocol/,
};

const text = readFileSync(join(ROOT, 'docs/comparison.md'), 'utf8');
const rows = text
  .split('\n')
  .filter((line) => line.split(' | ').length === 5 && !/^\| (?:feature |---)/.test(line))
  .map((line) => rowOf(line));
const links = rows.flatMap(({ feature, shown }) => shown.map((link) => ({ feature, ...link })));
const toTests = links.filter(({ file }) => file.startsWith('test/'));

function rowOf(line: string): Row {
  const [feature = '', whoElse = '', mark = '', , shown = ''] = line.split(' | ').map((cell) => cell.trim());
  const named = [...shown.matchAll(/\[([^\]]+)\]\(([^)#]+)(?:#([^)]+))?\)/g)];
  return {
    feature: feature.replace(/^\| /, ''),
    whoElse,
    mark: mark.replaceAll('`', ''),
    shown: named.map(([, title = '', path = '', anchor]) => ({ title, file: normalize(join('docs', path)), anchor })),
  };
}

test('each row stands once, with a mark, and leads to something that exists', () => {
  expect(rows.length).toBeGreaterThan(110);
  expect(new Set(rows.map(({ feature }) => feature)).size).toBe(rows.length);
  expect(rows.filter(({ mark, shown }) => !['+', '~', '≈', '-'].includes(mark) || shown.length === 0)).toEqual([]);
  const leadsNowhere = ({ file, anchor }: (typeof links)[number]): boolean =>
    !existsSync(join(ROOT, file)) ||
    (anchor !== undefined && !anchorsOf(readFileSync(join(ROOT, file), 'utf8')).includes(anchor));
  expect(links.filter(leadsNowhere)).toEqual([]);
});

test('a link to a test names one test of that file, and one that runs', () => {
  const files = new Map(toTests.map(({ file }) => [file, testsIn(readFileSync(join(ROOT, file), 'utf8'))]));
  const broken = toTests.filter(({ file, title }) => {
    const named = (files.get(file) ?? []).filter(({ name }) => name.includes(title));
    return named.length !== 1 || named.some(({ isSkipped }) => isSkipped);
  });
  expect(broken).toEqual([]);
});

test.each([
  ["test('a', f); it('b', f)", ['a', 'b']],
  ["describe('of', () => { test('a', f) })", ['a']],
  ["test.each<[string, number]>([['no', 1], ['yes', 2]])('%s is said', f)", ['no is said', 'yes is said']],
  ["test.each(TABLE)('%s is said', f); test.each(['x'])('%p', f)", ['%s is said', '%p']],
  ['test(`a ${of} b`, f)', ['a … b']],
  ["test.skip('a', f); it.todo('b'); xit('c', f); test.skip.each([1])('d', f)", []],
  ["describe.skip('of', () => { describe('in', () => { test('a', f) }) })", []],
  ["(hasIt ? describe : describe.skip)('of', () => { test('a', f) })", []],
  ["xdescribe('of', () => { test('a', f) }); mine('b', f)", []],
])('tests of %s that run', (source, expected) => {
  const running = testsIn(source).filter(({ isSkipped }) => !isSkipped);
  expect(running.map(({ name }) => name)).toEqual(expected);
});

test('what is said to be there, in part or by other means, is shown by a test', () => {
  const tested = new Set(toTests.map(({ feature }) => feature));
  expect(rows.filter(({ feature, mark }) => mark !== '-' && !tested.has(feature))).toEqual([]);
});

test('what would show is not there, where a row says so', () => {
  const sources = [
    ...readSources('src').map((source) => source.text),
    readFileSync(join(ROOT, 'package.json'), 'utf8'),
  ];
  for (const [feature, pattern] of Object.entries(WOULD_SHOW)) {
    expect(rows).toContainEqual(expect.objectContaining({ feature, mark: '-' }));
    expect(sources.filter((source) => pattern.test(source))).toEqual([]);
  }
});

test('whoever else has it is named with a source, each source is used, and none is told without', () => {
  const sources = [...text.matchAll(/^\[([^\]]+)\]: (\S+)$/gm)].map(([, name = '', url = '']) => ({ name, url }));
  expect(sources.filter(({ url }) => !url.startsWith('https://'))).toEqual([]);
  const used = rows.flatMap(({ whoElse }) => [...whoElse.matchAll(/\[[^\]]+\]\[([^\]]+)\]/g)].map(([, name]) => name));
  expect(new Set(used)).toEqual(new Set(sources.map(({ name }) => name)));
  const isNamed = (cell: string): boolean => /^(?:–|\[[^\]]+\]\[[^\]]+\](?:, \[[^\]]+\]\[[^\]]+\])*)$/.test(cell);
  expect(rows.filter(({ whoElse }) => !isNamed(whoElse))).toEqual([]);
});
