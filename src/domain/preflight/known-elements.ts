/**
 * Elements that a card may hold, by name. What is not here is refused or told; `test/domain/preflight/elements.test.ts`
 * asks for a decision on each that MDN's data brings.
 */
import type { HtmlElement } from './html.ts';
import { words } from './words.ts';

const HTML = words(`
  a abbr acronym address area article aside audio b basefont bdi bdo big blink blockquote body br button canvas
  caption center cite code col colgroup command content data datalist dd del details dfn dialog dir div dl dt element
  em fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html i image img input ins
  isindex kbd keygen label legend li link listing main map mark marquee math menu menuitem meta meter multicol nav
  nextid nobr noembed noframes noindex noscript ol optgroup option output p picture plaintext pre progress q rb rp rt
  rtc ruby s samp script search section select selectedcontent shadow slot small source spacer span strike strong
  style sub summary sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul var video wbr
  xmp`);

const SVG = words(`
  a altglyph animate animatecolor animatemotion animatetransform circle clippath cursor defs desc ellipse feblend
  fecolormatrix fecomponenttransfer fecomposite feconvolvematrix fediffuselighting fedisplacementmap fedistantlight
  fedropshadow feflood fefunca fefuncb fefuncg fefuncr fegaussianblur feimage femerge femergenode femorphology
  feoffset fepointlight fespecularlighting fespotlight fetile feturbulence filter font font-face font-face-format
  font-face-name font-face-src font-face-uri foreignobject g glyph glyphref hkern image line lineargradient marker
  mask metadata missing-glyph mpath path pattern polygon polyline radialgradient rect script set stop style svg switch
  symbol text textpath title tref tspan use view vkern`);

const MATHML = words(`
  a annotation annotation-xml maction malignmark math menclose merror mfenced mfrac mglyph mi mlabeledtr mmultiscripts
  mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr
  munder munderover none semantics script style`);

const KNOWN = { html: HTML, svg: SVG, mathml: MATHML };

const FRAMES = words('controlledframe fencedframe frame frameset iframe portal webview');
/** Of all times, and of XML and SVG. */
const PROGRAMS = words(`
  applet bgsound camera embed geolocation handler ilayer install layer listener microphone model object param
  permission usermedia xml`);

/** What an element is to a card. */
export type ElementKind = 'known' | 'frame' | 'program' | 'base' | 'unknown';

export function elementKind({ tag, namespace }: Pick<HtmlElement, 'tag' | 'namespace'>): ElementKind {
  if (KNOWN[namespace].has(tag)) return 'known';
  if (FRAMES.has(tag)) return 'frame';
  if (PROGRAMS.has(tag)) return 'program';
  return tag === 'base' ? 'base' : 'unknown';
}

/** Is it an element of HTML, or was it one? In lower case. */
export function isHtmlElement(tag: string): boolean {
  return elementKind({ tag, namespace: 'html' }) !== 'unknown';
}
