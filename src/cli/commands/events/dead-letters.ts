/** `events dead-letters …`: what could not be taken in or not be forwarded; look at it, and try it again. */
import type { Command } from 'commander';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';
import { listDeadLetters } from './dead-letters/list.ts';
import { replayDeadLetters } from './dead-letters/replay.ts';
import { showDeadLetter } from './dead-letters/show.ts';

export function deadLetters(run: Run): Command {
  const help = {
    description: 'what could not be taken in, or not be forwarded',
    examples: ['events dead-letters', 'events dead-letters replay --all'],
  };
  return createVerb('dead-letters', help)
    .addCommand(listDeadLetters(run), { isDefault: true })
    .addCommand(showDeadLetter(run))
    .addCommand(replayDeadLetters(run));
}
