import type { Problem } from '../../plan/problem.ts';
import type { ProblemCode } from '../../plan/codes.ts';
import type { Check, Subject } from '../check.ts';
import { htmlProblem } from '../check.ts';
import { NOBODY } from '../compat/data.ts';
import { CssUsages } from '../compat/css-usage.ts';
import { htmlUsages } from '../compat/html-usage.ts';
import { scriptUsages } from '../compat/script-usage.ts';
import type { Usage } from '../compat/usage.ts';
import type { HtmlElement } from '../html.ts';
import { isToRun } from '../inline-code.ts';
import type { BrowserMatrix, Lack } from '../compat/versions.ts';
import { lacking, lackText, upgradeText } from '../compat/versions.ts';

/**
 * Every feature that the card uses must be in the oldest browsers that agents use; each is told once, where it comes
 * first.
 */
export const usedFeatures: Check = (subject) => {
  const css = new CssUsages();
  const byFeature = new Map<string, { readonly first: Usage; times: number }>();
  for (const usage of subject.elements.flatMap((element) => [
    ...htmlUsages(element),
    ...css.of(element),
    ...(runs(element, subject) ? scriptUsages(element, subject.code) : []),
  ])) {
    const key = `${usage.kind} ${usage.optional} ${usage.feature}`;
    const known = byFeature.get(key);
    if (known === undefined) byFeature.set(key, { first: usage, times: 1 });
    else known.times += 1;
  }
  return [...byFeature.values()].flatMap(({ first, times }) => problemOf(first, times, subject.settings.minBrowsers));
};

/** Code that the policy stops asks nothing of a browser. */
function runs(element: HtmlElement, subject: Subject): boolean {
  return element.tag === 'script' && isToRun(subject, 'script-src-elem', element.text);
}

const CODES: Readonly<Record<Usage['kind'], ProblemCode>> = {
  html: 'compat-html',
  css: 'compat-css',
  javascript: 'compat-javascript',
};

const WITHOUT: Readonly<Record<Usage['kind'], string>> = {
  html: 'Use another element or attribute',
  css: 'Put it into @supports with a plain style before it',
  javascript: "Ask for it first (`if ('x' in y)`), or write it another way",
};

function problemOf(usage: Usage, times: number, matrix: BrowserMatrix): Problem[] {
  const lacks = lacking(usage.first, matrix);
  if (lacks.length === 0) return [];
  const often = times === 1 ? '' : ` It is used ${times} times; this is the first.`;
  const isUnknown = usage.first === NOBODY;
  const seen = isUnknown ? 'is known to no browser' : `is missing in ${lackText(lacks)}`;
  const remedy = isUnknown ? 'Check how it is spelt, or remove it.' : remedyFor(usage.kind, lacks);
  return [
    htmlProblem(
      usage.at,
      { code: CODES[usage.kind], message: `${usage.feature} ${seen}.${often}`, remedy },
      usage.optional ? 'warning' : 'error',
    ),
  ];
}

function remedyFor(kind: Usage['kind'], lacks: readonly Lack[]): string {
  const upgrade = upgradeText(lacks);
  return `${WITHOUT[kind]}${upgrade === null ? '' : `, or raise the oldest browsers to ${upgrade}`}.`;
}
