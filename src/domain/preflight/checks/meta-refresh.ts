import type { Check } from '../check.ts';
import { htmlProblem } from '../check.ts';
import { attributeOf } from '../html.ts';

/** `<meta http-equiv=refresh>` takes the agent to another page while a customer is on the line. */
export const metaRefresh: Check = ({ elements }) =>
  elements
    .filter(
      (element) =>
        element.tag === 'meta' && attributeOf(element, 'http-equiv')?.value.trim().toLowerCase() === 'refresh',
    )
    .map((element) =>
      htmlProblem(element.at, {
        code: 'csp-meta-refresh',
        message: 'The card reloads or leaves itself with <meta http-equiv="refresh">.',
        remedy: 'Remove it, and link to the other page if agents need it.',
      }),
    );
