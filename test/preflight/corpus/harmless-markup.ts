import type { Template } from './card.ts';

/** Unusual but harmless: what the standard allows, what looks like an attack and is none, and texts of all kinds. */
export const MARKUP: readonly Template[] = [
  '<section aria-labelledby="t1"><h2 id="t1">Refund matrix</h2><table><caption>By ' +
    'channel</caption><colgroup><col><col span="2"></colgroup><thead><tr><th scope="col">Channel</th><th ' +
    'scope="col">Days</th><th scope="col">Who</th></tr></thead><tfoot><tr><td colspan="3">Reviewed in ' +
    'May</td></tr></tfoot><tbody><tr><th scope="row" ' +
    'rowspan="2">Phone</th><td>14</td><td>Tier&nbsp;1</td></tr><tr><td>30</td><td>Tier&nbsp;2</td></tr></tbody></table></section>',
  '<h3>Steps</h3><ol start="3" reversed type="A"><li value="9">Ask<li>Check<li>Close</ol>',
  '<dl><div><dt>SLA<dt>Target<dd>4 h</div><div><dt>Owner<dd>Tier 2</div></dl>',
  '<p>Press <kbd><kbd>Ctrl</kbd>+<kbd>K</kbd></kbd>, type <samp>case</samp>, then <var>n</var>.</p>',
  '<p dir="rtl" lang="he">בדקו את <bdi>ORD-1234</bdi> לפני ההחזר.</p>',
  '<p lang="ar" dir="auto">رقم الطلب <bdo dir="ltr">12-34</bdo></p>',
  '<p><ruby>返金<rp>(</rp><rt>へんきん</rt><rp>)</rp></ruby>の手順</p>',
  '<p>🙂👩‍💻🏳️‍🌈 🇩🇪 &#x1F600; &hearts; &copy; &AMP; 5&frac12; &ne; 6 &mdash; &ldquo;ok&rdquo;</p>',
  '<p>AT&T; R&D &amp; Q&A, a < b, b > a, 3<5, if(x<y) &c. &notit; &copy2024</p>',
  `<p>Tell them: "We'll call javascript:void back" &mdash; never onclick=.</p>`,
  '<p>1 &lt; 2 &amp;lt;b&amp;gt;</p>',
  '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 24 24" ' +
    'width="24" height="24" role="img" aria-labelledby="i1"><title id="i1">Phone</title><defs><linearGradient ' +
    'id="g"><stop offset="0" stop-color="#06c"/><stop offset="1" stop-color="#036"/></linearGradient><clipPath ' +
    'id="c"><circle cx="12" cy="12" r="10"/></clipPath><symbol id="s" viewBox="0 0 4 4"><path d="M0 ' +
    '0h4v4z"/></symbol></defs><g clip-path="url(#c)" fill="url(#g)" transform="rotate(45 12 12) scale(.5)"><path ' +
    'd="M6 3l4 4-2 3c2 3 3 4 6 6l3-2 4 4z"/><use href="#s" x="2" y="2"/><use xlink:href="#s"/></g></svg>',
  '<svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true" focusable="false"><rect width="10" ' +
    'height="10" fill="currentColor" stroke="rgb(0 0 0 / 50%)" stroke-dasharray="1 2" filter="url(#none)"/></svg>',
  '<svg viewBox="0 0 40 10" width="40" height="10" role="img" aria-label="Progress"><rect width="40" ' +
    'height="10" fill="#eee"/><rect height="10" fill="#06c" width="10"><animate attributeName="width" from="0" ' +
    'to="10" dur="1s" fill="freeze"/></rect><text x="2" y="8" font-size="6">25 %</text></svg>',
  '<svg viewBox="0 0 9 9" width="9" height="9" role="img" aria-label="Busy"><circle cx="4" cy="4" r="3" ' +
    'fill="none" stroke="#06c"><animateTransform attributeName="transform" type="rotate" values="0 4 4;360 4 4" ' +
    'dur="1s" repeatCount="indefinite"/></circle></svg>',
  '<link rel="preconnect" href="https://cdn.genesyscloud.com"><link rel="dns-prefetch" ' +
    'href="//cdn.genesyscloud.com"><script src="https://cdn.genesyscloud.com/cards/card.js" defer ' +
    'crossorigin="anonymous"></script><p>Loaded from the CDN.</p>',
  '<script type="module" src="https://cdn.genesyscloud.com/cards/card.mjs"></script><p>a</p>',
  '<link rel="modulepreload" href="https://cdn.genesyscloud.com/cards/card.mjs"><p>a</p>',
  '<link rel="preload" as="script" href="https://cdn.genesyscloud.com/cards/card.js"><p>a</p>',
  '<link rel="preload" as="style" href="/cards/card.css"><link rel="stylesheet" media="(prefers-color-scheme: ' +
    'dark)" href="/cards/dark.css"><p>a</p>',
  '<link rel="icon" type="image/svg+xml" href="/i.svg"><link rel="canonical" ' +
    'href="https://kb.example.com/refunds"><link rel="license" href="https://example.com/licence"><p>a</p>',
  '<meta http-equiv="Content-Type" content="text/html; charset=UTF-8"><p>a</p>',
  '<meta charset="UTF8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta ' +
    'name="description" content="Refunds; charset is fine"><meta name="color-scheme" content="light ' +
    'dark"><p>a</p>',
  '<meta http-equiv="X-UA-Compatible" content="IE=edge"><meta http-equiv="content-language" content="en"><meta ' +
    'http-equiv="cache-control" content="no-cache"><p>a</p>',
  '<meta property="og:image" content="https://example.com/a.png"><meta itemprop="name" content="Card"><p>a</p>',
  '<picture><source media="(min-width: 800px)" srcset="/w,800/h,2.png 2x, /w,800/h,1.png" type="image/png"><img ' +
    'src="/s.png" alt="Form" width="20" height="20" loading="lazy" decoding="async"></picture>',
  '<img src="/a b.png" alt="" width="1" height="1"><img src="./img/1.png?x=1&amp;y=2#z" alt="Scan" width="9" ' +
    'height="9"><img src="../up.png" alt="Up" width="9" height="9"><img src="?id=3" alt="Self" width="9" ' +
    'height="9">',
  '<img src="/map.png" usemap="#m" alt="Floors" width="20" height="20"><map name="m"><area shape="rect" ' +
    'coords="0,0,9,9" href="/floor/1" alt="Floor 1"><area shape="default" nohref alt=""></map>',
  '<form action="/search" method="get" role="search"><label for="q">Search</label> <input id="q" type="search" ' +
    'name="q" list="l" pattern="[A-Z]{3}-\\d+" inputmode="text" enterkeyhint="search"><datalist id="l"><option ' +
    'value="REF-1"><option value="REF-2"></datalist><output for="q"></output><button>Go</button></form>',
  '<form method="dialog"><button>Close</button></form>',
  '<select aria-label="Reason" multiple size="3"><option value="">Choose<optgroup ' +
    'label="Late"><option>Carrier<option>Stock</optgroup><hr><option disabled>Other</select>',
  '<p>Line<wbr>break&shy;able 1&thinsp;000&#8239;km, call <a href="tel:+49-30-123;ext=4">+49 30 123</a>, <a ' +
    'href="sms:+1555?body=Hi">text</a>, <a ' +
    'href="mailto:a@example.com?subject=Refund%20%231&amp;body=Hello%0A">write</a></p>',
  '<p><a href="#more">More</a></p><h3 id="more">More</h3>',
  '<p><a href="/kb/a%20b/?q=a:b/c//d&amp;u=https%3A%2F%2Fexample.com">KB</a></p>',
  '<template id="row"><li><slot name="text">None</slot></li></template><ul><li>One</li></ul>',
  '<x-card data-src="https://example.com/x" aria-label="Card"><span slot="title">Refund</span></x-card>',
  '<noscript><p>Scripts are off: read <a href="/kb/1">the article</a>.</p></noscript><p>a</p>',
  '<pre><code class="language-html">&lt;script&gt;alert(1)&lt;/script&gt;\n&lt;a href="javascript:x"&gt;</code></pre>',
  '<textarea rows="2" aria-label="Paste">&lt;b&gt;Dear {name}&lt;/b&gt;\n<script>not run</script></textarea>',
  '<!-- [if IE]><p>old</p><![endif] --><!----><!-- a - b -- c --><p>Comments</p>',
  '<!doctype html><html lang="en"><head><title>Refunds &amp; fees</title><link rel=stylesheet ' +
    'href=/c.css></head><body class="card"><main><h1>Refunds</h1><p>a</main></body></html>',
  '<article itemscope itemtype="https://schema.org/FAQPage"><h2 itemprop="name">FAQ</h2><p ' +
    'itemprop="text">Yes.</p></article>',
  '<blockquote cite="https://example.com/policy"><p>Quote</p></blockquote><q ' +
    'cite="https://example.com/q">q</q><del cite="/c/1" datetime="2024-01-01">old</del><ins>new</ins>',
  `<table class="wide">${Array.from({ length: 60 }, (_, i) => `<tr><th scope="row">Plan ${i}</th><td>$${i}.99</td><td>${i} GB &amp; more</td></tr>`).join('')}</table>`,
  '<p>\n\n   Text with\ttabs,\r\nline ends and\u00a0spaces\u2009\u202fhere\u2028and\u2029there.</p>',
  '<audio controls preload="none" src="/a.mp3"></audio><video controls width="100" height="50" poster="/p.png" ' +
    'playsinline muted><source src="/v.mp4" type="video/mp4"><track kind="captions" src="/v.vtt" srclang="en" ' +
    'label="English" default></video>',
  '<p>Use <mark>bold</mark>, <abbr title="Service level agreement">SLA</abbr>, <cite>Guide</cite>, ' +
    '<dfn>CSAT</dfn>, <small>fine</small>, H<sub>2</sub>O, 10<sup>th</sup>, <s>old</s>, <u>u</u>, <data ' +
    'value="12">twelve</data></p>',
  '<script ' +
    'type="application/ld+json">{"@context":"https://schema.org","@type":"FAQPage","url":"https://evil.example/</p>"}</script><script ' +
    'type="text/x-handlebars"><a href="{{url}}" onclick="x()"></script><p>a</p>',
  '<p>Formula: +ADD a+b-c, +49 30 1234, +Abc123/def+, C++ and +1-800-555-0100. Base64: SGVsbG8+V29ybGQ=</p>',
  '<p>‹Zurück› «Weiter» 〈注意〉 ˂ ❮ ＜５％ ｛x｝ <b>a</b></p>',
  '<p>a<br/>b<hr/>c<img src="/a.png" alt="a" width="1" height="1"/></p>',
  `<p class=a id=b data-x=1 data-on-click=y data-href="//example.com" aria-label='"q"'>a</p>`,
  `<div data-style="background:url(//example.com)" class="url(//x)" title="@import '//x'">a</div>`,
  '<ul><li><p>a<ul><li>b<ul><li>c</ul></ul></ul>',
  '<p>Total: <meter min="0" max="100" low="20" high="80" optimum="50" value="60">60</meter> <progress ' +
    'value=".4"></progress></p>',
  '<details open><summary>When?</summary><p>Within <time datetime="P14D">14 days</time>.</details>',
  '<form action="?save" method="post"><fieldset><legend>Outcome</legend><label><input type="radio" name="o" ' +
    'value="1"> Kept</label><label>Score <input type="range" name="s" min="0" max="10" ' +
    'step="1"></label></fieldset><button type="submit" formaction="/drafts" formnovalidate>Keep as ' +
    'draft</button></form>',
  '<menu><li><button type="button" data-action="copy">Copy</button></menu><hgroup><h2>Title</h2><p>Sub</p></hgroup>',
];

/** With styles, which the policy blocks. */
export const STYLED_MARKUP: readonly Template[] = [
  '<style>.c{--gap:4px;--label:"Note: call back";--font:"Segoe ' +
    'UI",sans-serif;font-family:var(--font);margin:calc(var(--gap)*2) ' +
    'clamp(1px,2vw,8px)}.c::after{content:var(--label)" (see ' +
    'https://kb)"}a[href^="https://"]{color:#06c}a[href*="//"]::after{content:"//ext"}</style><p class="c" ' +
    'style="margin:0">a</p>',
  '<style>.c{background:linear-gradient(90deg,#fff,#eee),url(/bg.png) ' +
    'no-repeat;mask:url("#m");cursor:url(/c.cur),pointer;list-style:url("/dot.png")}@font-face{font-family:Card;src:url(/card.woff2) ' +
    'format("woff2"),local("Arial")}@import "/late.css";</style><p class="c" style="background:url(/x.png)">a</p>',
  '<style>@import "/base.css";@namespace svg url(http://www.w3.org/2000/svg);@keyframes ' +
    'k{from{opacity:0}50%{opacity:.5}to{opacity:1}}@supports (display:grid) and (not ' +
    '(float:none)){.c{float:none}}.c{animation:k 1s;quotes:"«" "»";grid-template-areas:"a b" "c d"}</style><p ' +
    `class="c" style="quotes:'"' '"'">a</p>`,
  '<style>table{border-collapse:collapse;width:100%}th,td{padding:.25em .5em;border:1px solid ' +
    '#ccc;text-align:start}tr:nth-of-type(2n+1){background:#f6f6f6}caption{caption-side:bottom}</style><table ' +
    'style="width:100%"><caption>Fees</caption><tr><th scope="row">A</th><td>1</td></tr></table>',
];
