/**
 * Text of others within markdown: it is read as the text it is, and is no heading, link, table, picture, code or HTML.
 */
import { oneLine } from './printable.ts';

/**
 * On one line, for a paragraph, a list item or the cell of a table (CommonMark with the tables, strikes and self-made
 * links of
 * GFM). What a link is recognised by becomes an entity, since a backslash would not keep it from being one.
 */
export function markdownText(text: string): string {
  return oneLine(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_[\]|~!]/g, String.raw`\$&`)
    .replaceAll(/\b(https?|ftp|mailto|xmpp):/gi, '$1&#58;')
    .replaceAll(/\b(www)\./gi, '$1&#46;')
    .replaceAll('@', '&#64;')
    .replace(/^(\s*)([#+=-])/, String.raw`$1\$2`)
    .replace(/^(\s*\d+)([.)])/, String.raw`$1\$2`);
}
