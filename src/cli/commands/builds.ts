/** `builds`: builds of the worker side by side, and where new rollouts go. */
import type { Command } from 'commander';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';
import { buildsBack, buildsMove, buildsPromote, buildsRamp } from './builds/acts.ts';
import { buildsList } from './builds/list.ts';

export function builds(run: Run): Command {
  const help = {
    description: 'builds of the worker side by side, on which of them new rollouts begin, and the way back',
    examples: ['builds list', 'builds ramp 0.2.0-5c1e77aa --percent 10 --reason "release 0.2.0"'],
  };
  return createVerb('builds', help)
    .addCommand(buildsList(run))
    .addCommand(buildsRamp(run))
    .addCommand(buildsPromote(run))
    .addCommand(buildsBack(run))
    .addCommand(buildsMove(run));
}
