import { aboutLines } from '../../../src/domain/plan/about.ts';
import { parsePlan } from '../../../src/domain/plan/parse.ts';
import { samplePlan } from './sample.ts';

function problemsOf(more: object): string[] {
  const result = parsePlan({ ...samplePlan(), ...more });
  return result.ok ? [] : result.problems.map(({ path, message }) => `${path}: ${message}`);
}

const link = (url: unknown, name: unknown = 'ticket') => ({ links: [{ name, url }] });

test.each(['https://change.example.com', 'https://change.example.com:8443/CHG-1?x=%20#top', 'https://[2001:db8::1]/a'])(
  'a plan may link to %s',
  (url) => {
    expect(problemsOf(link(url))).toEqual([]);
  },
);

test.each([
  'http://change.example.com',
  'javascript:alert(1)',
  'https://user:secret@change.example.com/',
  'https://change.example.com/\u001B[2J',
  'https://change.example.com/a b',
  'https://change.example.com/\u202Eevil',
  `https://change.example.com/${'a'.repeat(500)}`,
  'https://',
  7,
])('but not to %j', (url) => {
  expect(problemsOf(link(url))).toHaveLength(1);
});

test.each([
  [{ description: '' }],
  [{ description: '   ' }],
  [{ description: 'two\nlines' }],
  [{ description: 'steers \u001B[31m' }],
  [{ description: 'is turned \u202E' }],
  [{ description: 'x'.repeat(501) }],
  [{ links: [] }],
  [{ links: Array.from({ length: 11 }, () => ({ name: 'a', url: 'https://a.example' })) }],
  [link('https://a.example', 'two\nlines')],
])('what is no line of bounded length is refused: %j', (more) => {
  expect(problemsOf(more).length).toBeGreaterThan(0);
});

test('a description, then a line for each link', () => {
  expect(aboutLines({})).toEqual([]);
  expect(aboutLines({ description: 'Why', links: [{ name: 'CHG', url: 'https://a.example' }] })).toEqual([
    'Why',
    'CHG: https://a.example',
  ]);
});
