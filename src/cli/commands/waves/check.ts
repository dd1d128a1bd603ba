/** `waves check`: contacts nobody. */
import type { Command } from 'commander';
import { wavesLines } from '../../../domain/waves/lines.ts';
import { initialWaves } from '../../../domain/waves/state.ts';
import { loadWaves } from '../../../lint/waves.ts';
import { printJson, printLines } from '../../deps.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { EXIT } from '../../exit-codes.ts';
import { JSON_OBJECT } from '../../options.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';
import { planAndCardFiles } from '../../../compose/plan-files.ts';

export function wavesCheck(run: Run): Command {
  const help = {
    description: 'check a file of waves and the plan of each member; contacts nobody',
    examples: ['waves check examples/waves.yaml'],
  };
  return createVerb('check', help)
    .argument('<waves>', 'file of waves')
    .option(...JSON_OBJECT)
    .action((file: string, options: JsonOption) => run((deps) => check(deps, file, options)));
}

async function check(deps: Deps, file: string, args: JsonOption): Promise<number> {
  const waves = await loadWaves(file, planAndCardFiles(deps.env));
  if (args.json) printJson(deps.out, { kind: 'waves', waves });
  else printLines(deps.out, [`${file}: ok`, ...wavesLines(initialWaves(waves)).slice(1)]);
  return EXIT.ok;
}
