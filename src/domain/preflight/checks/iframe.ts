import type { Check } from '../check.ts';
import { htmlProblem } from '../check.ts';

const FRAMES = new Set(['iframe', 'frame', 'frameset', 'fencedframe', 'portal']);

/** Pages within the card, wherever they come from: what they show is not what was judged. */
export const iframe: Check = ({ elements }) =>
  elements.filter((element) => FRAMES.has(element.tag)).map((element) => htmlProblem(element.at, {
    code: 'csp-iframe',
    message: `The card holds another page in <${element.tag}>; what it shows can change without a rollout.`,
    remedy: 'Put the content into the card itself, or link to it.',
  }));
