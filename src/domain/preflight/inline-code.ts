/** Code and styles that stand in the html itself, and whether the policy lets them be. */
import type { Subject } from './check.ts';
import type { ContentPolicy } from './content-policy.ts';
import { listsHash, listsHashes, permits } from './content-policy.ts';
import { sha256Source } from './sha256.ts';

/** In elements, or in attributes, for which a hash counts only beside 'unsafe-hashes'. */
export type InlineDirective = 'script-src-elem' | 'script-src-attr' | 'style-src-elem' | 'style-src-attr';

/** All of it, or this text by its hash. */
export function letsInline(policy: ContentPolicy, directive: InlineDirective, text: string): boolean {
  if (permits(policy, directive, 'unsafe-inline')) return true;
  if (directive.endsWith('-attr') && !permits(policy, directive, 'unsafe-hashes')) return false;
  return listsHashes(policy, directive) && listsHash(policy, directive, sha256Source(text));
}

/** Is this code to run: as the policy is, or as the plan wants it to be? */
export function isToRun(subject: Subject, directive: InlineDirective, code: string): boolean {
  return offersHashes(subject) || letsInline(subject.settings.policy, directive, code);
}

/** May code within the html be listed in the policy by its hash? Then the hash is part of the way out. */
function offersHashes({ plan }: Subject): boolean {
  return plan.action.inlineCode === 'byHash';
}

/** The other way out, as the end of a sentence; empty where the plan does not take it. */
export function orByHash(subject: Subject, directive: InlineDirective, text: string): string {
  if (!offersHashes(subject)) return '';
  const keyword = directive.endsWith('-attr') ? "'unsafe-hashes' and " : '';
  return `; or have ${keyword}'${sha256Source(text)}' added to ${directive.replace(/-(elem|attr)$/, '')}`;
}
