import type { Check } from '../check.ts';
import { htmlProblem } from '../check.ts';
import { attributeOf } from '../html.ts';

/**
 * A shadow root hides what is in it from the styles and scripts of the page. Only a warning: what is in it was read
 * too.
 */
export const shadowRoot: Check = ({ elements }) =>
  elements
    .filter(
      (element) =>
        element.tag === 'template' &&
        ['shadowrootmode', 'shadowroot'].some((name) => attributeOf(element, name) !== undefined),
    )
    .map((element) =>
      htmlProblem(
        element.at,
        {
          code: 'csp-shadow-root',
          message: 'The card hides content in a declarative shadow root, where the styles of the page do not reach it.',
          remedy:
            'Put the content into the card itself, or define the element in a script file that script-src allows.',
        },
        'warning',
      ),
    );
