import type { Problem } from '../../plan/plan.ts';
import type { Check } from '../check.ts';
import { htmlProblem } from '../check.ts';
import type { ContentPolicy } from '../content-policy.ts';
import { allowsUrl, namesHost, resolveUrl, sourcesOf } from '../content-policy.ts';
import type { HtmlAttribute, HtmlElement, Place } from '../html.ts';
import { isConnectionHint } from './link-directive.ts';
import { splitSrcset } from './srcset.ts';
import { directivesFor } from './url-attributes.ts';
import { isCode } from './url-scheme.ts';

/** Everything that the card loads or posts to must come from where the policy allows. */
export const sourceHosts: Check = ({ elements, settings }) =>
  elements.flatMap((element) =>
    element.attributes.flatMap((attribute) => refused(element, attribute, settings.policy)),
  );

function refused(element: HtmlElement, attribute: HtmlAttribute, policy: ContentPolicy): Problem[] {
  const directives = directivesFor(element, attribute.name);
  if (directives.length === 0) return [];
  const by = `<${element.tag} ${attribute.name}>`;
  return [...new Set(urlsIn(attribute))].flatMap((url) => {
    if (isConnectionHint(element) && isKnownHost(url, policy)) return [];
    const problems = directives.flatMap((directive) => refusedUrl(policy, directive, url, attribute.at, by) ?? []);
    return problems.slice(0, 1);
  });
}

/** Connecting to a host that the policy lets the card load from gives nothing away. */
function isKnownHost(reference: string, policy: ContentPolicy): boolean {
  const url = resolveUrl(reference);
  return url !== undefined && !isObscure(reference) && namesHost(policy, url);
}

/** The problem with a URL that the policy does not allow for the directive; undefined when it does. */
export function refusedUrl(
  policy: ContentPolicy,
  directive: string,
  reference: string,
  at: Place,
  by: string,
): Problem | undefined {
  if (isCode(reference)) return undefined; // a problem of its own
  const url = resolveUrl(reference);
  if (url === undefined || isObscure(reference)) return unreadable(reference, at, by);
  if (allowsUrl(policy, directive, url)) return undefined;
  const allowed = sourcesOf(policy, directive)?.join(' ') || "'none'";
  return htmlProblem(at, {
    code: 'csp-source',
    message: `${by} points to ${url.host === '' ? url.protocol : url.origin}; ${directive} allows ${allowed}.`,
    remedy: 'Serve it from an allowed host, or have that host added to the content policy.',
  });
}

/** An address with a backslash, a line end or a name and password in it: nobody writes that but to mislead. */
function isObscure(reference: string): boolean {
  const address = /^(?:[a-z][a-z0-9+.-]*:)?[\\/\s]{2}[^?#]*/i.exec(reference.trim())?.[0] ?? '';
  return /[\\\t\r\n]/.test(address) || /^[^/]*\/\/[^/]*@/.test(address);
}

/** One browser's broken URL is another's address. */
function unreadable(reference: string, at: Place, by: string): Problem {
  return htmlProblem(at, {
    code: 'csp-source',
    message:
      `${by} points to ${JSON.stringify(reference.slice(0, 60))}, which is no URL that a browser can be sure to ` +
      'read.',
    remedy: 'Write the address out, from https:// on.',
  });
}

function urlsIn(attribute: HtmlAttribute): string[] {
  if (attribute.name === 'srcset' || attribute.name === 'imagesrcset') return splitSrcset(attribute.value);
  if (attribute.name === 'values') return attribute.value.split(';');
  if (LISTS.has(attribute.name))
    return attribute.value
      .trim()
      .split(/[\s,]+/)
      .filter(Boolean);
  return [attribute.value];
}

const LISTS: ReadonlySet<string> = new Set(['ping', 'attributionsrc', 'archive']);
