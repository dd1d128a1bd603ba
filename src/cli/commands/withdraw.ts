/** `withdraw`: take an approval back that one has given, until the step has gone on. */
import type { Command } from 'commander';
import { createActVerb } from '../act.ts';
import type { Run } from '../verb.ts';

export function withdraw(run: Run): Command {
  const help = {
    description: 'take your approval back, until the step has gone on',
    follows: 'is approved by you no longer',
    examples: ['withdraw RefundAssist --reason "the amount on the card is wrong"'],
  };
  return createActVerb('withdraw', help, run);
}
