/**
 * Html documents from a seed: grammar pieces put together at random, mutated, and the nestings that hurt parsers most.
 */
import { seededRandom } from '../../src/domain/shared/random.ts';

interface Random {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number;
  pick<T>(values: readonly T[]): T;
}

/** The document of that number is the same on every machine. */
export function documentOf(seed: number): string {
  const random = randomFrom(seed);
  const kind = random.below(10);
  if (kind === 0) return hostile(random);
  if (kind < 4) return mutated(pieces(random, 1 + random.below(40)), random);
  return pieces(random, 1 + random.below(kind === 9 ? 600 : 60));
}

function randomFrom(seed: number): Random {
  const random = seededRandom(seed);
  const below = (limit: number): number => Math.floor(random.next() * limit);
  return { below, pick: <T>(values: readonly T[]): T => values[below(values.length)] as T };
}

/** Long repetitions, up to 64 KB: time must grow with length, not with its square. */
function hostile(random: Random): string {
  const unit = Array.from({ length: 1 + random.below(3) }, () => random.pick(HOSTILE)).join('');
  const bytes = random.pick([2_000, 8_000, 64_000]);
  const numbered = random.below(2) === 0;
  let html = random.pick(OPENERS);
  for (let i = 0; html.length < bytes; i++) html += numbered ? unit.replaceAll('1', String(i)) : unit;
  return html + random.pick(CLOSERS);
}

const HOSTILE: readonly string[] = [
  'a1 ',
  'a1="" ',
  ' ',
  '<table>',
  '<div>',
  '<b a1>',
  '<a href=1>',
  '<p>',
  '<table><tr><td>',
  '</p>',
  '</b>',
  '<svg>',
  '<math>',
  '<template>',
  '<select>',
  '<option>',
  '<form>',
  '<button>',
  '<font color=1>',
  'a1=1 ',
  '&',
  '&amp',
  '&#1',
  '<',
  '</',
  '<!--',
  '-->',
  '<style>',
  '<script>',
  '</script>',
  '"',
  "'",
  '=',
  '>',
  '<i 1>',
  '<nobr>',
  '</a>',
  '</table>',
  '<li>',
  '<dd>',
  '<foreignObject>',
  '<mtext>',
  '<noscript>',
  '</noscript>',
  '<frameset>',
  '{',
  '(',
  '[',
  '\\',
  '/*',
  'url(',
  '@import "1";',
  'eval(',
  '`',
  '${',
  'a.b',
  '1,',
  ';',
  '\0',
  '\r',
  '\n',
  ' ',
  'javascript:',
  '//',
  ',',
  'x1 ',
  'data:1;',
  '<img srcset="1,',
  '<p style="a:url(1);',
  '<p onclick="',
  '<a><b><a>',
  '<p><b 1></p>',
  '<table><b>',
  '<table>a',
  '\ufeff',
  '=>',
  '+',
  '!',
  'new ',
  '/',
  '</style>',
  '<title>',
  '<textarea>',
  '<plaintext>',
  '<image>',
  '<body a1=1>',
  '<html b1=1>',
];

const OPENERS = [
  '',
  '<div>',
  '<table>',
  '<svg>',
  '<style>',
  '<script>',
  '<p style="',
  '<img srcset="',
  '<p ',
  '<p title="',
  '<meta content="charset=',
  '<!--',
  '<a href="',
  '<math><mtext>',
  '<select>',
  '<template>',
  '<script>x=',
  '<script>/',
  '<style>@import ',
  '<noscript>',
  '<svg><style>',
  '<svg><animate values="',
  '<p onclick="',
];
const CLOSERS = ['', '>', '">', '</script>', '</style>', '-->', '</div>', '<img src=x onerror=a()>'];

const TAGS = [
  'p',
  'div',
  'a',
  'b',
  'i',
  'img',
  'script',
  'style',
  'table',
  'tr',
  'td',
  'caption',
  'svg',
  'math',
  'mtext',
  'mglyph',
  'annotation-xml',
  'foreignObject',
  'desc',
  'title',
  'template',
  'select',
  'option',
  'optgroup',
  'form',
  'input',
  'button',
  'noscript',
  'iframe',
  'textarea',
  'xmp',
  'noembed',
  'noframes',
  'frameset',
  'body',
  'html',
  'head',
  'base',
  'meta',
  'link',
  'object',
  'use',
  'image',
  'animate',
  'ul',
  'li',
  'dl',
  'dd',
  'nobr',
  'font',
  'col',
  'colgroup',
  'details',
  'dialog',
  'x-a',
  'video',
  'source',
  'hr',
  'br',
  'rp',
  'ruby',
  'h1',
  'pre',
  'marquee',
  'keygen',
  'slot',
];
const ATTRIBUTES = [
  'href',
  'src',
  'srcset',
  'onclick',
  'onerror',
  'style',
  'title',
  'action',
  'formaction',
  'xlink:href',
  'rel',
  'type',
  'http-equiv',
  'content',
  'srcdoc',
  'id',
  'class',
  'a',
  'encoding',
  'shadowrootmode',
  'attributeName',
  'values',
  'to',
  'charset',
  'definitionurl',
  'color',
];
const VALUES = [
  'javascript:a()',
  'https://evil.example/a',
  '//evil.example',
  '/ok',
  'a()',
  'x',
  '',
  'color:red',
  'background:url(//evil.example)',
  '</style>',
  '</script>',
  '</noscript><img src=x onerror=a()>',
  '-->',
  ']]>',
  '&lt;img&gt;',
  'data:,a',
  '1,2',
  'refresh',
  '0;url=//evil.example',
  'text/html',
  'open',
  '"',
  "'",
  '<',
  '\n',
  '\0',
  '&#106;avascript:a()',
  'module',
  'stylesheet',
  'href',
];
const TEXTS = [
  'a',
  ' ',
  '\n',
  '<!--',
  '-->',
  '--!>',
  '<![CDATA[',
  ']]>',
  '<!doctype html>',
  '<?a?>',
  '&amp;',
  '&lt;',
  '\0',
  'eval("a")',
  'p{color:red}',
  '@import "//evil.example";',
  '<',
  '</',
  '</ >',
  '<!>',
  '\ufffd',
  'é',
  '\ud83d\ude00',
];

function pieces(random: Random, count: number): string {
  return Array.from({ length: count }, () => piece(random)).join('');
}

function piece(random: Random): string {
  const kind = random.below(10);
  if (kind < 2) return random.pick(TEXTS);
  if (kind < 4) return `</${random.pick(TAGS)}>`;
  const attributes = Array.from(
    { length: random.below(3) },
    () =>
      ` ${random.pick(ATTRIBUTES)}${random.pick(['=', '="', "='", ' = "'])}${random.pick(VALUES)}${random.pick(['"', "'", ''])}`,
  );
  return `<${random.pick(TAGS)}${attributes.join('')}${random.pick(['>', '>', '>', '/>', '', ' '])}`;
}

/** Characters dropped, doubled, replaced and moved. */
function mutated(html: string, random: Random): string {
  let text = html;
  for (let left = 1 + random.below(12); left > 0; left--) {
    const at = random.below(text.length + 1);
    const length = random.below(12);
    const part = text.slice(at, at + length);
    text =
      text.slice(0, at) +
      random.pick([
        '',
        part + part,
        random.pick(HOSTILE),
        String.fromCharCode(random.below(0x2100)),
        part.toUpperCase(),
        part.split('').reverse().join(''),
      ]) +
      text.slice(at + length);
  }
  return text;
}
