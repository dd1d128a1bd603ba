/** `operator key`: the public half of the key that you act with, or of a new one. */
import type { Command } from 'commander';
import { findOperatorKey, operatorKeyFile } from '../../../compose/operator-key.ts';
import { AssistError } from '../../../configurator/errors.ts';
import { parsePerson } from '../../../domain/identity/operators-schema.ts';
import { IdentityError } from '../../../identity/errors.ts';
import { writeNewKey } from '../../../identity/key-file.ts';
import { printJson, printLines } from '../../deps.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { EXIT } from '../../exit-codes.ts';
import { JSON_OBJECT, nonEmpty } from '../../options.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';

export function operatorKey(run: Run): Command {
  const help = {
    description: 'print the public key that you act with, for who adds you',
    examples: ['operator key', 'operator key --new ben', 'operator key --new api --to api-key.json'],
  };
  return createVerb('key', help)
    .option('--new <name>', 'make one, in your configuration folder', nonEmpty)
    .option('--to <file>', 'write a new one there instead', nonEmpty)
    .option(...JSON_OBJECT)
    .action((options: KeyArgs) => run((deps) => printKey(deps, options)));
}

interface KeyArgs extends JsonOption {
  readonly new?: string;
  readonly to?: string;
}

async function printKey({ env, out }: Deps, { new: name, to, json }: KeyArgs): Promise<number> {
  if (to !== undefined && name === undefined)
    throw new AssistError('usage', '--to goes with --new.', 'Give --new <name> too, or leave --to out.');
  const key = name === undefined ? findOperatorKey(env) : await writeNewKey(to ?? operatorKeyFile(env), keyName(name));
  if (key === null)
    throw new IdentityError(
      'operator-key-missing',
      `You have no key: ASSIST_OPERATOR_KEY is not set, and there is none at ${operatorKeyFile(env)}.`,
      'Make one with `assist-rollouts operator key --new <name>`.',
    );
  if (json) printJson(out, { kind: 'operatorKey', name: key.name, key: key.publicKey });
  else printLines(out, [`${key.name} ${key.publicKey}`]);
  return EXIT.ok;
}

/** That of a process bears its own name, which is no person's. */
function keyName(name: string): string {
  if (name === 'api') return name;
  const person = parsePerson(name);
  if (typeof person === 'string') return person;
  throw new AssistError('usage', person.message, person.remedy);
}
