/** `triggers …`: when a plan's card would surface. */
import type { Command } from 'commander';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';
import { triggersReplay } from './triggers/replay.ts';
import { triggersExplain } from './triggers/explain.ts';
import { triggersFollow } from './triggers/follow.ts';

export function triggers(run: Run): Command {
  const help = {
    description: "when a plan's card would surface, and why not; changes nothing",
    examples: [
      'triggers replay examples/refund-assist-1.5.0.yaml --from 7d',
      'triggers explain examples/refund-assist-1.5.0.yaml --text "I want a refund"',
      'triggers follow examples/refund-assist-1.5.0.yaml',
    ],
  };
  return createVerb('triggers', help)
    .addCommand(triggersReplay(run))
    .addCommand(triggersExplain(run))
    .addCommand(triggersFollow(run));
}
