/** `console sign-in`: a link that signs you in at a console with your key, which stays on this machine. */
import type { Command } from 'commander';
import { z } from 'zod';
import { openClientFetch } from '../../../compose/api-client.ts';
import { findOperatorKey, operatorKeyFile } from '../../../compose/operator-key.ts';
import { readConfig } from '../../../config.ts';
import { AssistError } from '../../../configurator/errors.ts';
import { isTrustworthy } from '../../../domain/identity/issuer-url.ts';
import { signDelegation } from '../../../identity/delegate.ts';
import { printJson, printLines } from '../../deps.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { EXIT } from '../../exit-codes.ts';
import { JSON_OBJECT, nonEmpty } from '../../options.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';

export function consoleSignIn(run: Run): Command {
  const help = {
    description: 'print a link that signs you in at a console with your key, once, within two minutes',
    examples: ['console sign-in', 'console sign-in --url https://console.example.com'],
  };
  return createVerb('sign-in', help)
    .option('--url <url>', 'of the console; default: CONSOLE_PUBLIC_URL, else this machine', nonEmpty)
    .option(...JSON_OBJECT)
    .action((options: SignInArgs) => run((deps) => signInAt(deps, options)));
}

interface SignInArgs extends JsonOption {
  readonly url?: string;
}

const answerSchema = z.object({ console: z.string().max(512), attestor: z.string().regex(/^[\w-]{43}$/) });

async function signInAt(deps: Deps, args: SignInArgs): Promise<number> {
  const { env, out, now } = deps;
  const key = findOperatorKey(env);
  if (key === null)
    throw new AssistError(
      'usage',
      `You have no key: there is none at ${operatorKeyFile(env)}, and ASSIST_OPERATOR_KEY_FILE names none.`,
      'Make one with `assist-rollouts operator key --new <name>`, and have an admin add it; or sign in at your identity provider.',
    );
  const origin = originOf(deps, args.url);
  const { attestor } = await askConsole(deps, origin);
  // For the address as you typed it: what another console is shown of it signs nobody in there.
  const proof = signDelegation(key, { console: origin, to: attestor, nowMs: now() });
  const link = `${origin}/sign-in#proof=${proof}`;
  if (args.json) printJson(out, { kind: 'sign-in', as: key.name, console: origin, link });
  else
    printLines(out, [
      `Open this within two minutes, in the browser in which you want to act as ${key.name} (it signs in once, for 8 hours at most):`,
      link,
    ]);
  return EXIT.ok;
}

function originOf({ env }: Deps, given: string | undefined): string {
  const { publicUrl, port } = readConfig(env).console;
  const url = given ?? publicUrl ?? `http://127.0.0.1:${port}`;
  if (isTrustworthy(url)) return new URL(url).origin;
  throw new AssistError(
    'usage',
    `--url ${url} is no https address; plain http is for this machine alone.`,
    'Give the address at which your browser opens the console. Nothing was signed.',
  );
}

async function askConsole({ env }: Deps, origin: string): Promise<z.output<typeof answerSchema>> {
  const fetch = openClientFetch(env);
  try {
    const answer = await fetch(`${origin}/sign-in/key`, { headers: { accept: 'application/json' } });
    const parsed = answerSchema.safeParse(await answer.json().catch(() => null));
    if (answer.ok && parsed.success) return parsed.data;
    throw new AssistError(
      'console-unreachable',
      `What answers at ${origin} is no console at which people sign in (status ${answer.status}).`,
      'Check --url; that of `dev` takes nobody in, for it is yours already.',
    );
  } catch (cause) {
    if (cause instanceof AssistError) throw cause;
    throw new AssistError(
      'console-unreachable',
      `No console answers at ${origin} (${(cause as { code?: string }).code ?? 'no whole answer'}).`,
      'Check --url, or CONSOLE_PUBLIC_URL.',
      { cause },
    );
  } finally {
    fetch.close();
  }
}
