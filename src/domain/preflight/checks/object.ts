import type { Check } from '../check.ts';
import { htmlProblem } from '../check.ts';

const OBJECTS = new Set(['object', 'embed', 'applet', 'bgsound', 'layer', 'ilayer', 'xml', 'handler', 'listener']);

/** Documents and programs within the card, wherever they come from. */
export const object: Check = ({ elements }) =>
  elements
    .filter((element) => OBJECTS.has(element.tag))
    .map((element) =>
      htmlProblem(element.at, {
        code: 'csp-object',
        message: `The card embeds a document or program with <${element.tag}>; what it does was not judged.`,
        remedy: 'Put the content into the card itself, or link to it.',
      }),
    );
