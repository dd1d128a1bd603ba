import { htmlProblem } from '../check.ts';
import { show } from '../../plan/problem.ts';
import type { Problem } from '../../plan/problem.ts';
import type { ContentPolicy } from '../content-policy.ts';
import { namesHost, resolveUrl } from '../content-policy.ts';
import type { HtmlAttribute } from '../html.ts';
import { attributeOf } from '../html.ts';
import type { CardCheck } from './card-check.ts';
import type { Card } from './tree.ts';

/** Links lead somewhere, and to hosts that the organisation trusts: those that its content policy names anywhere. */
export const links: CardCheck = (card, { policy }) =>
  card.elements
    .filter(({ tag }) => tag === 'a' || tag === 'area')
    .flatMap((element) => {
      const href = attributeOf(element, 'href');
      return href === undefined ? [] : judge(href, card, policy);
    });

function judge(href: HtmlAttribute, card: Card, policy: ContentPolicy): Problem[] {
  const target = href.value.trim();
  if (target === '' || target === '#')
    return [broken(href, 'leads nowhere', 'Write where it leads, or use a <button>.')];
  if (target.startsWith('#'))
    return hasTarget(card, target.slice(1))
      ? []
      : [broken(href, `leads to ${show(target)}, which is not in the card`, 'Give the element that is meant this id.')];
  const url = resolveUrl(target);
  if (url === undefined)
    return [broken(href, 'is no URL that a browser can follow', 'Write a whole URL, or a path that begins with /.')];
  return isWeb(url) && !namesHost(policy, url) ? [offAllowlist(href, url)] : [];
}

function hasTarget(card: Card, fragment: string): boolean {
  return (
    fragment.toLowerCase() === 'top' ||
    [fragment, decoded(fragment)].some((name) => card.byId.has(name) || card.anchors.has(name))
  );
}

function decoded(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}

function isWeb(url: URL): boolean {
  return url.protocol === 'https:' || url.protocol === 'http:';
}

function broken(href: HtmlAttribute, what: string, remedy: string): Problem {
  return htmlProblem(href.at, { code: 'a11y-link-broken', message: `The link ${show(href.value)} ${what}.`, remedy });
}

function offAllowlist(href: HtmlAttribute, url: URL): Problem {
  return htmlProblem(
    href.at,
    {
      code: 'a11y-link-host',
      message: `The link leads to ${url.origin}, a host that the content policy does not name.`,
      remedy: 'Check that agents may be sent there; a path of your own, or a host of the policy, needs no check.',
    },
    'warning',
  );
}
