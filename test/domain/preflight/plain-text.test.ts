import { preflight } from '../../../src/domain/preflight/preflight.ts';
import { parsePolicy } from '../../../src/domain/preflight/content-policy.ts';
import { DEFAULT_SETTINGS } from '../../../src/domain/preflight/settings.ts';
import { planWith } from './card.ts';

const errors = (html: string): string[] =>
  preflight(planWith(html))
    .filter(({ severity }) => severity === 'error')
    .map(({ code }) => code);

describe('percent-encoded letters are no placeholders', () => {
  test.each([
    '/docs/2024%E5%B9%B41%E6%9C%88/%E7%AC%AC3%E7%AB%A0',
    '/%D0%B2%D0%BE%D0%B7%D0%B2%D1%80%D0%B0%D1%82',
    '/a?q=%ED%99%98%EB%B6%88',
    '/%C3%BCber%C3%A4',
    '/x%AB12%CD34%EF',
  ])('%s', (path) => {
    expect(errors(`<a href="${path}">a</a>`)).toEqual([]);
    expect(errors(`<p>Read https://kb.example.com${path} first.</p>`)).toEqual([]);
  });

  test.each(['/%DEPT%', '/orders/%ORDER_ID%/%E7%AC%AC3%E7', '/a?name=%FIRST_NAME%', '/%E7%AC%AC3%NAME%'])(
    '%s has one all the same',
    (path) => {
      expect(errors(`<a href="${path}">a</a>`)).toContain('a11y-placeholder');
    },
  );
});

describe('wide angle brackets', () => {
  test.each([
    '<h3>＜VIP＞のお客様</h3>',
    '<p>＜FAQ＞を確認。〈重要〉 ＜ｂ＞ ＜A＞コース</p>',
    '<p>＜Link＞ 〈Body〉 ＜注意＞</p>',
    '<p>a＜b, x﹤y</p>',
    '<p>＜返金 期限=30日＞</p>',
    '<p>＜/VIP＞</p>',
  ])('%s is text', (html) => {
    expect(errors(html)).toEqual([]);
  });

  test.each([
    '<p>＜script＞alert(1)＜/script＞</p>',
    '<p>＜ｓｃｒｉｐｔ＞a＜/ｓｃｒｉｐｔ＞</p>',
    '<p>＜img src=x onerror=a()＞</p>',
    '<p>﹤a href=javascript:a()﹥</p>',
    '<p>＜b onclick＝a()＞</p>',
    '<p>〈img src=x onerror=a()〉</p>',
    '<p>＜iframe/src=//evil.example＞</p>',
    '<p>＜!--＜style＞</p>',
  ])('%s is a tag to some', (html) => expect(errors(html)).toContain('csp-character'));
});

describe('styles that a word processor writes', () => {
  const settings = { ...DEFAULT_SETTINGS, policy: parsePolicy("default-src 'self' 'unsafe-inline'") };
  test.each([
    '@page WordSection1 { size: 595.3pt 841.9pt; margin: 72.0pt; mso-header-margin: 35.4pt }\ndiv.WordSection1 ' +
      '{ page: WordSection1 }',
    '@page { @bottom-right { content: counter(page) } }',
    '@list l0 { mso-list-id: 1 } @list l0:level1 { mso-level-tab-stop: 36.0pt }',
    '<!-- @font-face { font-family: "Cambria Math"; panose-1: 2 4 5 3 5 4 6 3 2 4; mso-font-charset: 0; ' +
      'size-adjust: 90% } -->',
    'p.MsoNormal { mso-style-parent: ""; mso-pagination: widow-orphan; font-size: 11.0pt; mso-fareast-language: ' +
      'EN-US; mso-ansi-language: DE }',
    'v\\:* { behavior: url(#default#VML); } .shape { behavior: url("#default#VML"); }',
    'table.MsoNormalTable { mso-para-margin: 0cm; border: none; border-collapse: collapse }',
    '@media print { p { break-inside: avoid; aspect-ratio: 1; height: 1dvh } }',
  ])('%s: warnings at most', (css) => {
    expect(
      preflight(planWith(`<style>\n${css}\n</style><p>a</p>`), settings).filter(({ severity }) => severity === 'error'),
    ).toEqual([]);
  });

  test('a behaviour of another kind is code as ever', () => {
    expect(errors('<style>p { behavior: url(#default#time2) }</style>')).toContain('csp-css');
    expect(errors('<style>p { behavior: url(/a.htc#default#VML) }</style>')).toContain('csp-css');
  });
});

test.each<[string, (i: number) => string, string]>([
  ['attributes that may be words', (i) => `a${i} `, '<p '],
  ['attributes without a value', (i) => `a${i}="" `, '<p '],
  ['blanks behind an encoding', () => ' ', '<meta content="charset='],
])('256 KB of %s are read to their end', (_what, unit, opener) => {
  let html = opener;
  for (let i = 0; html.length < 256 * 1024 - 40; i++) html += unit(i);
  expect(errors(`${html}${opener.endsWith('=') ? '"' : ''}>x<p onclick="a()">b`)).toEqual(['csp-inline-handler']);
});

describe('a card that is nothing but a table', () => {
  const table = (bytes: number, row: (i: number) => string): string => {
    let html = '<table><thead><tr><th scope="col">Order</th><th scope="col">Refund</th></tr></thead><tbody>\n';
    for (let i = 0; ; i++) {
      const next = row(i);
      if (html.length + next.length > bytes - 20) return `${html}</tbody></table>`;
      html += next;
    }
  };
  test.each<[string, (i: number) => string]>([
    ['of numbers', (i) => `<tr><td>${i}</td><td>${i % 100}</td></tr>\n`],
    ['of sentences', (i) => `<tr><td>Order ${i}</td><td>Within 30 days, with a receipt.</td></tr>`],
    ['without end tags', (i) => `<tr><td>${i}<td>12.50`],
    [
      'with a link in each row',
      (i) => `<tr><td><a href="/orders/${i}">Order ${i}</a></td><td>Refund within 30 days</td></tr>`,
    ],
    [
      'as a word processor writes it',
      (i) => `<tr><td><p class=MsoNormal>Order ${i}</p></td><td><p class=MsoNormal>12.50</p></td></tr>`,
    ],
  ])('%s, of 64 KB and of 256 KB, passes', (_what, row) => {
    for (const kb of [64, 256]) expect(errors(table(kb * 1024, row))).toEqual([]);
  });

  test('anything else has its bound', () => {
    expect(errors('<p>a'.repeat(3_001))).toEqual(['csp-complexity']);
    expect(errors(`<table>${'<td>'.repeat(60_000)}</table>`)).toEqual(['csp-complexity']);
    expect(errors(`<table>${'<tr><td><b>a</b>'.repeat(16_000)}</table>`)).toEqual(['csp-complexity']);
  });
});
