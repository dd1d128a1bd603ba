import type { Problem } from '../../plan/plan.ts';
import type { Check } from '../check.ts';
import { htmlProblem } from '../check.ts';
import { permits } from '../content-policy.ts';
import type { HtmlAttribute, HtmlElement } from '../html.ts';
import { splitSrcset } from './srcset.ts';
import { isUrlAttribute } from './url-attributes.ts';
import { isCode, isDocument } from './url-scheme.ts';

/** Links that run code, and links whose target is written into them: neither is a page that anybody serves. */
export const javascriptUrl: Check = ({ elements, settings }) =>
  elements.flatMap((element) =>
    element.attributes.flatMap((attribute) => {
      if (!isUrlAttribute(element, attribute.name)) return [];
      const urls = urlsOf(attribute);
      if (urls.some(isCode))
        return permits(settings.policy, 'script-src-elem', 'unsafe-inline') ? [] : [codeUrl(element, attribute)];
      return LINKS.has(attribute.name) && !LOADED.has(element.tag) && urls.some(isDocument)
        ? [dataUrl(element, attribute)]
        : [];
    }),
  );

/** Attributes that lead somewhere when somebody clicks; what the card loads by itself is held to the policy. */
const LINKS = new Set(['href', 'action', 'formaction', 'to', 'from', 'by', 'values']);
const LOADED = new Set(['link', 'base', 'image', 'feimage', 'use', 'script']);

function urlsOf(attribute: HtmlAttribute): string[] {
  if (attribute.name === 'values') return [...new Set(attribute.value.split(';'))];
  return attribute.name === 'srcset' ? splitSrcset(attribute.value) : [attribute.value];
}

function codeUrl(element: HtmlElement, attribute: HtmlAttribute): Problem {
  return htmlProblem(attribute.at, {
    code: 'csp-javascript-url',
    message: `The ${attribute.name} of <${element.tag}> is a javascript: URL, which the content policy forbids.`,
    remedy: 'Use a button and add its listener from a script file that script-src allows.',
  });
}

function dataUrl(element: HtmlElement, attribute: HtmlAttribute): Problem {
  return htmlProblem(attribute.at, {
    code: 'csp-data-url',
    message:
      `The ${attribute.name} of <${element.tag}> holds a document of its own ` +
      `(${attribute.value.trim().slice(0, 20)}), which no host vouches for.`,
    remedy: 'Serve the document from a host, and link to that.',
  });
}
