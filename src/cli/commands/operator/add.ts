/** `operator add`: a key pair for a person; the private half stays with them, the public one goes into operators.yaml. */
import { rm } from 'node:fs/promises';
import type { Command } from 'commander';
import { Option } from 'commander';
import { operatorKeyFile } from '../../../compose/operator-key.ts';
import { operatorsFile } from '../../../compose/operators.ts';
import { ROLES } from '../../../domain/identity/actor.ts';
import type { Role } from '../../../domain/identity/actor.ts';
import { parsePerson } from '../../../domain/identity/operators-schema.ts';
import { AssistError } from '../../../configurator/errors.ts';
import { addOperator } from '../../../identity/edit-operators.ts';
import { writeNewKey } from '../../../identity/key-file.ts';
import { printJson, printLines } from '../../deps.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { EXIT } from '../../exit-codes.ts';
import { JSON_OBJECT, nonEmpty } from '../../options.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';
import { FILE, fileOf } from './file.ts';
import type { FileOption } from './file.ts';

export function operatorAdd(run: Run): Command {
  const help = {
    description: 'add a person, and make their key',
    examples: [
      'operator add ana --role admin',
      'operator add ben --role operator approver --group team-leads --public-key 3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08',
    ],
  };
  return createVerb('add', help)
    .argument('<name>', 'who it is; stands beside every act')
    .addOption(new Option('--role <role...>', 'on every action (default: operator)').choices(ROLES))
    .option('--group <group...>', 'for approvals and for roles that a group has')
    .option('--key <file>', 'where the private key is written (default: your configuration folder)', nonEmpty)
    .option('--public-key <key>', 'theirs, made with `operator key --new` on their own machine', nonEmpty)
    .option(...FILE)
    .option(...JSON_OBJECT)
    .action((name: string, options: AddArgs) => run((deps) => add(deps, name, options)));
}

interface AddArgs extends JsonOption, FileOption {
  readonly role?: readonly Role[];
  readonly group?: readonly string[];
  readonly key?: string;
  readonly publicKey?: string;
}

async function add(deps: Deps, name: string, args: AddArgs): Promise<number> {
  const person = parsePerson(name);
  if (typeof person !== 'string') throw new AssistError('usage', person.message, person.remedy);
  if (args.key !== undefined && args.publicKey !== undefined)
    throw new AssistError('usage', '--key and --public-key exclude each other.', 'Give the one or the other.');
  const file = fileOf(deps, args);
  const keyFile = args.publicKey === undefined ? (args.key ?? operatorKeyFile(deps.env)) : null;
  const key = keyFile === null ? (args.publicKey ?? '') : (await writeNewKey(keyFile, person)).publicKey;
  const roles = args.role ?? ['operator'];
  try {
    await addOperator(file, { name: person, key, roles, groups: args.group ?? [] });
  } catch (error) {
    // A key that nobody was given would only be in the way of the next try.
    if (keyFile !== null) await rm(keyFile, { force: true });
    throw error;
  }
  if (args.json) printJson(deps.out, { kind: 'operator', name: person, key, roles, file, privateKeyFile: keyFile });
  else
    printLines(deps.out, [
      `${person} is ${roles.join(', ')} on every action: ${file}`,
      ...(keyFile === null ? [] : [`Private key, for ${person} alone: ${keyFile}`]),
      ...(operatorsFile(deps.env) === null ? [`Workers ask for keys once they have OPERATORS_FILE=${file}`] : []),
    ]);
  return EXIT.ok;
}
