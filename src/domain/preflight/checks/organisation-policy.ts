import { CspEvaluator } from 'csp_evaluator';
import type { Finding } from 'csp_evaluator/dist/finding.js';
import { CspParser } from 'csp_evaluator/dist/parser.js';
import type { Problem } from '../../plan/problem.ts';
import { problemAt } from '../../plan/problem.ts';
import type { Check } from '../check.ts';
import { HTML_PATH } from '../check.ts';
import type { ContentPolicy } from '../content-policy.ts';
import { formatPolicy } from '../content-policy.ts';

/**
 * The organisation's own policy: a card that passes under a policy that stops nothing is not safe. Only warnings, as
 * the author of a card cannot mend it.
 */
export const organisationPolicy: Check = ({ settings }) => policyProblems(settings.policy);

/** What is wrong with a policy, in the order of its directives. */
function policyProblems(policy: ContentPolicy): readonly Problem[] {
  const known = KNOWN.get(policy);
  if (known !== undefined) return known;
  const problems = new CspEvaluator(new CspParser(formatPolicy(policy)).csp).evaluate().filter(isGrave).map(problemOf);
  KNOWN.set(policy, problems);
  return problems;
}

/** A thousand cards are judged under one policy. */
const KNOWN = new WeakMap<ContentPolicy, readonly Problem[]>();

/** Severities of csp_evaluator: 10 is high, 20 a slip of the pen; above are things to think about. */
function isGrave({ severity }: Finding): boolean {
  const grade: number = severity;
  return grade <= 20;
}

function problemOf({ directive, value, description }: Finding): Problem {
  const place = value === undefined ? directive : `${directive} ${value}`;
  return problemAt(
    HTML_PATH,
    {
      code: 'csp-policy',
      message: `The organisation's content policy is weak at ${place}: ${description}`,
      remedy:
        'Have the policy of the organisation mended; until then the browser does not stop what this card would ' +
        'do there.',
    },
    { severity: 'warning' },
  );
}
