/** Names that HTML has or had, by MDN's data. */
import compat from './compat-data.json';

const ELEMENTS: ReadonlySet<string> = new Set([
  ...compat.elements,
  // Gone from the data, not from old cards.
  'applet',
  'basefont',
  'bgsound',
  'blink',
  'command',
  'content',
  'element',
  'image',
  'isindex',
  'keygen',
  'listing',
  'math',
  'menuitem',
  'multicol',
  'nextid',
  'noindex',
  'portal',
  'shadow',
  'spacer',
  'svg',
]);
const ATTRIBUTES: ReadonlySet<string> = new Set([
  ...compat.attributes,
  'allowtransparency',
  'compact',
  'declare',
  'defer',
  'mozallowfullscreen',
  'nohref',
  'noresize',
  'noshade',
  'nowrap',
  'scoped',
  'seamless',
  'truespeed',
  'typemustmatch',
  'webkitallowfullscreen',
]);

/** Is it an element of HTML, or was it one? In lower case. */
export function isHtmlElement(name: string): boolean {
  return ELEMENTS.has(name);
}

/** Is it an attribute of any element of HTML? In lower case. */
export function isHtmlAttribute(name: string): boolean {
  return ATTRIBUTES.has(name);
}
