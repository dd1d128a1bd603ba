import type { Fault, Problem } from '../plan/problem.ts';
import { problemAt } from '../plan/problem.ts';
import type { CardVersion } from '../plan/plan.ts';
import type { ParsedNode } from './card-parser.ts';
import type { HtmlElement, Place } from './html.ts';
import type { CodeParser } from './parse-script.ts';
import type { Tokens } from './read-card.ts';
import type { PreflightSettings } from './settings.ts';

/** What every check looks at. */
export interface Subject {
  readonly plan: { readonly action: CardVersion };
  readonly elements: readonly HtmlElement[];
  readonly settings: PreflightSettings;
  /** The card as a tree, for those who look at elements with their surroundings; null when there is none to be had. */
  readonly tree: ParsedNode | null;
  /** What the tree was made of. */
  readonly tokens: Tokens | null;
  readonly code: CodeParser;
}

/** One thing that is looked for. One file each in checks/; preflight.ts lists them. */
export type Check = (subject: Subject) => readonly Problem[];

/** Place of the card in the plan; a problem there with a line and column means those of the html. */
export const HTML_PATH = 'action.html';

/** A fault at a place in the card's html. */
export function htmlProblem(place: Place, fault: Fault, severity: Problem['severity'] = 'error'): Problem {
  return problemAt(HTML_PATH, fault, { severity, line: place.line, column: place.column });
}
