/** `login`: sign in at the identity provider of the api process, at a browser of whatever machine. */
import type { Command } from 'commander';
import { z } from 'zod';
import { demandApi, loginFile, openClientFetch, tokenFor } from '../../compose/api-client.ts';
import { request } from '../../configurator/remote.ts';
import { AssistError } from '../../configurator/errors.ts';
import { signIn } from '../../identity/sign-in.ts';
import type { SignInPlace } from '../../identity/sign-in.ts';
import { changeLogin } from '../../identity/token-file.ts';
import { printJson, printLines } from '../deps.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { EXIT } from '../exit-codes.ts';
import { JSON_OBJECT, nonEmpty } from '../options.ts';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';

export function login(run: Run): Command {
  const help = {
    description: 'sign in at your identity provider, to act through the api process (ASSIST_API_URL)',
    examples: ['login', 'login --status', 'login --issuer https://login.example.com'],
  };
  return createVerb('login', help)
    .option('--issuer <url>', 'where, if people may sign in at several', nonEmpty)
    .option('--status', 'say only who is signed in, and until when')
    .option(...JSON_OBJECT)
    .action((options: LoginArgs) =>
      run((deps) => (options.status === true ? showMe(deps, options) : begin(deps, options))),
    );
}

interface LoginArgs extends JsonOption {
  readonly issuer?: string;
  readonly status?: true;
}

const placesSchema = z.object({
  issuers: z.array(
    z.object({
      issuer: z.string(),
      clientId: z.string(),
      scopes: z.array(z.string()),
      token: z.enum(['id', 'access']),
    }),
  ),
});

async function begin(deps: Deps, args: LoginArgs): Promise<number> {
  const { env, now, out, signal } = deps;
  const url = demandApi(env);
  const fetch = openClientFetch(env);
  try {
    const place = placeOf(await request({ url, fetch, token: null }, 'GET', '/v1/issuers'), url, args.issuer);
    const { token, expiresAtMs, refreshToken } = await signIn(place, {
      fetch,
      now,
      signal,
      onCode: ({ page, code, minutes }) =>
        out.stderr(`Open ${page}\nand confirm the code ${code} within ${minutes} minutes. Waiting …\n`),
    });
    const { issuer, clientId, scopes, token: kind } = place;
    const kept = { issuer, clientId, scopes: [...scopes], kind, token, expiresAtMs, refreshToken };
    await changeLogin(loginFile(env), url, async () => kept);
  } finally {
    fetch.close();
  }
  return showMe(deps, args);
}

function placeOf(answer: unknown, url: string, wanted: string | undefined): SignInPlace {
  const parsed = placesSchema.safeParse(answer);
  const places = parsed.success ? parsed.data.issuers : [];
  const [place, another] = wanted === undefined ? places : places.filter(({ issuer }) => issuer === wanted);
  if (place !== undefined && another === undefined) return place;
  const named = places.map(({ issuer }) => issuer).join(', ');
  throw new AssistError(
    'usage',
    places.length === 0
      ? `Nobody can sign in at ${url}: no issuer of its operators.yaml has a login.`
      : wanted === undefined
        ? `People sign in at several places: ${named}.`
        : `People do not sign in at ${wanted}, but at ${named}.`,
    places.length === 0 ? 'An admin adds login: { clientId } to it.' : 'Say which with --issuer.',
  );
}

interface Me {
  readonly name: string;
  readonly subject: string;
  readonly groups: readonly string[];
  readonly tokenExpiresAt: string;
}

async function showMe({ env, now, out }: Deps, { json }: JsonOption): Promise<number> {
  const url = demandApi(env);
  const fetch = openClientFetch(env);
  try {
    const token = () => tokenFor(env, url, { fetch, now });
    const me = await request<Me>({ url, fetch, token }, 'GET', '/v1/me');
    if (json) printJson(out, { kind: 'login', api: url, ...me });
    else
      printLines(out, [
        `You act as ${me.name} at ${url} (${me.subject}).`,
        ...(me.groups.length === 0 ? [] : [`Groups: ${me.groups.join(', ')}`]),
        `This token is good until ${me.tokenExpiresAt}; it is refreshed as long as your provider allows.`,
      ]);
    return EXIT.ok;
  } finally {
    fetch.close();
  }
}
