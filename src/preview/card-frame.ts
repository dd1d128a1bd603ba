/** A card in a frame where nothing of it can run: neither its scripts, nor its forms, nor its ways out. */
import type { ContentPolicy } from '../domain/preflight/content-policy.ts';

/**
 * `sandbox=""` is the barrier. The policy is there so that the card looks as it will: styles that it forbids are not
 * applied.
 */
export function cardFrame(html: string, policy: ContentPolicy, title: string): string {
  return (
    `<iframe sandbox="" referrerpolicy="no-referrer" title="${escapeHtml(title)}" ` +
    `srcdoc="${escapeHtml(cardDocument(html, policy))}"></iframe>`
  );
}

/** The card as a page of its own. The policy stands before it, so it holds for all of it. */
export function cardDocument(html: string, policy: ContentPolicy): string {
  return (
    '<!doctype html><html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" ' +
    `content="${escapeHtml(policyText(policy))}"></head><body>${html}</body></html>`
  );
}

/** `;` parts directives, so none can hold one. */
export function policyText(policy: ContentPolicy): string {
  return Object.entries(policy)
    .map(([directive, sources]) => [directive, ...(sources ?? [])].join(' ').replaceAll(';', '%3B'))
    .join('; ');
}

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
