/** `promote`: skip the remaining steps and promote (not past harm). */
import type { Command } from 'commander';
import { createActVerb } from '../act.ts';
import type { Run } from '../verb.ts';

export function promote(run: Run): Command {
  const help = {
    description: 'skip the remaining steps and promote (not past harm)',
    follows: 'is being promoted',
    examples: ['promote RefundAssist --reason "the old text is wrong since today"'],
  };
  return createActVerb('promote', help, run);
}
