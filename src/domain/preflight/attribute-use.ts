/** What a browser, or one that is still to come, may make of the value of an attribute. */
import type { HtmlElement } from './html.ts';
import { linkDirectives } from './link-directive.ts';
import { words } from './words.ts';

export type AttributeUse =
  /** Read by people, or by nobody. */
  | 'text'
  /** Code that runs when something happens. */
  | 'handler'
  | 'css'
  /** Leads away when somebody clicks. */
  | 'link'
  /** Not known to load anything: held to default-src where it leads elsewhere. */
  | 'other'
  /** Loads, or posts to, what these directives of the policy must all allow. */
  | readonly string[];

/** By its name; what is not known here is `other`, so that no new attribute is missed. */
export function attributeUse(element: HtmlElement, name: string): AttributeUse {
  if (TEXTS.has(name) || TEXT_NAMES.test(name)) return 'text';
  if (name === 'style') return 'css';
  if (HANDLER.test(name)) return 'handler';
  if (name === 'href') return ofHref(element);
  if (name === 'src') return [SOURCES.get(element.tag) ?? 'img-src'];
  if (name === 'imagesrcset' && element.tag === 'link') return linkDirectives(element);
  if (name === 'action' && element.tag !== 'form') return 'other';
  return LOADS.get(name) ?? 'other';
}

function ofHref(element: HtmlElement): AttributeUse {
  const { tag, namespace } = element;
  if (tag === 'link') return linkDirectives(element);
  if (tag === 'a' || tag === 'area' || namespace === 'mathml') return 'link';
  if (namespace === 'html') return 'other';
  return [tag === 'script' ? 'script-src-elem' : 'img-src'];
}

const TEXTS = words(`
  abbr about accept alt cite class content coords d datatype datetime download for headers height id itemid itemprop
  itemref itemtype label lang longdesc media name nonce part pattern placeholder points prefix property rel resource
  rev role scope sizes srcdoc summary tabindex target text title type typeof value viewbox vocab width xmlns`);
/** Also what drawing programs write into SVG of their own. */
const TEXT_NAMES = /^(?:data-|aria-|(?:cc|dc|inkscape|rdf|sodipodi|xmlns|xsi):|xlink:(?:arcrole|role|title)$)/;

/** Every name that begins with "on", so that no new event is missed. */
const HANDLER = /^(?:[^:]*:)?on[a-z]/;

const SOURCES: ReadonlyMap<string, string> = new Map([
  ['script', 'script-src-elem'],
  ['audio', 'media-src'],
  ['video', 'media-src'],
  ['source', 'media-src'],
  ['track', 'media-src'],
  ['bgsound', 'media-src'],
  ['iframe', 'frame-src'],
  ['frame', 'frame-src'],
  ['embed', 'object-src'],
]);

/**
 * form-action has no fallback in the standard; here it falls back to default-src, as a card has no business posting
 * what an agent types to hosts that nobody allowed.
 */
const LOADS: ReadonlyMap<string, readonly string[]> = new Map([
  ['srcset', ['img-src']],
  ['imagesrcset', ['img-src']],
  ['poster', ['img-src']],
  ['background', ['img-src']],
  ['ping', ['connect-src']],
  ['attributionsrc', ['connect-src']],
  ['action', ['form-action']],
  ['formaction', ['form-action']],
]);
