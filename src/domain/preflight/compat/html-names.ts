/** Names that HTML has or had, by MDN's data. */
import compat from './compat-data.json';

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

/** Is it an attribute of any element of HTML? In lower case. */
export function isHtmlAttribute(name: string): boolean {
  return ATTRIBUTES.has(name);
}
