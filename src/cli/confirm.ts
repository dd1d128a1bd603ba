/** Asks whoever sits at the terminal to type the action's name; in a script `--yes` says it. */
import { AssistError } from '../configurator/errors.ts';
import type { Deps } from './deps.ts';
import { shownLine } from './deps.ts';

export const YES = ['--yes', 'do not ask for confirmation; for scripts'] as const;

export interface Confirmation {
  /** What is to be typed, and what that is: `the action's name`. */
  readonly typed: string;
  readonly isWhat: string;
  /** What is repeated with --yes: `promote "RefundAssist"`. */
  readonly command: string;
  /** What this would do, with the figures. */
  readonly says: readonly string[];
  readonly yes: boolean;
}

/** Throws unless it is confirmed: nothing was done then. */
export async function confirm(
  { out, ask }: Deps,
  { typed: expected, isWhat, command, says, yes }: Confirmation,
): Promise<void> {
  if (yes) return;
  if (ask === null)
    throw new AssistError(
      'usage',
      `${says.join(' ')} Nobody can be asked here: there is no terminal.`,
      `Nothing was done. Run it on a terminal, or say --yes: \`assist-rollouts ${command} --yes …\`.`,
    );
  out.stderr(`${says.map(shownLine).join('\n')}\n`);
  const typed = await ask(`Type ${isWhat} to go on: `);
  if (typed?.trim() === expected) return;
  if (typed === null) out.stderr('\n');
  throw new AssistError(
    'usage',
    typed === null ? 'Nothing was typed.' : `That is not "${expected}".`,
    'Nothing was done.',
  );
}

/** The act on one rollout: its action's name is typed. */
export function confirmAct(
  deps: Deps,
  { act, action, ...rest }: Pick<Confirmation, 'says' | 'yes'> & { readonly act: string; readonly action: string },
): Promise<void> {
  return confirm(deps, { typed: action, isWhat: "the action's name", command: `${act} "${action}"`, ...rest });
}
