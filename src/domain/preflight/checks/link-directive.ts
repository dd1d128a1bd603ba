import type { HtmlElement } from '../html.ts';
import { attributeOf } from '../html.ts';

/** The directive that governs what a `<link>` fetches; undefined when it only says something. */
export function linkDirective(element: HtmlElement): string | undefined {
  const kinds = attributeOf(element, 'rel')?.value.trim().toLowerCase().split(/\s+/).filter(Boolean) ?? [];
  const directives = kinds.flatMap((kind) => directiveOfKind(kind, element) ?? []);
  return directives[0];
}

/** A kind that is not known may load; an alternate stylesheet is still a stylesheet. */
function directiveOfKind(kind: string, element: HtmlElement): string | undefined {
  if (SILENT.has(kind)) return undefined;
  if (kind === 'preload') return PRELOADED.get(attributeOf(element, 'as')?.value.trim().toLowerCase() ?? '') ?? 'default-src';
  return KINDS.get(kind) ?? 'default-src';
}

const SILENT: ReadonlySet<string> = new Set([
  'canonical', 'alternate', 'author', 'help', 'license', 'next', 'prev', 'search', 'tag', 'bookmark', 'nofollow', 'noopener', 'noreferrer',
  'external', 'me', 'privacy-policy', 'terms-of-service', 'shortlink', 'up', 'first', 'last', 'expect',
]);

const KINDS: ReadonlyMap<string, string> = new Map([
  ['stylesheet', 'style-src-elem'], ['icon', 'img-src'], ['shortcut', 'img-src'], ['apple-touch-icon', 'img-src'],
  ['apple-touch-icon-precomposed', 'img-src'], ['mask-icon', 'img-src'], ['manifest', 'manifest-src'], ['modulepreload', 'script-src-elem'],
]);

const PRELOADED: ReadonlyMap<string, string> = new Map([
  ['script', 'script-src-elem'], ['style', 'style-src-elem'], ['image', 'img-src'], ['font', 'font-src'], ['fetch', 'connect-src'],
  ['audio', 'media-src'], ['video', 'media-src'], ['track', 'media-src'], ['worker', 'worker-src'], ['document', 'frame-src'],
]);
