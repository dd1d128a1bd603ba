/** `pause`: stop at this split; guardrails stay live. */
import type { Command } from 'commander';
import { createWideActVerb } from '../act.ts';
import type { Run } from '../verb.ts';

export function pause(run: Run): Command {
  const help = {
    description: 'stop at this split; guardrails stay live',
    follows: 'stays at this split; the guardrails stay live',
    examples: [
      'pause RefundAssist --reason "waiting for the training on Monday"',
      'pause --all --reason "incident 4711"',
    ],
  };
  return createWideActVerb('pause', help, run);
}
