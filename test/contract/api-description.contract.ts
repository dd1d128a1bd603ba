/**
 * Each request and each answer against the published API description. It may not be redistributed, so these tests are
 * there only where `GENESYS_OAS` names the folder of its YAML files; CONTRIBUTING.md says how.
 */
import { officialSdk } from '../helpers/official-sdk.ts';
import { givenPlayed } from '../sandbox/copilot/helpers.ts';
import type { Played } from '../sandbox/copilot/helpers.ts';
import { ApiDescription } from './api-description.ts';
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
