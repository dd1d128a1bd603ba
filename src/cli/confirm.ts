/** Asks whoever sits at the terminal to type the action's name; in a script `--yes` says it. */
import { AssistError } from '../configurator/errors.ts';
import type { Deps } from './deps.ts';
import { shownLine } from './deps.ts';

export const YES = ['--yes', 'do not ask for confirmation; for scripts'] as const;

export interface Confirmation {
  readonly action: string;
  readonly act: string;
  /** What this would do, with the figures. */
  readonly says: readonly string[];
  readonly yes: boolean;
}

/** Throws unless it is confirmed: nothing was done then. */
export async function confirm({ out, ask }: Deps, { action, act, says, yes }: Confirmation): Promise<void> {
  if (yes) return;
  if (ask === null)
    throw new AssistError(
      'usage',
      `${says.join(' ')} Nobody can be asked here: there is no terminal.`,
      `Nothing was done. Run it on a terminal, or say --yes: \`assist-rollouts ${act}${act.endsWith('--all') ? '' : ` "${action}"`} --yes …\`.`,
    );
  out.stderr(`${says.map(shownLine).join('\n')}\n`);
  const typed = await ask(act.endsWith('--all') ? 'Type "all" to go on: ' : `Type the action's name to go on: `);
  if (typed?.trim() === action) return;
  if (typed === null) out.stderr('\n');
  throw new AssistError(
    'usage',
    typed === null ? 'Nothing was typed.' : `That is not "${action}".`,
    'Nothing was done.',
  );
}
