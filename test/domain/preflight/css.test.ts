import { cssFindings } from '../../../src/domain/preflight/css-findings.ts';
import { faults } from './card.ts';

const urls = (css: string): string[] =>
  cssFindings(css).map((finding) =>
    finding.kind === 'load' ? `${finding.directive} ${finding.url.trim()}` : finding.what,
  );

test.each<[css: string, found: string[]]>([
  ['p{background:url(//a.example)}', ['img-src //a.example']],
  ['p{background:u\\72 l("//a.example")}', ['u\\72 l', 'img-src //a.example']],
  ['p{background:u\\72l(/*);color:url(//a.example)/**/', ['u\\72l']],
  ['p{background:url(//a.example', ['img-src //a.example']],
  ['@\\69mport "//a.example";', ['\\69mport', 'style-src-elem //a.example']],
  ['@import url(//a.example)', ['style-src-elem //a.example']],
  ['@font-face{src:local("A"),url(a.woff)}p{background:url(b.png)}', ['font-src a.woff', 'img-src b.png']],
  ['p{background:image-set("a.png" type("image/png"))}', ['img-src a.png']],
  [':root{--a:"//a.example";--b:"Note: call"}', ['img-src //a.example']],
  ['p{width:expression(a())}', ['expression()']],
  ['p{behavior:none}', ['behavior']],
  ['p{background:url(java\\script:a)}', ['a javascript: URL']],
  ['/* url(//a.example) */p{content:"url(//a.example)"}', []],
  ['@namespace url(//a.example);a[href="//a.example"]{color:red}', []],
  ['p{fill:url(#a)}', []],
  ['@function --f(){result:"//a.example"}', ['img-src //a.example']],
  ['@function --f(--x:"//a.example"){result:var(--x)}', ['img-src //a.example']],
  ['p{background:image-set(--f({"//a.example"}) 1x)}', ['img-src //a.example']],
  ['@property --a{syntax:"*";inherits:true;initial-value:"//a.example"}', ['img-src //a.example']],
  ['p{--a:"/\\9 /a.example"}', ['img-src /\t/a.example']],
  ['p{--a:"Note: https://a.example"}', []],
  ['p{background:image-set(if(style(--a:1):"/a";else:"//a.example") 1x)}', ['img-src /a', 'img-src //a.example']],
  ['p{background:\\75\r\nrl(//a.example)}', ['\\75\r\nrl']],
  ['p{--a:"Data: 10 GB";--b:"data:,a"}', ['img-src data:,a']],
  ['p{newprop:"//a.example"}', ['img-src //a.example']],
  ['p{content:newfn("//a.example")}', ['img-src //a.example']],
  ['p{content:"//a.example" counter(a) attr(b,"//a.example");quotes:"//a.example"}', []],
  ['a:hover[href="//a.example"]{p:first-child[src="//a.example"]{color:red}}', []],
  ['.md\\:flex{display:flex}.w-1\\/2{width:50%}', []],
  ['@newrule "//a.example";', ['img-src //a.example']],
  ['a[href^="//a.example"]{content:"//a.example";--b:1}', []],
])('%s', (css, found) => expect(urls(css)).toEqual(found));

test('what CSS loads is told at its line and column in the card', () => {
  expect(faults('<style>\np {\n  background: url(//a.example)\n}</style>')).toEqual([
    'csp-inline-style 1:1',
    'csp-source 3:15',
  ]);
  expect(faults('<svg><rect fill="url(https://a.example/#a)"/></svg>')).toContain('csp-source 1:12');
});
