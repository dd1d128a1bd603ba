import type { Problem } from '../../plan/problem.ts';
import type { Check } from '../check.ts';
import { htmlProblem } from '../check.ts';
import type { HtmlElement } from '../html.ts';
import { attributeOf } from '../html.ts';
import { Lines } from '../lines.ts';

const START = { line: 1, column: 1 };

/** Characters with which one reader sees other html than the next: each kind is told once, at its first place. */
export const characters: Check = ({
  plan: {
    action: { html },
  },
}) => {
  const lines = new Lines(html.replaceAll('\r\n', ' \n').replaceAll('\r', '\n'), START);
  return KINDS.flatMap(({ pattern, what, severity, isMeant }) => {
    const match =
      isMeant === undefined ? pattern.exec(html) : [...html.matchAll(pattern)].find(([text]) => isMeant(text));
    if (match == null) return [];
    const codePoint = (match[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return [
      htmlProblem(
        lines.at(match.index),
        {
          code: 'csp-character',
          message: `The card holds U+${codePoint}: ${what}.`,
          remedy: 'Save the card as UTF-8 text, without that character.',
        },
        severity,
      ),
    ];
  });
};

interface Kind {
  readonly pattern: RegExp;
  readonly what: string;
  readonly severity: Problem['severity'];
  /** Says of what the pattern found whether it is of this kind. */
  readonly isMeant?: (text: string) => boolean;
}

const KINDS: readonly Kind[] = [
  {
    // eslint-disable-next-line no-control-regex
    pattern: /[\0-\u0008\u000b\u000e-\u001f\u007f]/,
    what: 'a control character, which some readers drop, some keep, and some take for a change of encoding',
    severity: 'error',
  },
  { pattern: /\ufffd/, what: 'what stands for bytes that are no UTF-8', severity: 'error' },
  {
    pattern: /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/,
    what: 'half of a character',
    severity: 'error',
  },
  {
    pattern:
      /[\uff1c\ufe64\u02c2\u2039\u2329\u276e\u3008][/\uff0f]?[!a-z\uff21-\uff3a\uff41-\uff5a\u017f\u212a][^<>\uff1c\ufe64]{0,200}/gi,
    what: 'a bracket that looks like <, before what does something as a tag, which some systems turn it into',
    severity: 'error',
    isMeant: doesSomething,
  },
  {
    pattern: /(?<=<\/?)[\u0130\u0131\u017f\u212a\uff21-\uff3a\uff41-\uff5a]/,
    what: 'a letter that some systems turn into a plain one, which makes a tag of what it begins',
    severity: 'error',
  },
  { pattern: /[\u0080-\u009f]/, what: 'a control character of an old encoding', severity: 'warning' },
  {
    pattern: /[\u202a-\u202e\u2066-\u2069]/,
    what: 'an invisible mark that turns the direction of the text, so that it reads otherwise than it is',
    severity: 'warning',
  },
];

/** As a tag: code or style by its name, or an attribute that loads or runs. `＜VIP＞` is a heading, not a tag. */
function doesSomething(text: string): boolean {
  const plain = text.normalize('NFKC').slice(1);
  return POWERFUL_TAG.test(plain) || POWERFUL_ATTRIBUTE.test(plain);
}

const POWERFUL_TAG = /^\/?(?:script|style|noscript|template|xmp|plaintext)(?![\w-])/i;
const POWERFUL_ATTRIBUTE = new RegExp(
  '^[a-z][\\w-]*[\\s/].*?(?:on\\w+|href|src\\w*|style|\\w*action|data|http-equiv|content|values|to|from|ping|poster|' +
    'background)\\s*=',
  'is',
);

/** Anything but UTF-8: the same bytes are other html in another encoding. */
export const charset: Check = ({
  elements,
  plan: {
    action: { html },
  },
}) => {
  const named = elements.flatMap((element) =>
    namedIn(element)
      .filter((name) => !UTF8.has(name))
      .map((name) => ofCharset(element, name)),
  );
  const utf7 = utf7TagIn(html);
  if (utf7 !== undefined) named.push(strange(new Lines(html, START).at(utf7), 'The card holds tags in UTF-7'));
  const declared = /^\ufeff?\s*<\?xml[^>]*encoding\s*=\s*["']?([\w-]+)/i.exec(html)?.[1]?.toLowerCase();
  if (declared !== undefined && !UTF8.has(declared))
    named.push(strange(START, `The card declares the encoding ${declared}`));
  return named;
};

const UTF8 = new Set(['utf-8', 'utf8', 'unicode-1-1-utf-8', '']);

/**
 * Offset of the first angle bracket that UTF-7 hides (https://www.rfc-editor.org/rfc/rfc2152); only plain letters stand
 * beside it.
 */
function utf7TagIn(html: string): number | undefined {
  for (const { 0: coded, index } of html.matchAll(/\+[a-z0-9+/]{3,400}/gi)) {
    const text = fromUtf7(coded.slice(1));
    const after = text + (html.slice(index + coded.length).replace(/^-/, '')[0] ?? '');
    if (/^[\t\n\r -~]+$/.test(text) && /<[/!a-z]/i.test(after)) return index;
  }
  return undefined;
}

/** Big-endian UTF-16 in base64; bits that are left over are dropped. */
function fromUtf7(base64: string): string {
  const bytes = atob(base64.slice(0, base64.length - (base64.length % 4 === 1 ? 1 : 0)));
  let text = '';
  for (let i = 0; i + 1 < bytes.length; i += 2)
    text += String.fromCharCode((bytes.charCodeAt(i) << 8) | bytes.charCodeAt(i + 1));
  return text;
}

function namedIn(element: HtmlElement): string[] {
  const names = ['charset', 'accept-charset'].flatMap(
    (name) => attributeOf(element, name)?.value.trim().toLowerCase() ?? [],
  );
  const content = element.tag === 'meta' ? (attributeOf(element, 'content')?.value ?? '') : '';
  const [, inContent] = /charset\s*=\s*(?:["']\s*)?([^\s"';,]+)/i.exec(content) ?? [];
  return inContent === undefined ? names : [...names, inContent.toLowerCase()];
}

function ofCharset(element: HtmlElement, name: string): Problem {
  return strange(element.at, `<${element.tag}> asks for the encoding ${JSON.stringify(name.slice(0, 40))}`);
}

function strange(at: { line: number; column: number }, what: string): Problem {
  return htmlProblem(at, {
    code: 'csp-charset',
    message: `${what}; cards are UTF-8.`,
    remedy: 'Save the card as UTF-8, and remove the other encoding.',
  });
}
