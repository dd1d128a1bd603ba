import type { HtmlAttribute, HtmlElement } from '../html.ts';
import { featureAt, namedFeature, NOBODY } from './data.ts';
import { isHtmlAttribute } from './html-names.ts';
import type { Usage } from './usage.ts';
import type { BrowserVersions } from './versions.ts';

/** Elements, attributes and values of attributes that an element uses, as far as browsers differ in them. */
export function htmlUsages(element: HtmlElement): Usage[] {
  return [...ofTag(element), ...element.attributes.flatMap((attribute) => ofAttribute(element, attribute))];
}

/** Hints: a browser that does not know them shows and does the same. */
const HINTS = new Set([
  'loading',
  'decoding',
  'fetchpriority',
  'referrerpolicy',
  'inputmode',
  'enterkeyhint',
  'autocapitalize',
  'autocorrect',
  'autocomplete',
  'spellcheck',
  'translate',
  'nonce',
  'autofocus',
  'writingsuggestions',
  'virtualkeyboardpolicy',
  'hreftranslate',
  'controlslist',
  'crossorigin',
  'disablepictureinpicture',
  'disableremoteplayback',
  'elementtiming',
  'attributionsrc',
  'blocking',
  'dirname',
  'rel',
  'name',
  'sizes',
  'content',
  'playsinline',
  'part',
  'exportparts',
  'width',
  'height',
  'slot',
  'placeholder',
  'wrap',
  'contenteditable',
  'type_number',
  'char',
  'charoff',
  'coords',
  'shape',
  'browsingtopics',
  'allow',
]);

/** Attributes that change what is there to be seen or used, though their names also stand for hints elsewhere. */
const EXCEPTIONS = new Set(['details name']);

function ofTag({ tag, at }: HtmlElement): Usage[] {
  if (tag.includes('-')) return usage(`custom element <${tag}>`, namedFeature('custom-elements'), at, false);
  return usage(
    `<${tag}>`,
    tag === 'math' ? featureAt('mathml', 'math') : featureAt('html', 'elements', tag),
    at,
    false,
  );
}

function ofAttribute({ tag, namespace }: HtmlElement, { name, value, at }: HtmlAttribute): Usage[] {
  if (namespace === 'html' && isUnknown(tag, name, value)) return usage(`${name} of <${tag}>`, NOBODY, at, true);
  const optional = HINTS.has(name) && !EXCEPTIONS.has(`${tag} ${name}`);
  const own = featureAt('html', 'elements', tag, name) ?? featureAt('html', 'global_attributes', name);
  const label = `${name} of <${tag}>`;
  return [
    ...usage(label, own, at, optional),
    ...wordsOf(value).flatMap((word) => ofValue(tag, name, word, at, optional)),
  ];
}

/** Without what an author's own elements and scripts may know (`data-x`, `v-if`), and words of a text (`<b and c>`). */
function isUnknown(tag: string, name: string, value: string): boolean {
  return value !== '' && !tag.includes('-') && /^(?!on)[a-z]+$/.test(name) && !isHtmlAttribute(name);
}

function ofValue(tag: string, name: string, word: string, at: HtmlAttribute['at'], optional: boolean): Usage[] {
  const versions =
    featureAt('html', 'elements', tag, name, word) ??
    featureAt('html', 'global_attributes', name, word) ??
    (name === 'type' ? featureAt('html', 'elements', tag, `type_${word}`) : undefined);
  return usage(`${name}="${word}" of <${tag}>`, versions, at, optional);
}

/** Names of values only; a long text is none. */
function wordsOf(value: string): string[] {
  if (value.length > 200) return [];
  return [...new Set(value.toLowerCase().split(/[\s,]+/))].filter((word) => /^[a-z][a-z0-9-]*$/.test(word));
}

function usage(
  feature: string,
  first: BrowserVersions | undefined,
  at: HtmlAttribute['at'],
  optional: boolean,
): Usage[] {
  return first === undefined ? [] : [{ kind: 'html', feature, first, at, optional }];
}
