/** What the platform has and the sandbox has not is never blamed on the caller. */
import { DETAILS, call, givenSandbox } from './helpers.ts';

const INTERVAL = '2026-01-01T00:00:00Z/2026-01-02T00:00:00Z';
const where = (kind: string, predicate: object): object => ({
  interval: INTERVAL,
  [kind]: [{ type: 'and', predicates: [predicate] }],
});

test.each([
  ['a metric', where('conversationFilters', { type: 'metric', metric: 'tHandle', range: { gt: 1000 } })],
  ['a dimension', where('segmentFilters', { dimension: 'wrapUpCode', value: 'x' })],
  ['a property', where('segmentFilters', { type: 'property', property: 'a', propertyType: 'string', value: 'x' })],
  ['aggregations', { interval: INTERVAL, aggregations: [{ type: 'termFrequency', dimension: 'queueId', size: 3 }] }],
  ['surveys', where('surveyFilters', { dimension: 'surveyId', value: 'x' })],
])('a valid details query by %s is 501', async (_, body) => {
  const client = await givenSandbox();
  const answer = await client.call('POST', DETAILS, body);
  expect(answer).toMatchObject({ status: 501, body: { code: 'sandbox.not.imitated' } });
});

test.each([
  ['a misspelt dimension', where('segmentFilters', { dimension: 'queue_id', value: 'x' })],
  ['a misspelt metric', where('conversationFilters', { metric: 'tHandel' })],
  ['a predicate of nothing', where('conversationFilters', { value: 'x' })],
])('%s is a 400, as on the platform', async (_, body) => {
  const client = await givenSandbox();
  expect((await client.call('POST', DETAILS, body)).status).toBe(400);
});

test('no filters at all are a valid query', async () => {
  const client = await givenSandbox();
  const empty = { interval: INTERVAL, evaluationFilters: [], surveyFilters: [], aggregations: [] };
  expect((await client.call('POST', DETAILS, empty)).status).toBe(200);
});

test.each([
  ['GET', '/api/v2/responsemanagement/libraries', 501],
  ['PATCH', '/api/v2/groups/x', 501],
  ['GET', '/api/v2/integrations/actions', 501],
  ['GET', '/api/v2/routing/queues/divisionviews/all', 501],
  ['GET', '/api/v2/routing/queues/me', 501],
  ['GET', '/api/v2/integrations/00000000-0000-4000-8000-000000000000', 404],
  ['GET', '/api/v2/routing/wrapupcodes', 501],
  ['GET', '/api/v2/nothing/of/the/kind', 404],
  ['GET', '/api/v2/agentassist/nothing', 404],
  ['GET', '/nothing', 404],
])('%s %s: %d', async (method, path, status) => {
  const client = await givenSandbox();
  expect((await client.call(method, path)).status).toBe(status);
});

test('it is told to nobody without a token', async () => {
  const { sandbox } = await givenSandbox();
  expect((await call(`${sandbox.url}/api/v2/routing/wrapupcodes`, 'GET', undefined)).status).toBe(401);
});
