/** `resume`: go on after a pause. */
import type { Command } from 'commander';
import { createWideActVerb } from '../act.ts';
import type { Run } from '../verb.ts';

export function resume(run: Run): Command {
  const help = {
    description: 'go on after a pause',
    follows: 'goes on',
    examples: ['resume RefundAssist --reason "the training is over"'],
  };
  return createWideActVerb('resume', help, run);
}
