/** How this program was called: a command that is shown is one that can be typed. */
import { VERB_NAMES } from './program.ts';

/** What starts it, as bin/assist-rollouts says; absent: it is on the PATH. */
export const PROGRAM_VARIABLE = 'ASSIST_ROLLOUTS_PROGRAM';

/** The name before a verb or an option, where no path and no word of a runner stands before it already. */
const COMMAND = new RegExp(
  `(?<![\\w./-]|npx )assist-rollouts(?= (?:(?:${VERB_NAMES.join('|')})(?![\\w-])|--?\\w|\\[options\\]))`,
  'g',
);

/** Every command in a text by the name by which the program was called. */
export function asCalled(text: string, program: string | undefined): string {
  return program === undefined || program === 'assist-rollouts' ? text : text.replaceAll(COMMAND, program);
}
