/** `advance`: leave the current bake, or a hook that holds, now (not past harm). */
import type { Command } from 'commander';
import { createActVerb } from '../act.ts';
import type { Run } from '../verb.ts';

export function advance(run: Run): Command {
  const help = {
    description: 'leave the current bake, or a hook that holds, now (not past harm)',
    follows: 'leaves this step',
    examples: ['advance RefundAssist --reason "seen by the team leads, no need to wait"'],
  };
  return createActVerb('advance', help, run);
}
