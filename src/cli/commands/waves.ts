/** `waves`: one card over several actions, a rollout for each, wave after wave. */
import type { Command } from 'commander';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';
import { wavesAct } from './waves/act.ts';
import { wavesCheck } from './waves/check.ts';
import { wavesStart } from './waves/start.ts';
import { wavesStatus } from './waves/status.ts';

export function waves(run: Run): Command {
  const help = {
    description: 'roll one card out over several actions, wave after wave; the first that does harm stops them',
    examples: ['waves start examples/waves.yaml', 'waves status refund-1.5.0'],
  };
  const verb = createVerb('waves', help)
    .addCommand(wavesStart(run))
    .addCommand(wavesCheck(run))
    .addCommand(wavesStatus(run));
  for (const act of ['pause', 'resume', 'abort'] as const) verb.addCommand(wavesAct(act, run));
  return verb;
}
