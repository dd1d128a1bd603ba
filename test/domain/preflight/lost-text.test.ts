import { preflight } from '../../../src/domain/preflight/preflight.ts';
import { planWith } from './card.ts';

function told(html: string): string[] {
  return preflight(planWith(html))
    .filter(({ code }) => code.startsWith('html-'))
    .map(({ code, severity, line, column }) => `${severity} ${code} ${line}:${column}`);
}

describe('text that browsers take for a tag', () => {
  test('is told with itself and its place', () => {
    const [problem] = preflight(planWith('<p>Write to\nBilling <billing@shop.example>.</p>'));
    expect(problem).toMatchObject({
      code: 'html-lost-text',
      severity: 'warning',
      line: 2,
      column: 9,
      message: 'Agents will not see "<billing@shop.example>": browsers take it for a tag.',
    });
  });

  test('is told once for each text, with how often it stands there', () => {
    const problems = preflight(planWith('<p>Up to <limit>, never above <limit></p>'));
    expect(problems.map(({ message }) => message)).toEqual([
      'Agents will not see "<limit>": browsers take it for a tag. It stands there 2 times; this is the first.',
    ]);
  });

  test.each([
    ['<p>See <https://help.example.com/a>.</p>', 1, 8],
    ['<p>Or <mailto:team@shop.example></p>', 1, 7],
    ['<p>If x<y & y>z, call.</p>', 1, 8],
    ['<p>when a<b and c>d</p>', 1, 10],
    ['<p>when a<b>c</p>', 1, 10],
    ['<p>if n<i,j>k</p>', 1, 8],
    ['<p>Dear <first-name>,</p>', 1, 9],
    ['<p>Dear <Kunde>,</p>', 1, 9],
    ['<p>see </manual></p>', 1, 8],
    ['<p>hi <!important note></p>', 1, 7],
    ['<p>a <?todo?></p>', 1, 6],
    ['<p>a </3></p>', 1, 6],
    ['<pre>&lt;a> <order></pre>', 1, 13],
    ['<p>Say <time> first</p>', 1, 8],
    ['<p>Enter <N>.</p>', 1, 10],
    ['<p>Press <button> now</p>', 1, 10],
  ])('%s', (html, line, column) => expect(told(html)).toEqual([`warning html-lost-text ${line}:${column}`]));

  test.each([
    '<p>1 < 2, 3 <4, a <- b, <3</p>',
    '<p>Team &lt;team@shop.example></p>',
    '<my-card>a</my-card>',
    '<my-icon/>',
    '<p class=MsoNormal><o:p>&nbsp;</o:p></p>',
    '<!-- a note --><p>a</p>',
    '<?xml version="1.0"?><p>a</p>',
    '<![if !supportLists]><p>a</p><![endif]>',
    '<svg><foo bar></foo></svg>',
    '<math><mfoo></mfoo></math>',
    '<table><tr><td nowrap>a</td></tr></table>',
    '<input disabled data-x v-cloak aria-label=a>',
    '<font color=red>a</font><center>b</center>',
    '<p>a<br>b<hr></p>',
    '<marquee truespeed>a</marquee>',
    '<dialog open>a</dialog><search>b</search>',
    '<p title="a<b & c>d">a</p>',
    '<textarea aria-label=a><limit></textarea>',
    '<ul><li>a<li>b</ul>',
  ])('%s holds none', (html) => expect(told(html)).toEqual([]));
});

describe('typographic quotes round an attribute value', () => {
  test.each([
    ['<p>Read the <a href=“https://help.example.com/a”>policy</a>.</p>', ['1:16']],
    ['<a href="/a" title=“Read more”>a</a>', ['1:14']],
    ['<p class=»note«>a</p>', ['1:4']],
    ['<p\nclass=‘note’>a</p>', ['2:1']],
    ['<a href=&quot;/a&quot;>a</a>', ['1:4']],
    ['<a href=&#8220;/a&#8221;>a</a>', ['1:4']],
    ['<a href="“/a”">a</a>', ['1:4']],
    ['<svg viewBox=“0 0 1 1”></svg>', ['1:6']],
    ['<p id=`a`>a</p>', ['1:4']],
    ['<a href=″/a″>a</a>', ['1:4']],
  ])('%s', (html, places) => expect(told(html)).toEqual(places.map((place) => `warning html-quotes ${place}`)));

  test.each([
    '<p title="“Refund” policy">a</p>',
    "<p title='’tis'>a</p>",
    '<p title="&quot;Refund&quot;">a</p>',
    '<p>“a” ‘b’ »c«</p>',
    '<p title=a“b”>a</p>',
  ])('%s holds none', (html) => {
    expect(told(html)).toEqual([]);
  });
});
