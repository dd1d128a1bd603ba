import type { HtmlElement } from './html.ts';
import { attributeOf } from './html.ts';
import { words } from './words.ts';

/**
 * The directives that govern what a `<link>` fetches, one or more for each of its kinds; none when it only says
 * something.
 */
export function linkDirectives(element: HtmlElement): string[] {
  return kindsOf(element).flatMap((kind) => directivesOfKind(kind, element));
}

/** Does it only have the browser look a host up, or connect to it? */
export function isConnectionHint(element: HtmlElement): boolean {
  const kinds = kindsOf(element);
  return (
    element.tag === 'link' &&
    kinds.length > 0 &&
    kinds.every((kind) => kind === 'preconnect' || kind === 'dns-prefetch')
  );
}

function kindsOf(element: HtmlElement): string[] {
  return attributeOf(element, 'rel')?.value.trim().toLowerCase().split(/\s+/).filter(Boolean) ?? [];
}

/** A kind that is not known may load; an alternate stylesheet is still a stylesheet. */
function directivesOfKind(kind: string, element: HtmlElement): string[] {
  if (SILENT.has(kind)) return [];
  const loadedAs = PRELOADED.get(attributeOf(element, 'as')?.value.trim().toLowerCase() ?? '');
  if (kind === 'preload') return [loadedAs ?? 'default-src'];
  if (kind === 'modulepreload') return ['script-src-elem', ...(loadedAs === undefined ? [] : [loadedAs])];
  return [KINDS.get(kind) ?? 'default-src'];
}

/** `next` is fetched ahead by some, and the description that `search` names by most. */
const SILENT: ReadonlySet<string> = words(`
  canonical alternate author help license prev tag bookmark nofollow noopener noreferrer external me privacy-policy
  terms-of-service shortlink up first last expect profile publisher amphtml self contents index glossary`);

const KINDS: ReadonlyMap<string, string> = new Map([
  ['stylesheet', 'style-src-elem'],
  ['icon', 'img-src'],
  ['shortcut', 'img-src'],
  ['apple-touch-icon', 'img-src'],
  ['apple-touch-icon-precomposed', 'img-src'],
  ['mask-icon', 'img-src'],
  ['manifest', 'manifest-src'],
]);

const PRELOADED: ReadonlyMap<string, string> = new Map([
  ['script', 'script-src-elem'],
  ['style', 'style-src-elem'],
  ['image', 'img-src'],
  ['font', 'font-src'],
  ['fetch', 'connect-src'],
  ['json', 'connect-src'],
  ['audio', 'media-src'],
  ['video', 'media-src'],
  ['track', 'media-src'],
  ['worker', 'worker-src'],
  ['document', 'frame-src'],
]);
