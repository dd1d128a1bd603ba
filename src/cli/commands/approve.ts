/** `approve`: give the approval that the rollout waits for. */
import type { Command } from 'commander';
import { createActVerb } from '../act.ts';
import type { Run } from '../verb.ts';

export function approve(run: Run): Command {
  const help = {
    description: 'give the approval that the rollout waits for',
    follows: 'is approved and goes on',
    examples: ['approve RefundAssist --reason "team leads agree"'],
  };
  return createActVerb('approve', help, run);
}
