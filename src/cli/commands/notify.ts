/** `notify …`: what people are told of rollouts, and how it gets to them. */
import type { Command } from 'commander';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';
import { listDestinations } from './notify/list.ts';
import { previewMessages } from './notify/preview.ts';
import { testDestination } from './notify/test.ts';

export function notify(run: Run): Command {
  const help = {
    description: 'messages for people: as they look, where they go, and whether they come',
    examples: ['notify preview --event harm', 'notify test team', 'notify list'],
  };
  return createVerb('notify', help)
    .addCommand(previewMessages(run))
    .addCommand(testDestination(run))
    .addCommand(listDestinations(run));
}
