/** `logout`: forget the tokens of the api process at this machine. */
import type { Command } from 'commander';
import { demandApi, loginFile } from '../../compose/api-client.ts';
import { changeLogin, readLogin } from '../../identity/token-file.ts';
import { printJson, printLines } from '../deps.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { EXIT } from '../exit-codes.ts';
import { JSON_OBJECT } from '../options.ts';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';

export function logout(run: Run): Command {
  const help = {
    description: 'forget who is signed in at the api process (ASSIST_API_URL), at this machine',
    examples: ['logout'],
  };
  return createVerb('logout', help)
    .option(...JSON_OBJECT)
    .action((options: JsonOption) => run((deps) => forget(deps, options)));
}

async function forget({ env, out }: Deps, { json }: JsonOption): Promise<number> {
  const url = demandApi(env);
  const file = loginFile(env);
  const was = (await readLogin(file, url)) !== null;
  if (was) await changeLogin(file, url, async () => null);
  if (json) printJson(out, { kind: 'logout', api: url, was });
  else
    printLines(out, [was ? `Signed out of ${url}; its tokens are deleted here.` : `Nobody was signed in at ${url}.`]);
  return EXIT.ok;
}
