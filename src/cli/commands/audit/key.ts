/** `audit key`: the public key of who signs the log, or a new pair. */
import type { Command } from 'commander';
import { demandSigner, writeNewKey } from '../../../audit/key.ts';
import { keySource } from '../../../compose/audit-keys.ts';
import { AssistError } from '../../../configurator/errors.ts';
import { printJson, printLines } from '../../deps.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { EXIT } from '../../exit-codes.ts';
import { JSON_OBJECT, nonEmpty } from '../../options.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';

export function auditKey(run: Run): Command {
  const help = {
    description: 'print the public key',
    examples: ['audit key', 'audit key --new audit.example.com --to audit.key'],
  };
  return createVerb('key', help)
    .option('--new <name>', 'make a new pair; name it like a host: audit.example.com', nonEmpty)
    .option('--to <file>', 'where a new private key is written', nonEmpty)
    .option(...JSON_OBJECT)
    .action((options: KeyArgs) => run((deps) => printKey(deps, options)));
}

interface KeyArgs extends JsonOption {
  readonly new?: string;
  readonly to?: string;
}

async function printKey(deps: Deps, { new: name, to, json }: KeyArgs): Promise<number> {
  if ((name === undefined) !== (to === undefined))
    throw new AssistError(
      'usage',
      '--new and --to go together.',
      'Give both to make a key, neither to print the one in use.',
    );
  const signer =
    name !== undefined && to !== undefined ? await writeNewKey(to, name) : await demandSigner(keySource(deps));
  if (json)
    printJson(deps.out, {
      kind: 'auditKey',
      name: signer.name,
      key: signer.text,
      ...(to === undefined ? {} : { privateKeyFile: to }),
    });
  else printLines(deps.out, [signer.text]);
  return EXIT.ok;
}
