/** Everything that can be known about a plan's card before anything is written. Heavy parsers: never for workflows. */
import { keywordProblems } from '../trigger/keyword-problems.ts';
import { isCard } from '../plan/plan.ts';
import type { Plan } from '../plan/plan.ts';
import type { Problem } from '../plan/problem.ts';
import type { Check, Subject } from './check.ts';
import { accessibility } from './checks/accessibility.ts';
import { attributes } from './checks/attributes.ts';
import { browserSupport } from './checks/browser-support.ts';
import { characters, charset } from './checks/characters.ts';
import { cssCode } from './checks/css-code.ts';
import { elements } from './checks/elements.ts';
import { htmlSize } from './checks/html-size.ts';
import { inlineScript } from './checks/inline-script.ts';
import { inlineStyle } from './checks/inline-style.ts';
import { lostText } from './checks/lost-text.ts';
import { organisationPolicy } from './checks/organisation-policy.ts';
import { readingProblems } from './checks/reading-problems.ts';
import { scriptCode } from './checks/script-code.ts';
import { strayQuotes } from './checks/stray-quotes.ts';
import { usedFeatures } from './checks/used-features.ts';
import { CodeParser } from './parse-script.ts';
import { readCard } from './read-card.ts';
import type { PreflightSettings } from './settings.ts';
import { DEFAULT_SETTINGS } from './settings.ts';

const ON_PLAN: readonly Check[] = [
  htmlSize,
  ({ plan }) => keywordProblems(plan.action.trigger),
  browserSupport,
  organisationPolicy,
  characters,
];

/** What the content policy is about. */
const ON_CONTENT: readonly Check[] = [elements, attributes, inlineScript, scriptCode, inlineStyle, cssCode];

const ON_HTML: readonly Check[] = [...ON_CONTENT, charset, lostText, strayQuotes, usedFeatures, accessibility];

/**
 * All problems of the plan's card, if it has one: those of the html in the order of its lines. The html is not read when it is larger
 * than the settings allow. A static check is advice to its author; the barrier is the policy that the browser enforces.
 */
export function preflight(plan: Pick<Plan, 'action'>, settings: PreflightSettings = DEFAULT_SETTINGS): Problem[] {
  return isCard(plan.action) ? cardProblems({ action: plan.action }, settings) : [];
}

function cardProblems(plan: Subject['plan'], settings: PreflightSettings): Problem[] {
  const common = { plan, settings, code: new CodeParser() };
  const unread = { ...common, elements: [], tree: null, tokens: null };
  const onPlan = ON_PLAN.flatMap((check) => check(unread));
  if (onPlan.some((problem) => problem.code === 'plan-html-too-large')) return onPlan;
  const reading = readCard(plan.action.html);
  const checks = reading.tooComplex === null ? ON_HTML : ON_CONTENT;
  const onHtml = [...checks.flatMap((check) => check({ ...common, ...reading })), ...readingProblems(reading)];
  return [...onPlan, ...once(onHtml).sort(byPlace)];
}

/** The readings of one card have most of it in common. */
function once(problems: readonly Problem[]): Problem[] {
  return [
    ...new Map(
      problems.map((problem) => [`${problem.code} ${problem.line}:${problem.column} ${problem.message}`, problem]),
    ).values(),
  ];
}

function byPlace(a: Problem, b: Problem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
