/** Everything that can be known about a plan's card before anything is written. Heavy parsers: never for workflows. */
import { keywordProblems } from '../trigger/keywords.ts';
import type { Plan, Problem } from '../plan/plan.ts';
import type { Check } from './check.ts';
import { base } from './checks/base.ts';
import { browserSupport } from './checks/browser-support.ts';
import { htmlSize } from './checks/html-size.ts';
import { iframe } from './checks/iframe.ts';
import { inlineHandler } from './checks/inline-handler.ts';
import { inlineScript } from './checks/inline-script.ts';
import { inlineStyle } from './checks/inline-style.ts';
import { javascriptUrl } from './checks/javascript-url.ts';
import { metaRefresh } from './checks/meta-refresh.ts';
import { scriptCode } from './checks/script-code.ts';
import { sourceHosts } from './checks/source-hosts.ts';
import { usedFeatures } from './checks/used-features.ts';
import { readHtml } from './html.ts';
import type { PreflightSettings } from './settings.ts';
import { DEFAULT_SETTINGS } from './settings.ts';

const ON_PLAN: readonly Check[] = [htmlSize, ({ plan }) => keywordProblems(plan.action.trigger), browserSupport];

const ON_HTML: readonly Check[] = [
  inlineScript, scriptCode, inlineHandler, inlineStyle, javascriptUrl, sourceHosts, iframe, base, metaRefresh, usedFeatures,
];

/**
 * All problems of the plan's card, those of the html in the order of its lines. The html is not read when it is larger
 * than the settings allow. A static check is advice to its author; the barrier is the policy that the browser enforces.
 */
export function preflight(plan: Plan, settings: PreflightSettings = DEFAULT_SETTINGS): Problem[] {
  const unread = { plan, settings, elements: [] };
  const onPlan = ON_PLAN.flatMap((check) => check(unread));
  if (onPlan.some((problem) => problem.code === 'plan-html-too-large')) return onPlan;
  const subject = { ...unread, elements: readHtml(plan.action.html) };
  return [...onPlan, ...ON_HTML.flatMap((check) => check(subject)).sort(byPlace)];
}

function byPlace(a: Problem, b: Problem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
