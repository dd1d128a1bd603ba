import type { HtmlElement } from '../html.ts';
import { attributeOf } from '../html.ts';
import { linkDirectives } from './link-directive.ts';

/** Is the value a URL, or, where SVG animates a link, may it become one? */
export function isUrlAttribute(element: HtmlElement, attribute: string): boolean {
  return URL_ATTRIBUTES.has(attribute) || (element.tag === 'param' && attribute === 'value');
}

const URL_ATTRIBUTES: ReadonlySet<string> = new Set([
  'href',
  'src',
  'srcset',
  'action',
  'formaction',
  'data',
  'poster',
  'background',
  'cite',
  'ping',
  'longdesc',
  'manifest',
  'codebase',
  'code',
  'archive',
  'classid',
  'usemap',
  'profile',
  'dynsrc',
  'lowsrc',
  'to',
  'from',
  'by',
  'values',
  'handler',
]);

/**
 * The directives that govern a load from this attribute, all of which must allow it; none when nothing is loaded from
 * it.
 */
export function directivesFor(element: HtmlElement, attribute: string): readonly string[] {
  if (element.tag === 'link') return attribute === 'href' || attribute === 'imagesrcset' ? linkDirectives(element) : [];
  const directive = directiveFor(element, attribute);
  return directive === undefined ? [] : [directive];
}

/** What is not known here but looks like a load is held to default-src, so that no new element is missed. */
function directiveFor(element: HtmlElement, attribute: string): string | undefined {
  const key = `${element.tag} ${attribute}`;
  if (LOADS.has(key)) return LOADS.get(key);
  if (attribute === 'href') return element.foreign && !FOLLOWED.has(element.tag) ? 'img-src' : undefined;
  if (VALUES_OF_ANIMATION.has(attribute) && ANIMATIONS.has(element.tag))
    return animatesLink(element) ? 'img-src' : undefined;
  return ALWAYS_LOADED.get(attribute);
}

/**
 * form-action has no fallback in the standard; here it falls back to default-src, as a card has no business posting
 * what an agent types to hosts that nobody allowed.
 */
const LOADS: ReadonlyMap<string, string> = new Map([
  ['script src', 'script-src-elem'],
  ['script href', 'script-src-elem'],
  ['audio src', 'media-src'],
  ['video src', 'media-src'],
  ['source src', 'media-src'],
  ['track src', 'media-src'],
  ['bgsound src', 'media-src'],
  ['iframe src', 'frame-src'],
  ['frame src', 'frame-src'],
  ['fencedframe src', 'frame-src'],
  ['portal src', 'frame-src'],
  ['object data', 'object-src'],
  ['object archive', 'object-src'],
  ['object codebase', 'object-src'],
  ['object classid', 'object-src'],
  ['embed src', 'object-src'],
  ['embed code', 'object-src'],
  ['applet code', 'object-src'],
  ['applet archive', 'object-src'],
  ['applet codebase', 'object-src'],
  ['applet object', 'object-src'],
  ['param value', 'object-src'],
  ['form action', 'form-action'],
  ['html manifest', 'manifest-src'],
]);

/** Whatever the element. */
const ALWAYS_LOADED: ReadonlyMap<string, string> = new Map([
  ['src', 'img-src'],
  ['srcset', 'img-src'],
  ['poster', 'img-src'],
  ['background', 'img-src'],
  ['dynsrc', 'img-src'],
  ['lowsrc', 'img-src'],
  ['ping', 'connect-src'],
  ['attributionsrc', 'connect-src'],
  ['formaction', 'form-action'],
  ['imagesrcset', 'img-src'],
  ['definitionurl', 'default-src'],
  ['altimg', 'img-src'],
  ['environmentmap', 'img-src'],
]);

/** Links of SVG and MathML that somebody has to click. */
const FOLLOWED: ReadonlySet<string> = new Set([
  'a',
  'math',
  'mi',
  'mo',
  'mn',
  'ms',
  'mtext',
  'mrow',
  'mstyle',
  'maction',
  'merror',
  'mfrac',
  'msup',
  'msub',
  'semantics',
  'annotation',
]);

const ANIMATIONS: ReadonlySet<string> = new Set([
  'animate',
  'set',
  'animatetransform',
  'animatemotion',
  'animatecolor',
]);
const VALUES_OF_ANIMATION: ReadonlySet<string> = new Set(['to', 'from', 'by', 'values']);

function animatesLink(element: HtmlElement): boolean {
  const animated = attributeOf(element, 'attributename')?.value.trim().toLowerCase() ?? '';
  return animated.endsWith('href') || animated === 'src';
}
