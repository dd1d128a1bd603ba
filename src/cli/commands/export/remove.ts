/** `export remove`: no events come in any more. */
import type { Command } from 'commander';
import { printJson, printLines } from '../../deps.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { EXIT } from '../../exit-codes.ts';
import { JSON_OBJECT } from '../../options.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';

export function exportRemove(run: Run): Command {
  return createVerb('remove', { description: 'no events come in any more', examples: ['export remove'] })
    .option(...JSON_OBJECT)
    .action((options: JsonOption) => run((deps) => removeExport(deps, options)));
}

async function removeExport(deps: Deps, { json }: JsonOption): Promise<number> {
  const configurator = await deps.configurator();
  const removed = await configurator.removeEventExport();
  if (json) printJson(deps.out, { kind: 'export-removed', removed });
  else
    printLines(deps.out, [
      removed ? 'Removed. No events come in until a rollout sets it up again.' : 'There was none.',
    ]);
  return EXIT.ok;
}
