import type { HtmlElement } from '../html.ts';
import { attributeOf } from '../html.ts';

/** Attributes whose value is a URL, whatever the element; also those with which SVG animates a link. */
export const URL_ATTRIBUTES: ReadonlySet<string> = new Set([
  'href', 'src', 'action', 'formaction', 'data', 'poster', 'background', 'cite', 'ping', 'longdesc', 'manifest',
  'codebase', 'archive', 'usemap', 'profile', 'to', 'from', 'by', 'values',
]);

/** The directive that governs a load from this attribute; undefined when nothing is loaded from it. */
export function directiveFor(element: HtmlElement, attribute: string): string | undefined {
  if (attribute === 'background') return 'img-src';
  if (attribute === 'formaction') return 'form-action';
  if (element.tag === 'link' && attribute === 'href') return linkDirective(element);
  return LOADS[`${element.tag} ${attribute}`];
}

/**
 * form-action has no fallback in the standard; here it falls back to default-src, as a card has no business posting
 * what an agent types to hosts that nobody allowed.
 */
const LOADS: Readonly<Record<string, string>> = {
  'script src': 'script-src', 'script href': 'script-src',
  'img src': 'img-src', 'img srcset': 'img-src', 'source srcset': 'img-src', 'input src': 'img-src',
  'image href': 'img-src', 'feimage href': 'img-src', 'use href': 'img-src', 'video poster': 'img-src',
  'link imagesrcset': 'img-src',
  'audio src': 'media-src', 'video src': 'media-src', 'source src': 'media-src', 'track src': 'media-src',
  'iframe src': 'frame-src', 'frame src': 'frame-src', 'fencedframe src': 'frame-src',
  'object data': 'object-src', 'embed src': 'object-src', 'applet code': 'object-src', 'applet archive': 'object-src',
  'form action': 'form-action', 'html manifest': 'manifest-src', 'a ping': 'connect-src', 'area ping': 'connect-src',
};

/** Links that only say something and load nothing. */
const SILENT_LINKS: ReadonlySet<string> = new Set(['canonical', 'alternate', 'author', 'help', 'license', 'next', 'prev', 'search', 'tag']);

const LINK_DIRECTIVES: Readonly<Record<string, string>> = {
  stylesheet: 'style-src', icon: 'img-src', 'apple-touch-icon': 'img-src', manifest: 'manifest-src', modulepreload: 'script-src',
};

/** An alternate stylesheet is still a stylesheet. */
function linkDirective(element: HtmlElement): string | undefined {
  const kinds = attributeOf(element, 'rel')?.value.trim().toLowerCase().split(/\s+/) ?? [];
  const known = kinds.map((kind) => LINK_DIRECTIVES[kind]).find((directive) => directive !== undefined);
  if (known !== undefined) return known;
  return kinds.length > 0 && kinds.every((kind) => SILENT_LINKS.has(kind)) ? undefined : 'default-src';
}
