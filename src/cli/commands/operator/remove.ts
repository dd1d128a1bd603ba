/** `operator remove`: takes a person out of operators.yaml; their next act is refused. */
import type { Command } from 'commander';
import { removeOperator } from '../../../identity/edit-operators.ts';
import { printJson, printLines } from '../../deps.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { EXIT } from '../../exit-codes.ts';
import { JSON_OBJECT } from '../../options.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';
import { FILE, fileOf } from './file.ts';
import type { FileOption } from './file.ts';

export function operatorRemove(run: Run): Command {
  const help = { description: 'take a person out; their next act is refused', examples: ['operator remove ana'] };
  return createVerb('remove', help)
    .argument('<name>', 'as `operator list` shows it')
    .option(...FILE)
    .option(...JSON_OBJECT)
    .action((name: string, options: JsonOption & FileOption) => run((deps) => remove(deps, name, options)));
}

async function remove(deps: Deps, name: string, args: JsonOption & FileOption): Promise<number> {
  const file = fileOf(deps, args);
  await removeOperator(file, name);
  if (args.json) printJson(deps.out, { kind: 'operatorRemoved', name, file });
  else printLines(deps.out, [`${name} is out of ${file}. Every worker that has this file refuses their next act.`]);
  return EXIT.ok;
}
