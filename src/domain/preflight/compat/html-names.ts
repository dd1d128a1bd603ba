/** Names that HTML has or had. */
import { words } from '../words.ts';
import compat from './compat-data.json';

/** Of MDN's data; of microdata, RDFa and ARIA; and gone from the data, not from old cards. */
const ATTRIBUTES: ReadonlySet<string> = new Set([
  ...compat.attributes,
  ...words('itemid itemprop itemref itemscope itemtype'),
  ...words('about datatype inlist prefix property resource role typeof vocab'),
  ...words(`
    allowtransparency autosave bordercolor bordercolordark bordercolorlight compact contextmenu declare defer dropzone
    dynsrc event hidefocus icon incremental language list lowsrc mozallowfullscreen nohref noresize noshade nosave
    nowrap radiogroup results scoped seamless shadowroot truespeed typemustmatch unselectable webkitallowfullscreen`),
]);

/** Is it an attribute of any element of HTML? In lower case. */
export function isHtmlAttribute(name: string): boolean {
  return ATTRIBUTES.has(name);
}
