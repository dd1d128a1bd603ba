/** One vocabulary with axe-core: what is told here by a code is what axe-core tells by these rules. */
import type { ProblemCode } from '../../plan/codes.ts';
import type { Problem } from '../../plan/problem.ts';
import type { Fault } from '../../plan/problem.ts';
import { htmlProblem } from '../check.ts';
import type { Place } from '../html.ts';

const CODES = {
  'area-alt': 'a11y-alt',
  'button-name': 'a11y-empty-button',
  'color-contrast': 'a11y-contrast',
  'empty-heading': 'a11y-heading-empty',
  'heading-order': 'a11y-heading-order',
  'html-has-lang': 'a11y-language',
  'html-lang-valid': 'a11y-language',
  'image-alt': 'a11y-alt',
  'input-button-name': 'a11y-empty-button',
  'input-image-alt': 'a11y-alt',
  label: 'a11y-label',
  'link-name': 'a11y-empty-link',
  'select-name': 'a11y-label',
  'svg-img-alt': 'a11y-alt',
  tabindex: 'a11y-focus-order',
  'valid-lang': 'a11y-language',
} as const satisfies Readonly<Record<string, ProblemCode>>;

/** Of axe-core (https://github.com/dequelabs/axe-core/blob/develop/doc/rule-descriptions.md). */
export type AxeRule = keyof typeof CODES;

/** The code under which preflight tells what a rule of axe-core finds; null where it does not look for it. */
export function codeOfRule(rule: string): ProblemCode | null {
  return Object.hasOwn(CODES, rule) ? CODES[rule as AxeRule] : null;
}

/** A fault that axe-core would find too. */
export function ruleProblem(
  place: Place,
  rule: AxeRule,
  fault: Omit<Fault, 'code'>,
  severity: Problem['severity'] = 'error',
): Problem {
  return { ...htmlProblem(place, { code: CODES[rule], ...fault }, severity), rule };
}
