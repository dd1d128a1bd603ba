/** `export …`: the event export that rollouts set up in the organisation. */
import type { Command } from 'commander';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';
import { exportShow } from './export/show.ts';
import { exportRemove } from './export/remove.ts';

export function eventExport(run: Run): Command {
  const help = {
    description: 'the event export in the organisation, which rollouts set up',
    examples: ['export show'],
  };
  return createVerb('export', help).addCommand(exportShow(run)).addCommand(exportRemove(run));
}
