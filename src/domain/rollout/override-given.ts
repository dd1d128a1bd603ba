/** An override as it is given. Pure. */
import { show } from '../plan/problem.ts';
import { formatDuration } from '../shared/duration.ts';
import type { GivenAct } from './messages.ts';

/** Nobody's word is for ever. */
export const MAX_OVERRIDE_MS = 7 * 86_400_000;

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;

/** What is wrong with its form, with the way out; or null. */
export function overrideProblem({ until, guardrail, approvals, window }: GivenAct): string | null {
  if (typeof until !== 'string' || !INSTANT.test(until) || Number.isNaN(Date.parse(until)))
    return `"until" is ${show(until)}; expected until when it holds, such as 2026-03-01T12:00:00Z.`;
  for (const [name, given] of Object.entries({ approvals, window }))
    if (given !== undefined && given !== true) return `"${name}" is ${show(given)}; expected true, or nothing.`;
  if (guardrail !== undefined && (typeof guardrail !== 'string' || guardrail.trim() === '' || guardrail.length > 200))
    return `"guardrail" is ${show(guardrail)}; expected what a guardrail of the plan watches, such as acceptanceRate.`;
  const named = [guardrail, approvals, window].filter((one) => one !== undefined).length;
  return named === 1
    ? null
    : `it names ${named === 0 ? 'none' : 'several'} of "guardrail", "approvals" and "window"; expected one of them.`;
}

/** Why it cannot hold until then, or null. */
export function untilProblem(untilMs: number, nowMs: number): string | null {
  const at = new Date(untilMs).toISOString();
  if (untilMs <= nowMs) return `it would hold until ${at}, which is past.`;
  return untilMs - nowMs > MAX_OVERRIDE_MS
    ? `it would hold until ${at}; expected at most ${formatDuration(MAX_OVERRIDE_MS)}.`
    : null;
}
