import type { Problem } from '../../plan/problem.ts';
import { attributeUse } from '../attribute-use.ts';
import type { Check, Subject } from '../check.ts';
import { htmlProblem } from '../check.ts';
import { namesHost, permits, resolveUrl } from '../content-policy.ts';
import type { HtmlAttribute, HtmlElement } from '../html.ts';
import { isConnectionHint } from '../link-directive.ts';
import { splitSrcset } from '../srcset.ts';
import { isCode, isDocument, isLink, isObscure, leadsElsewhere, refusedUrl, urlsIn } from '../urls.ts';
import { handlerProblems } from './inline-handler.ts';

/** Whatever the attributes of the card run, load, post to and lead to. */
export const attributes: Check = (subject) =>
  subject.elements.flatMap((element) =>
    element.attributes.flatMap((attribute) => problemsOf(element, attribute, subject)),
  );

function problemsOf(element: HtmlElement, attribute: HtmlAttribute, subject: Subject): readonly Problem[] {
  const use = attributeUse(element, attribute.name);
  if (use === 'text' || use === 'css') return [];
  if (use === 'handler' || becomesHandler(attribute)) return handlerProblems(element, attribute, subject);
  const { policy } = subject.settings;
  const urls = urlsOf(attribute, use === 'other');
  if (urls.some(isCode))
    return permits(policy, 'script-src-elem', 'unsafe-inline') ? [] : [codeUrl(element, attribute)];
  if (use === 'link' || attribute.name.endsWith('action')) {
    if (urls.some(isDocument)) return [dataUrl(element, attribute)];
    if (!urls.every((url) => isLink(url, policy))) return [programUrl(element, attribute)];
  }
  if (use === 'link') return [];
  const directives = use === 'other' ? ['default-src'] : use;
  const by = `<${element.tag} ${attribute.name}>`;
  return urls
    .filter((url) => use !== 'other' || leadsElsewhere(url))
    .filter((url) => !(isConnectionHint(element) && isNamedHost(url, subject)))
    .flatMap((url) => firstRefusal(directives, (directive) => refusedUrl(policy, directive, url, attribute.at, by)));
}

/** SVG animates attributes into being. */
function becomesHandler({ name, value }: HtmlAttribute): boolean {
  return name === 'attributename' && /^\s*on/i.test(value);
}

function firstRefusal(
  directives: readonly string[],
  judge: (directive: string) => Problem | undefined,
): readonly Problem[] {
  return directives.flatMap((directive) => judge(directive) ?? []).slice(0, 1);
}

/** What is not known to be one URL may hold one among others, as animations and lists do. */
function urlsOf({ name, value }: HtmlAttribute, isUnknown: boolean): string[] {
  if (name === 'srcset' || name === 'imagesrcset') return [...new Set(splitSrcset(value))];
  if (name === 'ping' || name === 'attributionsrc') return [...new Set(urlsIn(value))];
  if (!isUnknown || !/[\s,;]/.test(value)) return [value];
  return /[:/\\]/.test(value) ? [...new Set([value, ...value.split(';'), ...urlsIn(value)])] : [];
}

/** Connecting to a host that the policy lets the card load from gives nothing away. */
function isNamedHost(reference: string, { settings: { policy } }: Subject): boolean {
  const url = resolveUrl(reference);
  return url !== undefined && !isObscure(reference) && namesHost(policy, url);
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

/** `ms-word:`, `search-ms:`: what opens is a program of the agent's machine. */
function programUrl(element: HtmlElement, attribute: HtmlAttribute): Problem {
  return htmlProblem(attribute.at, {
    code: 'csp-source',
    message:
      `The ${attribute.name} of <${element.tag}> (${attribute.value.trim().slice(0, 20)}) leads neither to a page ` +
      'nor to a person: its scheme is not known here, and may start a program.',
    remedy:
      'Link with https:, mailto:, tel: or sip:, or have the scheme named in the content policy (`default-src crm:`).',
  });
}
