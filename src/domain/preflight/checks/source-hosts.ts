import type { Problem } from '../../plan/plan.ts';
import type { Check } from '../check.ts';
import { htmlProblem } from '../check.ts';
import type { ContentPolicy } from '../content-policy.ts';
import { allowsUrl, resolveUrl, sourcesOf } from '../content-policy.ts';
import type { HtmlAttribute, HtmlElement, Place } from '../html.ts';
import { splitSrcset } from './srcset.ts';
import { directiveFor } from './url-attributes.ts';

/** Everything that the card loads or posts to must come from where the policy allows. */
export const sourceHosts: Check = ({ elements, settings }) =>
  elements.flatMap((element) => element.attributes.flatMap((attribute) => refused(element, attribute, settings.policy)));

function refused(element: HtmlElement, attribute: HtmlAttribute, policy: ContentPolicy): Problem[] {
  const directive = directiveFor(element, attribute.name);
  if (directive === undefined) return [];
  return urlsIn(attribute).flatMap((url) => {
    const problem = refusedUrl(policy, directive, url, attribute.at, `<${element.tag} ${attribute.name}>`);
    return problem === undefined ? [] : [problem];
  });
}

/** The problem with a URL that the policy does not allow for the directive; undefined when it does. */
export function refusedUrl(policy: ContentPolicy, directive: string, reference: string, at: Place, by: string): Problem | undefined {
  const url = resolveUrl(reference);
  if (url === undefined || isCode(url) || allowsUrl(policy, directive, url)) return undefined;
  const allowed = sourcesOf(policy, directive)?.join(' ') || "'none'";
  return htmlProblem(at, {
    code: 'csp-source',
    message: `${by} points to ${url.host === '' ? url.protocol : url.origin}; ${directive} allows ${allowed}.`,
    remedy: 'Serve it from an allowed host, or have that host added to the content policy.',
  });
}

/** Code in a URL has a problem of its own. */
function isCode(url: URL): boolean {
  return url.protocol === 'javascript:' || url.protocol === 'vbscript:';
}

function urlsIn(attribute: HtmlAttribute): string[] {
  if (attribute.name === 'srcset' || attribute.name === 'imagesrcset') return splitSrcset(attribute.value);
  if (attribute.name === 'ping') return attribute.value.trim().split(/\s+/);
  return [attribute.value];
}
