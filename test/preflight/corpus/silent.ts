/** Why preflight refuses what Chromium neither ran, nor loaded, nor blocked when it was shown. */
export interface Silence {
  readonly why: string;
  /** `family/number` */
  readonly cards: readonly string[];
}

export const SILENT: readonly Silence[] = [
  {
    why: 'The element or attribute is obsolete: Chromium gave it up, other browsers or older versions obey it.',
    cards: [
      'inline-script/27',
      'handler/11',
      'javascript-url/66',
      'resource/49',
      'resource/50',
      'resource/54',
      'resource/55',
      'hint/9',
      'hint/10',
      'frame/31',
      'frame/34',
      'frame/35',
      'frame/36',
      'meta/18',
      'svg/6',
      'svg/25',
      'svg/30',
      'mathml/7',
    ],
  },
  {
    why: 'Links of MathML: Firefox follows them, Chromium does not.',
    cards: ['javascript-url/59', 'javascript-url/65', 'mathml/0', 'mathml/1'],
  },
  {
    why:
      'The card ends within a tag, a text or a frame, and what follows is swallowed as text: here that disarms ' +
      'the attack, in the next page it disarms that page.',
    cards: ['inline-script/39', 'parser/24', 'parser/25', 'parser/36', 'parser/74', 'parser/75', 'parser/86'],
  },
  {
    why: 'Chromium drops the element or its address where it stands; another page, parser or browser keeps it.',
    cards: ['handler/53', 'handler/54', 'address/28', 'form/10', 'frame/8', 'frame/32', 'parser/67'],
  },
  {
    why: 'Chromium keeps javascript: and data: addresses from being opened in this way; others have not always.',
    cards: [
      'javascript-url/69',
      'javascript-url/70',
      'data-url/4',
      'data-url/5',
      'data-url/17',
      'data-url/18',
      'data-url/21',
      'meta/4',
      'meta/5',
      'svg/23',
      'svg/24',
    ],
  },
  {
    why:
      'Loaded only at times: on another screen, in the outermost page, after a gesture, when a track is switched ' +
      'on, or by name servers that the test cannot see.',
    cards: [
      'resource/23',
      'resource/56',
      'hint/0',
      'hint/3',
      'hint/8',
      'hint/27',
      'data-url/19',
      'data-url/20',
      'frame/33',
      'form/13',
    ],
  },
  {
    why: 'A kind of link that Chromium does not load today; a name that is not known may become one.',
    cards: ['hint/4', 'hint/13', 'hint/20', 'hint/21', 'hint/22', 'hint/23', 'hint/24'],
  },
  {
    why: 'SVG that may fetch another document by the standard; Chromium reads such references only within the page.',
    cards: ['svg/14', 'svg/15', 'svg/26', 'svg/27', 'svg/31'],
  },
  {
    why:
      'Changes the page around the card rather than loading anything: a second policy, trials of features, ' +
      'refreshing itself, a target for the links of others.',
    cards: ['meta/8', 'meta/13', 'meta/17', 'meta/19', 'meta/20'],
  },
  { why: 'Alive only where scripts are off, which the test does not show.', cards: ['meta/23'] },
  {
    why:
      'The page that shows the card declares UTF-8, which overrules the card; a file opened by itself would be ' +
      'read otherwise.',
    cards: ['encoding/0', 'encoding/1', 'encoding/4', 'encoding/5', 'encoding/20', 'encoding/27'],
  },
  {
    why:
      'Text that other systems turn into tags on its way to the page: UTF-7, and brackets and letters that look ' +
      'alike.',
    cards: ['encoding/40', 'encoding/41', 'encoding/42', 'encoding/43', 'encoding/44', 'encoding/45'],
  },
  {
    why: 'Out of reach of the simulated agent, who cannot click into a closed shadow root.',
    cards: ['shadow-root/19'],
  },
];
