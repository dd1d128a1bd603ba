/**
 * Cards that are read in another way than they look: by parsers of another age, by a copy of a copy, by another idea of
 * a blank.
 */
import type { Family } from './card.ts';
import { cross } from './card.ts';

const PAYLOADS = [
  '<img src="x:" onerror="MARK">',
  '<script src="https://EVIL/a.js"></script>',
  '<embed src="https://EVIL/a">',
];
/** In CSS no blanks; in a srcset none either. */
const FALSE_BLANKS = ['\u00a0', '\u1680', '\u2028', '\u3000', '\ufeff'];

/** Browsers of late end a select whatever is open in it; before, most of what is in it was dropped. */
const SELECTS: Family = {
  family: 'select',
  cards: [
    ...cross(
      PAYLOADS,
      [
        ['<foreignObject>', '</foreignObject>'],
        ['<desc>', '</desc>'],
      ],
      (payload, [before, after]) =>
        `<select><xmp><!--</xmp></select><svg>${before}<select><div></select>${after}<style>${payload}</style></svg>--></select>`,
    ),
    '<select><xmp><!--</xmp></select><math><mtext><select><div></select></mtext><style><img src="x:" ' +
      'onerror="MARK"></style></math>--></select>',
    '<select><xmp><!--</xmp></select><svg><foreignObject><select><div><select></foreignObject><style><img ' +
      'src="x:" onerror="MARK"></style></svg>--></select>',
    '<select><xmp><!--</xmp></select><svg><foreignObject><select><div><input></foreignObject><style><img ' +
      'src="x:" onerror="MARK"></style></svg>--></select>',
  ],
};

const COPIES: Family = {
  family: 'copies',
  cards: PAYLOADS.flatMap((payload) => [
    `<select><xmp><!--</xmp><form><math><mtext></form><form><mglyph><style></math>${payload}</style></mglyph></form></mtext></math></form>--></select>`,
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;/math&gt;&lt;xmp&gt;"><!-- x ' +
      `--><style>${payload}</style><!--</xmp>--></table>`,
  ]),
};

const SRCSETS: Family = {
  family: 'srcset',
  cards: [
    ...FALSE_BLANKS.filter((blank) => blank !== '\u2028').map(
      (blank) => `<img srcset="/ok.png${blank}( 9x, //EVIL/a.png 1x">`,
    ),
    '<img srcset="/ok.png (() 9x, //EVIL/a.png 1x">',
    '<img srcset="/ok.png 9x (() , //EVIL/a.png 1x">',
    '<picture><source srcset="/ok.png (() 9x, //EVIL/a.png 1x"><img></picture>',
  ],
};

const TOKENS: Family = {
  family: 'css-tokens',
  cards: [
    ...cross(
      FALSE_BLANKS,
      ['\\75Wrl(', 'u\\72Wl(', 'ur\\6cW('],
      (blank, spelt) =>
        `<style>p{--x:${spelt.replace('W', blank)}a')/*');background:image-set("//EVIL/a" 1x)/**/}</style><p>a</p>`,
    ),
    `<p style="&#xFEFF;url(a')/*'):x;background:url(//EVIL/a)/**/">a</p>`,
    `<style>\ufeffurl(a')/*'){}p{background:url(//EVIL/a)/**/}</style><p>a</p>`,
  ],
};

export const READING_ATTACKS: readonly Family[] = [SELECTS, COPIES, SRCSETS, TOKENS];
