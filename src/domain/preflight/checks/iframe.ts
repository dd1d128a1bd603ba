import type { Check } from '../check.ts';
import { htmlProblem } from '../check.ts';
import { attributeOf } from '../html.ts';

const FRAMES = new Set(['iframe', 'frame', 'frameset', 'fencedframe', 'portal', 'webview', 'controlledframe']);

/** Pages within the card, wherever they come from, also when they are written into `srcdoc`. */
export const iframe: Check = ({ elements }) =>
  elements
    .filter((element) => FRAMES.has(element.tag))
    .map((element) =>
      htmlProblem(element.at, {
        code: 'csp-iframe',
        message:
          attributeOf(element, 'srcdoc') === undefined
            ? `The card holds another page in <${element.tag}>; what it shows can change without a rollout.`
            : `The card holds another page in the srcdoc of <${element.tag}>, with scripts and styles of its own.`,
        remedy: 'Put the content into the card itself, or link to it.',
      }),
    );
