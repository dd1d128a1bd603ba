import type { Problem } from '../../plan/plan.ts';
import type { ProblemCode } from '../../plan/codes.ts';
import type { Check } from '../check.ts';
import { htmlProblem } from '../check.ts';
import { cssUsages } from '../compat/css-usage.ts';
import { htmlUsages } from '../compat/html-usage.ts';
import { scriptUsages } from '../compat/script-usage.ts';
import type { Usage } from '../compat/usage.ts';
import type { BrowserMatrix, Lack } from '../compat/versions.ts';
import { lacking, lackText, upgradeText } from '../compat/versions.ts';

/** Every feature that the card uses must be in the oldest browsers that agents use; each is told once, where it comes first. */
export const usedFeatures: Check = ({ elements, settings }) => {
  const byFeature = new Map<string, Usage[]>();
  for (const usage of elements.flatMap((element) => [...htmlUsages(element), ...cssUsages(element), ...scriptUsages(element)])) {
    const key = `${usage.kind} ${usage.optional} ${usage.feature}`;
    byFeature.set(key, [...(byFeature.get(key) ?? []), usage]);
  }
  return [...byFeature.values()].flatMap((usages) => problemOf(usages, settings.minBrowsers));
};

const CODES: Readonly<Record<Usage['kind'], ProblemCode>> = { html: 'compat-html', css: 'compat-css', javascript: 'compat-javascript' };

const WITHOUT: Readonly<Record<Usage['kind'], string>> = {
  html: 'Use another element or attribute',
  css: 'Put it into @supports with a plain style before it',
  javascript: 'Ask for it first (`if (\'x\' in y)`), or write it another way',
};

function problemOf(usages: readonly Usage[], matrix: BrowserMatrix): Problem[] {
  const [first, ...more] = usages;
  if (first === undefined) return [];
  const lacks = lacking(first.first, matrix);
  if (lacks.length === 0) return [];
  const often = more.length === 0 ? '' : ` It is used ${usages.length} times; this is the first.`;
  const message = `${first.feature} is missing in ${lackText(lacks)}.${often}`;
  return [htmlProblem(first.at, { code: CODES[first.kind], message, remedy: remedyFor(first.kind, lacks) }, first.optional ? 'warning' : 'error')];
}

function remedyFor(kind: Usage['kind'], lacks: readonly Lack[]): string {
  const upgrade = upgradeText(lacks);
  return `${WITHOUT[kind]}${upgrade === null ? '' : `, or raise the oldest browsers to ${upgrade}`}.`;
}
