import { getRules } from 'axe-core';
import { contrastRatio, parseColour } from '../../src/domain/preflight/a11y/colour.ts';
import { codeOfRule } from '../../src/domain/preflight/a11y/rules.ts';
import { parsePolicy } from '../../src/domain/preflight/content-policy.ts';
import { preflight } from '../../src/domain/preflight/preflight.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/preflight/settings.ts';
import { planWith } from '../domain/preflight/card.ts';

function found(html: string, policy?: string): string[] {
  const settings = policy === undefined ? DEFAULT_SETTINGS : { ...DEFAULT_SETTINGS, policy: parsePolicy(policy) };
  return preflight(planWith(html), settings)
    .filter(({ code }) => code.startsWith('a11y-'))
    .map(({ code, severity, line, column }) => `${severity} ${code.slice(5)} ${line}:${column}`);
}

describe.each<[what: string, wrong: [string, string][], right: string[]]>([
  [
    'pictures say what they show',
    [
      ['<p>\n <img src="/a.png"></p>', 'error alt 2:2'],
      ['<svg role="img"><path/></svg>', 'error alt 1:1'],
      ['<input type="image" src="/a.png">', 'error alt 1:1'],
    ],
    [
      '<img src="/a.png" alt="">',
      '<img src="/a.png" alt="A map">',
      '<img src="/a.png" role="presentation">',
      '<img src="/a.png" aria-hidden="true">',
      '<svg role="img"><title>A map</title></svg>',
      '<svg><path/></svg>',
      '<img src="/a.png" aria-label="A map">',
      '<p hidden><img src="/a.png"></p>',
    ],
  ],
  [
    'headings go down one level at a time',
    [
      ['<h2>a</h2><h4>b</h4>', 'warning heading-order 1:11'],
      ['<h3> </h3>', 'error heading-empty 1:1'],
      ['<h2>a</h2><div role="heading" aria-level="5">b</div>', 'warning heading-order 1:11'],
    ],
    ['<h3>a</h3><h4>b</h4><h3>c</h3>', '<h4>a</h4>', '<h3><img src="/a.png" alt="a"></h3>'],
  ],
  [
    'languages are language tags',
    [
      ['<p lang="english">a</p>'.replace('english', 'in english'), 'error language 1:4'],
      ['<html><body>a</body></html>', 'warning language 1:1'],
    ],
    ['<p lang="en">a</p>', '<p lang="zh-Hant-TW">a</p>', '<html lang="de-CH"><body>a</body></html>', '<p>a</p>'],
  ],
  [
    'the keyboard goes in the order of reading',
    [['<button tabindex="1">a</button>', 'warning focus-order 1:9']],
    ['<p tabindex="0">a</p>', '<p tabindex="-1">a</p>'],
  ],
  [
    'controls have names',
    [
      ['<a href="/a"><img src="/a.png" alt=""></a>', 'error empty-link 1:1'],
      ['<button> </button>', 'error empty-button 1:1'],
      ['<input type="button">', 'error empty-button 1:1'],
      ['<p><input placeholder="Name"></p>', 'warning label 1:4'],
      ['<select><option>a</option></select>', 'warning label 1:1'],
    ],
    [
      '<a href="/a">a</a>',
      '<a href="/a"><img src="/a.png" alt="a"></a>',
      '<a href="/a" aria-label="a"></a>',
      '<a>a</a>',
      '<a id="a"></a>',
      '<button title="a"></button>',
      '<input type="submit">',
      '<input type="hidden">',
      '<label>a <input></label>',
      '<label for="a">b</label><input id="a">',
      '<p id="l">a</p><input aria-labelledby="l">',
      '<button><svg><title>Close</title></svg></button>',
    ],
  ],
  [
    'links lead somewhere',
    [
      ['<a href="">a</a>', 'error link-broken 1:4'],
      ['<a href="#">a</a>', 'error link-broken 1:4'],
      ['<a href="#b">a</a>', 'error link-broken 1:4'],
      ['<a href="https://">a</a>', 'error link-broken 1:4'],
      ['<a href="https://help.example/a">a</a>', 'warning link-host 1:4'],
      ['<a href="//help.example/a">a</a>', 'warning link-host 1:4'],
    ],
    [
      '<a href="#b">a</a><p id="b">b</p>',
      '<a href="/guides">a</a>',
      '<a href="https://cdn.genesyscloud.com/a">a</a>',
      '<a href="mailto:a@b.example">a</a>',
      '<a href="tel:123">a</a>',
      '<a href="#top">a</a>',
    ],
  ],
  [
    'nothing is left to fill in',
    [
      ['<p>Dear\n{{customer.name}},</p>', 'error placeholder 2:1'],
      ['<p>Dear ${name}</p>', 'error placeholder 1:9'],
      ['<p>Dear %FIRST_NAME%</p>', 'error placeholder 1:9'],
      ['<p title="{{a}}">a</p>', 'error placeholder 1:4'],
      ['<p>Lorem ipsum dolor</p>', 'error placeholder 1:4'],
      ['<p>TODO: write this</p>', 'warning placeholder 1:4'],
    ],
    [
      '<p>20 % of 30 %</p>',
      '<p>Save $5 {today}</p>',
      '<pre>{{a}}</pre>',
      '<a href="/a%20b%E2%82%AC">a</a>',
      '<p>A todo list, methodology</p>',
      '<p>5% AND 6%</p>',
    ],
  ],
])('%s', (_what, wrong, right) => {
  test.each(wrong)('%s', (html, expected) => expect(found(html)).toEqual([expected]));
  test.each(right)('%s is fine', (html) => expect(found(html)).toEqual([]));
});

describe('contrast', () => {
  const INLINE = "default-src 'self' 'unsafe-inline'";
  test.each<[string, string[]]>([
    ['<p style="color: #777; background: #fff">a</p>', ['error contrast 1:1']],
    ['<p style="color: #767676; background: #fff">a</p>', []],
    [
      '<div style="background-color: rgb(0 0 0)"><p style="color: hsl(0, 0%, 20%)">a</p></div>',
      ['error contrast 1:43'],
    ],
    ['<style>.note { color: silver } p { background: white } p.note { color: black }</style><p class="note">a</p>', []],
    ['<style>.note { color: silver } p { background: white }</style><p class="note">a</p>', ['error contrast 1:63']],
    [
      '<style>.a.a { color: silver } .a { color: black } p { background: white }</style><p class="b a">a</p>',
      ['error contrast 1:82'],
    ],
    ['<style>.a.b { color: silver } p { background: white }</style><p class="a">a</p><p class="c a">a</p>', []],
    ['<p style="color: #888; background: #fff; font-size: 24px">a</p>', []],
    ['<p style="color: #777">a</p>', []],
    ['<p style="color: #777; background: url(/a.png)">a</p>', []],
    ['<p style="color: rgba(0,0,0,.2); background: #fff">a</p>', []],
    ['<p style="color: var(--a); background: #fff">a</p>', []],
    ['<style>@media print { p { color: #fff; background: #fff } }</style><p>a</p>', []],
  ])('%s', (html, expected) => expect(found(html, INLINE)).toEqual(expected));

  test('is a warning where the policy makes the browser ignore the style', () => {
    expect(found('<p style="color: #777; background: #fff">a</p>')).toEqual(['warning contrast 1:1']);
  });

  test('is the ratio of WCAG', () => {
    const [black, grey, white] = ['#000', 'rgb(118, 118, 118)', 'white'].map((text) => parseColour(text)!);
    expect(contrastRatio(black!, white!)).toBe(21);
    expect(contrastRatio(white!, grey!)).toBeCloseTo(4.54, 2);
    expect(parseColour('hsl(120 100% 25%)')).toEqual({ red: 0, green: expect.closeTo(127.5), blue: 0, alpha: 1 });
    expect(['color(srgb 1 0 0)', 'rebeccapurpleish', '#12', 'rgb(a, b, c)'].map(parseColour)).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });
});

test('cards as large as a page are told so, and the deepest ones do not overflow the stack', () => {
  expect(found('<p>a</p>'.repeat(1_001))).toEqual(['warning size 1:1']);
  expect(found(`<p>${'word '.repeat(1_600)}</p>`)).toEqual(['warning size 1:1']);
  expect(found(`${'<div>'.repeat(40)}a`)).toEqual(['warning nesting 1:161']);
  expect(found(`${'<div>'.repeat(5_000)}a`)).toEqual([]);
});

test('what is told is told in the words of axe-core, by rules that it has', () => {
  const rules = preflight(
    planWith(
      '<img src="/a.png"><h2>a</h2><h4></h4><h4>b</h4><p lang="in english">a</p><button tabindex="1"></button>' +
        '<a href="/a"></a><input><select></select><font color="#ccc"><table bgcolor="#eee"><td>a</table></font>',
    ),
  ).flatMap(({ rule }) => rule ?? []);
  expect(rules.length).toBeGreaterThan(8);
  const known = new Set(getRules().map(({ ruleId }) => ruleId));
  expect(rules.filter((rule) => !known.has(rule))).toEqual([]);
  expect(rules.map(codeOfRule)).not.toContain(null);
  expect([codeOfRule('region'), codeOfRule('toString')]).toEqual([null, null]);
});
