/** `abort`: roll back now, whatever is going on. */
import type { Command } from 'commander';
import { createWideActVerb } from '../act.ts';
import type { Run } from '../verb.ts';

export function abort(run: Run): Command {
  const help = {
    description: 'roll back now, whatever is going on',
    follows: 'is being rolled back',
    examples: ['abort RefundAssist --reason "agents report a wrong amount"'],
  };
  return createWideActVerb('abort', help, run);
}
