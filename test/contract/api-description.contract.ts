/**
 * Each request and each answer against the published API description. It may not be redistributed, so these tests are
 * there only where `GENESYS_OAS` names the folder of its YAML files; CONTRIBUTING.md says how.
 */
import { DEFAULT_CLIENT, PANEL_CLIENT } from '../../src/sandbox/options.ts';
import { officialSdk } from '../helpers/official-sdk.ts';
import { givenPlayed } from '../sandbox/copilot/helpers.ts';
import type { Played } from '../sandbox/copilot/helpers.ts';
import { clientOf } from '../sandbox/helpers.ts';
import { ApiDescription } from './api-description.ts';
import type { Rights } from './api-description.ts';
import { driveEveryOperation } from './operations.ts';
import { driveOurClient } from './our-client.ts';
import { givenRecorder } from './recorder.ts';
import type { Exchange, Recorder } from './recorder.ts';

const description = new ApiDescription(process.env['GENESYS_OAS'] ?? '');

/** In the official SDK, and not in the description: it is older. */
const NEWER = ['PATCH /api/v2/conversations/{}/suggestions/{}'];
const NEWER_FIELD = /must NOT have additional properties {"additionalProperty":"participantType"}/;

const nameOf = ({ method, path }: Exchange): string =>
  `${method} ${path.replaceAll(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, '{}')}`;

function judge(exchanges: readonly Exchange[]): { problems: readonly string[]; checked: number } {
  const described = exchanges.filter(({ path }) => path.startsWith('/api/v2/'));
  const problems = described.flatMap((exchange) => {
    const found = description.problemsOf(exchange);
    if (found !== null) return found.filter((problem) => !NEWER_FIELD.test(problem));
    return NEWER.includes(nameOf(exchange)) ? [] : [`${nameOf(exchange)} is not described`];
  });
  return { problems: [...new Set(problems)], checked: described.length };
}

async function given(): Promise<Recorder & { readonly played: Played }> {
  const played = await givenPlayed({ copilot: { jobMs: 0, analyticsDelayMs: 0, settlesMs: 0 } });
  played.play(20_000);
  return { played, ...(await givenRecorder(played.sandbox.url)) };
}

test('the folder holds the description', () => {
  expect(description.paths).toBeGreaterThan(2_000);
});

test('what the official SDK asks and the sandbox answers is as described', async () => {
  const { url, exchanges, played } = await given();
  await driveEveryOperation(await officialSdk(url), played);
  const { problems, checked } = judge(exchanges);
  expect(problems).toEqual([]);
  expect(checked).toBeGreaterThan(80);
});

test('what our client asks is as described', async () => {
  const { url, exchanges, played } = await given();
  await driveOurClient(url, played);
  const { problems, checked } = judge(exchanges);
  expect(problems).toEqual([]);
  expect(checked).toBeGreaterThan(50);
});

test.each([
  ['GET', 'routing/queues/nothing', 'nobody', 401],
  ['GET', 'routing/queues/nothing', undefined, 400],
  ['GET', 'routing/queues/00000000-0000-4000-8000-000000000000', undefined, 404],
  ['GET', 'users/me', undefined, 400],
  ['POST', 'integrations', undefined, 415],
])('the refusal of %s %s by %s is as described', async (method, path, token, status) => {
  const { url, exchanges, played } = await given();
  await fetch(`${url}/api/v2/${path}`, { method, headers: { authorization: `Bearer ${token ?? played.token}` } });
  expect(exchanges).toMatchObject([{ status }]);
  expect(judge(exchanges).problems).toEqual([]);
});

/** What a caller who has nothing at all is told to lack; none where the call is not refused for that. */
function lackingIn({ status, answer }: Exchange): readonly string[] {
  if (status !== 403) return [];
  const { code, message = '' } = answer as { readonly code?: string; readonly message?: string };
  const named = code === 'app.not.authorized.for.scope' ? /\[(.*)\]$/.exec(message)?.[1] : message.split(': ').at(-1);
  return (named ?? '').split(', ');
}

/** The description's own words: of skills it is asked for only where a skill has a division. */
const BY_DIVISION = /\/routing\/skills/;

function isAsked(lacking: readonly string[], rights: Rights, kind: 'permissions' | 'scopes'): boolean {
  const asked = rights[kind];
  if (asked.length === 0) return lacking.length === 0;
  const enough = kind === 'scopes' || rights.needsAll ? asked.length : 1;
  return lacking.length >= enough && lacking.every((one) => asked.includes(one));
}

test('permissions and scopes are asked for as described', async () => {
  const codeClient = { ...PANEL_CLIENT, id: 'nothing', scopes: [] };
  const powerless = { ...DEFAULT_CLIENT, id: 'powerless', permissions: [] };
  const clients = [DEFAULT_CLIENT, PANEL_CLIENT, codeClient, powerless];
  const played = await givenPlayed({ clients, copilot: { jobMs: 0, analyticsDelayMs: 0, settlesMs: 0 } });
  const { url, exchanges } = await givenRecorder(played.sandbox.url);
  played.play(20_000);
  await driveEveryOperation(await officialSdk(url), played);
  const agent = played.sandbox.org.people.agents()[0]?.id ?? '';
  const tokens = {
    permissions: (await clientOf(played.sandbox, 'powerless')).token,
    scopes: played.sandbox.org.oauth.tokenOfAgent('nothing', agent),
  };
  const operations = new Map(exchanges.map((exchange) => [nameOf(exchange), exchange]));
  const wrong: unknown[] = [];
  let checked = 0;
  for (const { method, path } of operations.values()) {
    const rights = description.rightsOf({ method, path } as Exchange);
    if (rights === null || method === 'HEAD') continue;
    for (const kind of ['permissions', 'scopes'] as const) {
      const headers = { authorization: `Bearer ${tokens[kind]}`, 'content-type': 'application/json' };
      await fetch(url + path, { method, headers, ...(method !== 'GET' && { body: '{}' }) });
      const lacking = lackingIn(exchanges.at(-1) as Exchange);
      if (!isAsked(lacking, rights, kind) && !BY_DIVISION.test(path)) wrong.push([method, path, lacking, rights[kind]]);
      checked += 1;
    }
  }
  expect(wrong).toEqual([]);
  expect(checked).toBeGreaterThan(120);
});
