import fc from 'fast-check';
import { parsePolicy } from '../../../src/domain/preflight/content-policy.ts';
import { preflight } from '../../../src/domain/preflight/preflight.ts';
import { DEFAULT_SETTINGS } from '../../../src/domain/preflight/settings.ts';
import { codes as allCodes, faults as allFaults, planWith } from './card.ts';
import type { PreflightSettings } from '../../../src/domain/preflight/settings.ts';

const CARD =
  "<div class='assist-card'><h3>Policy Reference</h3><p>Check refund guidelines before proceeding.</p></div>";

const ofPolicy = (found: string): boolean => !found.startsWith('compat-');
const faults = (html: string, settings?: PreflightSettings): string[] => allFaults(html, settings).filter(ofPolicy);
const codes = (html: string, settings?: PreflightSettings): string[] => allCodes(html, settings).filter(ofPolicy);

test('a plain card passes', () => expect(faults(CARD)).toEqual([]));

test.each<[string, string[]]>([
  // scripts in the html
  ['<p>a</p>\n  <script>go()</script>', ['csp-inline-script 2:3']],
  ['<SCRIPT type="module">go()</SCRIPT>', ['csp-inline-script 1:1']],
  ['<script type="importmap">{"imports": {}}</script>', ['csp-inline-script 1:1']],
  ['<svg><script>go()</script></svg>', ['csp-inline-script 1:6']],
  ['<template><script>go()</script></template>', ['csp-inline-script 1:11']],
  [
    '<noscript><p title="</noscript><script>go()</script>"></noscript>',
    ['csp-inline-script 1:32', 'csp-mutation 1:32'],
  ],
  ['<noscript><script>go()</script></noscript>', ['csp-inline-script 1:11']],
  ['<script type="application/json">{"eval": "eval()"}</script>', []],
  ['<script type="text/template"><b onclick="x()"></script>', []],
  ['<script src="/a.js"></script><script></script>', []],
  ['<script src="/a.js">eval("never run")</script>', []],
  ['<!-- <script>eval("1")</script> -->', []],
  ['<p title="<script>eval(1)</script>">&lt;script&gt;</p>', []],
  ['<textarea><script>go()</script></textarea>', []],
  // whatever their code does, they are one error
  ['<script>\n  eval("1")\n</script>', ['csp-inline-script 1:1']],
  ['<script>let = </script>', ['csp-inline-script 1:1']],
  // what looks like an excuse and is none
  ['<script x:type="text/plain">go()</script>', ['csp-inline-script 1:1']],
  ['<script x:src="/a.js">go()</script>', ['csp-inline-script 1:1']],
  ['<script href="/a.js">go()</script>', ['csp-inline-script 1:1']],
  ['<svg><script src="/a.js">go()</script></svg>', ['csp-inline-script 1:6']],
  ['<svg><script xlink:type="text/plain">go()</script></svg>', ['csp-inline-script 1:6']],
  ['<svg><script xlink:href="/a.js">never run()</script></svg>', []],
  ['<link x:rel="canonical" rel="stylesheet" href="//evil.example/a.css">', ['csp-source 1:42']],
  ['<meta x:http-equiv="a" http-equiv="refresh" content="0;//evil.example/a">', ['csp-meta-refresh 1:1']],
  ['<script type="webbundle">{}</script>', ['csp-inline-script 1:1']],
  // handlers
  ['<p\n onclick="x()">', ['csp-inline-handler 2:2']],
  ['<img src="/a.png" ONERROR=x()>', ['csp-inline-handler 1:19']],
  ['<body onload="x()"><p>a</p>', ['csp-inline-handler 1:7']],
  ['<svg><animate onbegin=x() /></svg>', ['csp-inline-handler 1:15']],
  ['<p one-of="x" on="y" title="onclick=">', ['csp-inline-handler 1:4']],
  ['<p data-onclick="x()" title="onclick=x()">', []],
  // links that run code
  ['<a href="javascript:x()">a</a>', ['csp-javascript-url 1:4']],
  ['<a href=" \tJaVa\nScRiPt:x()">a</a>', ['csp-javascript-url 1:4']],
  ['<a href="&#106;avascript&colon;x()">a</a>', ['csp-javascript-url 1:4']],
  ['<form action="javascript:x()"></form>', ['csp-javascript-url 1:7']],
  ['<button formaction="javascript:x()">a</button>', ['csp-javascript-url 1:9']],
  ['<svg><a xlink:href="javascript:x()">a</a></svg>', ['csp-javascript-url 1:9']],
  ['<svg><animate attributeName="href" values="/a;javascript:x()"/></svg>', ['csp-javascript-url 1:36']],
  ['<a href="/javascript:x()" title="javascript: the good parts">a</a>', []],
  // where things come from
  ['<script src="https://cdn.genesyscloud.com/a.js"></script>', []],
  ['<script src="https://cdn.genesyscloud.com:443/a.js"></script>', []],
  ['<script src="https://cdn.genesyscloud.com:8443/a.js"></script>', ['csp-source 1:9']],
  ['<script src="http://cdn.genesyscloud.com/a.js"></script>', ['csp-source 1:9']],
  ['<script src="https://cdn.genesyscloud.com.evil.example/a.js"></script>', ['csp-source 1:9']],
  ['<script src="https://cdn.genesyscloud.com@evil.example/a.js"></script>', ['csp-source 1:9']],
  ['<script src="//evil.example/a.js"></script>', ['csp-source 1:9']],
  ['<script src="\\\\evil.example/a.js"></script>', ['csp-source 1:9']],
  ['<script src="https:\\\\evil.example/a.js"></script>', ['csp-source 1:9']],
  ['<script src="data:text/javascript,x()"></script>', ['csp-source 1:9']],
  ['<svg><script href="https://evil.example/a.js"></script></svg>', ['csp-source 1:14']],
  ['<img src="https://cdn.genesyscloud.com/a.png">', ['csp-source 1:6']],
  ['<img src="a.png" srcset="/b.png 2x, https://evil.example/a,b.png 3x">', ['csp-source 1:18']],
  ['<img src="data:image/png;base64,AA==">', ['csp-source 1:6']],
  ['<svg><image xlink:href="//evil.example/a"/><use href="#a"/></svg>', ['csp-source 1:13']],
  ['<video poster="//evil.example/a"><source src="//evil.example/b"></video>', ['csp-source 1:8', 'csp-source 1:42']],
  ['<link rel="stylesheet" href="https://evil.example/a.css">', ['csp-source 1:24']],
  ['<link rel="prefetch" href="https://evil.example/">', ['csp-source 1:22']],
  ['<link rel="canonical" href="https://example.com/">', []],
  ['<link rel="modulepreload stylesheet" href="https://cdn.genesyscloud.com/a.css">', ['csp-source 1:38']],
  ['<link rel="modulepreload" as="style" href="https://cdn.genesyscloud.com/a.css">', ['csp-source 1:38']],
  ['<link rel="modulepreload" href="https://cdn.genesyscloud.com/a.js">', []],
  [
    '<link rel="preconnect" href="https://cdn.genesyscloud.com"><link rel="dns-prefetch" ' +
      'href="//cdn.genesyscloud.com">',
    [],
  ],
  ['<link rel="preconnect" href="https://evil.example">', ['csp-source 1:24']],
  ['<img src="https://card.invalid/a.png">', ['csp-source 1:6']],
  ['<img src="https:<b>//evil.example/a">', ['csp-source 1:6']],
  ['<script src="about:blank"></script>', ['csp-source 1:9']],
  ['<link rel="alternate stylesheet" href="https://evil.example/a.css">', ['csp-source 1:34']],
  [
    '<object data="//evil.example/a"></object><embed src="//evil.example/b">',
    ['csp-object 1:1', 'csp-source 1:9', 'csp-object 1:42', 'csp-source 1:49'],
  ],
  [
    '<form action="https://evil.example/"><input type="image" src="//evil.example/a"></form>',
    ['csp-source 1:7', 'csp-source 1:58'],
  ],
  ['<table background="//evil.example/a"></table>', ['csp-source 1:8']],
  ['<a ping="/a //evil.example/b" href="https://example.com/">a</a>', ['csp-source 1:4']],
  ['<img src="https://[not-a-url">', ['csp-source 1:6']],
  // pages in pages, and leaving the page
  ['<iframe src="/a"></iframe>', ['csp-iframe 1:1']],
  ['<iframe src="//evil.example/a"></iframe>', ['csp-iframe 1:1', 'csp-source 1:9']],
  ['<iframe srcdoc="<script>go()</script>"></iframe>', ['csp-iframe 1:1']],
  ['<base href="/a/">', ['csp-base 1:1']],
  ['<meta http-equiv="ReFresh " content="0; url=/a">', ['csp-meta-refresh 1:1']],
  ['<meta charset="utf-8">', []],
  ['<meta http-equiv="x-dns-prefetch-control" content="on">', ['csp-meta 1:1']],
  ['<meta http-equiv="Content-Language" content="en"><meta name="viewport" content="width=device-width">', []],
  // encodings and look-alikes
  ['<p>a</p>\n+ADwAcwBjAHIAaQBwAHQAPg-go()', ['csp-charset 2:1']],
  ['<p>Call +49 30 1234, +ADD, a+b/c= and +1800555</p>', []],
  ['\u2039script\u203ago()', ['csp-character 1:1']],
  ['<p>\u2039Weiter\u203a</p>', []],
  ['<\u017fvg onload=x()>', ['csp-character 1:2']],
  // styles
  ['<p style="color: red">a</p>', ['csp-inline-style 1:4']],
  ['<style>p { color: red }</style>', ['csp-inline-style 1:1']],
])('%s', (html, expected) => expect(faults(html)).toEqual(expected));

test('inline styles are only warned of: the card is shown without them', () => {
  expect(preflight(planWith('<p style="color: red">a</p>')).map(({ severity }) => severity)).toEqual(['warning']);
});

test('the policy decides: what another one allows passes', () => {
  const lax = {
    ...DEFAULT_SETTINGS,
    policy: parsePolicy("default-src *; script-src 'unsafe-inline' 'unsafe-eval'; img-src https://img.example"),
  };
  expect(codes('<script>eval(1)</script><p onclick="x()"><a href="javascript:x()">', lax)).toEqual(['csp-policy']);
  expect(codes('<img src="https://img.example/a.png"><video src="https://any.example/"></video>', lax)).toEqual([
    'csp-policy',
  ]);
  expect(codes('<img src="/own.png">', lax)).toEqual(['csp-policy', 'csp-source']);
  expect(codes('<script src="/own.js"></script>', lax)).toEqual(['csp-policy', 'csp-source']);
});

describe('size', () => {
  const KIB = 1024;

  test('256 KiB pass, one byte more does not, and then nothing else is read', () => {
    expect(codes('a'.repeat(256 * KIB))).toEqual([]);
    expect(codes(`<script>eval(1)</script>${'a'.repeat(256 * KIB)}`)).toEqual(['plan-html-too-large']);
  });

  test('bytes count, not characters', () => {
    expect(codes('é'.repeat(128 * KIB))).toEqual([]);
    expect(codes('é'.repeat(128 * KIB + 1))).toEqual(['plan-html-too-large']);
  });
});

test('html nested deeper than browsers go is refused, and one level less is searched to its end', () => {
  expect(codes(`${'<div>'.repeat(20_000)}<script>x()</script>`)).toEqual(['csp-complexity']);
  expect(codes(`${'<div>'.repeat(250)}<script>x()</script>`)).toEqual(['csp-inline-script']);
});

test('whatever the html, preflight answers, and every problem has a place within it', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '<script>',
      '</script>',
      '<template>',
      '<svg>',
      '<p onclick=',
      '<!--',
      '<noscript>',
      'eval(',
      '`${',
      '"',
      "'",
      '>',
      '<a href="javascript:',
      '\0',
      '<table><td>',
      '</',
      '\r\n',
    ),
    fc.string({ unit: 'binary', maxLength: 8 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const html = pieces.join('');
      const lines = html.split(/\r\n|\r|\n/).length;
      return preflight(planWith(html)).every(({ line = 0, column = 0 }) => line >= 1 && line <= lines && column >= 1);
    }),
    { numRuns: 300 },
  );
});

describe('what only some browsers do', () => {
  const nested = (tag: string, inner: string): string =>
    `<math><mtext><table><mglyph><${tag}></math>${inner}</${tag}></mglyph></table></mtext></math>`;

  test.each([
    [
      'code that emerges from the fifth copy',
      ['style', 'xmp', 'noembed', 'noframes'].reduceRight(
        (inner, tag) => nested(tag, inner),
        '<img src="x:" onerror="go()">',
      ),
    ],
    ['a page that is fetched ahead', '<link rel="next" href="https://evil.example/a">'],
    [
      'a description of a search',
      '<link rel="search" type="application/opensearchdescription+xml" href="https://evil.example/a">',
    ],
    ['the surroundings of a model', '<model src="/ok.usdz" environmentmap="https://evil.example/a.hdr"></model>'],
    [
      'a text given to a function of the style sheet',
      '<style>@function --g(--x){result:image-set(var(--x) 1x)}p{background:--g("//evil.example/a")}</style>',
    ],
    [
      'a block given to one',
      '<style>@function --f(--x){result:var(--x)}:root{--a:--f({"//evil.example/a"})}p{background:image-set(var(--a) 1x)}</style>',
    ],
    ['a declaration in a block given to one', '<style>:root{--a:--f({x:y;"//evil.example/a"})}</style>'],
    [
      'a value behind a condition',
      '<style>:root{--a:if(style(--zz:{}):"/ok.png";else:"//evil.example/a")}p{background:image-set(var(--a) 1x)}</style>',
    ],
    ['a value behind a block', '<style>:root{--a:{} "//evil.example/a"}</style>'],
    ['a mixin', '<style>p{@apply --m("//evil.example/a");}</style>'],
  ])('%s is an error', (_, html) => expect(codes(html).filter((code) => code !== 'csp-inline-style')).not.toEqual([]));

  test.each([
    '<style>:root{--gap:{a:b};--label:"Refunds"}.a{content:"//"}</style>',
    '<style>@media (min-width:1px){p{--x:calc(1px + (2px));color:red}}@supports (display:grid){p{content:"//a"}}</style>',
  ])('%s is none', (html) => expect(codes(html).filter((code) => code !== 'csp-inline-style')).toEqual([]));
});

describe('a copy of the card as text', () => {
  test.each([
    '<pre>\n\n a</pre><textarea aria-label=a>\n\nb</textarea>',
    '<a href=/a>x<table><tr><td><a href=/b>y</a></table></a>',
    '<p><b>x<p>y</b>z',
    '<form><table><tr><form><td><input aria-label=a></table></form>',
    '<select aria-label=a><option><b>x</b> y<option>z</select><noscript><p title="a<b">x<b>y</noscript>',
    '<table><tr><td>a<div>b</td></tr>c<p>d</table>',
    '<svg><title>a<b>c</title></svg><svg><p>x</svg>',
    '<html><body bgcolor=#fff><p><table><tr><td>a</table></body></html>',
  ])('is the same however sloppy it was written: %s', (html) => expect(codes(html)).not.toContain('csp-mutation'));

  test('is refused where an element appears, whatever it does', () => {
    const html = '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;b id=x&gt;">';
    expect(codes(html)).toContain('csp-mutation');
  });
});
