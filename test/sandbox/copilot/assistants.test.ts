/** `/api/v2/assistants`: what the API description says of assistants and their copilots. */
import { SEEDED_ASSISTANTS } from '../../../src/sandbox/copilot/seeded-assistants.ts';
import { clientOf, givenSandbox } from '../helpers.ts';

const ASSISTANTS = '/api/v2/assistants';
const { baseline, candidate } = SEEDED_ASSISTANTS;
const NOWHERE = '00000000-0000-4000-8000-000000000000';
const body = (name: string): object => ({ name, transcriptionConfig: { vendorName: 'Genesys' } });

type Listing = { entities: { id: string; name: string }[]; nextUri?: string; previousUri?: string };

test('pages follow nextUri to the end and previousUri back, whatever is deleted meanwhile', async () => {
  const { call } = await givenSandbox();
  for (const name of ['A', 'B', 'C']) await call('POST', ASSISTANTS, body(name));
  const first = (await call('GET', `${ASSISTANTS}?pageSize=2`)).body as Listing;
  expect(first.entities.map(({ name }) => name)).toEqual([baseline.name, candidate.name]);
  expect(first.previousUri).toBeUndefined();
  const second = (await call('GET', String(first.nextUri))).body as Listing;
  expect(second.entities.map(({ name }) => name)).toEqual(['A', 'B']);
  await call('DELETE', `${ASSISTANTS}/${candidate.id}`);
  await call('DELETE', `${ASSISTANTS}/${second.entities[0]?.id}`);
  const third = (await call('GET', String(second.nextUri))).body as Listing;
  expect(third.entities.map(({ name }) => name)).toEqual(['C']);
  expect(third.nextUri).toBeUndefined();
  const back = (await call('GET', String(third.previousUri))).body as Listing;
  expect(back.entities.map(({ name }) => name)).toEqual([baseline.name, 'B']);
});

test('a name finds its assistants, all of them: nothing keeps a second one from having it', async () => {
  const { call } = await givenSandbox();
  await call('POST', ASSISTANTS, body('Twice'));
  await call('POST', ASSISTANTS, body('Twice'));
  const { entities } = (await call('GET', `${ASSISTANTS}?name=Twice`)).body as Listing;
  expect(entities).toHaveLength(2);
  expect((await call('GET', `${ASSISTANTS}?name=Twi`)).body).toMatchObject({ entities: [] });
});

test('where names are to be unique the second is a 409', async () => {
  const { call } = await givenSandbox({ copilot: { uniqueNames: true } });
  expect((await call('POST', ASSISTANTS, body('Once'))).status).toBe(200);
  expect(await call('POST', ASSISTANTS, body('Once'))).toMatchObject({
    status: 409,
    body: { code: 'request.conflict' },
  });
});

test('a change moves dateModified and modifiedBy, and there is no version', async () => {
  let now = Date.parse('2026-05-01T10:00:00Z');
  const { call } = await givenSandbox({ now: () => now });
  const before = (await call('GET', `${ASSISTANTS}/${baseline.id}`)).body;
  now += 1_000;
  const { body: after, headers } = await call('PATCH', `${ASSISTANTS}/${baseline.id}`, body('Other name'));
  expect(after).toMatchObject({ name: 'Other name', createdBy: before['createdBy'] });
  expect(after['dateModified']).toBe('2026-05-01T10:00:01.000Z');
  expect(after['modifiedBy']).not.toEqual(before['modifiedBy']);
  expect([after['version'], headers.get('etag')]).toEqual([undefined, null]);
});

test('the copilot is read and written as a whole; it is seen in an assistant only where it is asked for', async () => {
  const { call } = await givenSandbox();
  const path = `${ASSISTANTS}/${baseline.id}/copilot`;
  const { body: known } = await call('GET', path);
  expect(known).toMatchObject({ enabled: true, liveOnQueue: true, defaultLanguage: 'en-US' });
  const put = await call('PUT', path, { liveOnQueue: false, defaultLanguage: 'en-US' });
  expect(put).toMatchObject({ status: 200, body: { liveOnQueue: false } });
  expect(put.body['ruleEngineConfig']).toBeUndefined();
  expect((await call('GET', `${ASSISTANTS}/${baseline.id}`)).body['copilot']).toBeUndefined();
  expect((await call('GET', `${ASSISTANTS}/${baseline.id}?expand=copilot`)).body['copilot']).toEqual(put.body);
  const { body: listing } = await call('GET', `${ASSISTANTS}?name=${baseline.name}&expand=copilot`);
  expect(listing).toMatchObject({ entities: [{ copilot: put.body }] });
});

test('an administrator made a rule with a third-party action; its attributes are those that were set', async () => {
  const { call } = await givenSandbox({ copilot: { thirdPartyAttributes: { webhook: 'x' } } });
  const { body: copilot } = await call('GET', `${ASSISTANTS}/${candidate.id}/copilot`);
  const { rules } = copilot['ruleEngineConfig'] as { rules: { rule: { actions: object[] } }[] };
  expect(rules.flatMap(({ rule }) => rule.actions)).toContainEqual({
    actionType: 'ThirdPartyAction',
    attributes: { webhook: 'x' },
  });
});

test.each([
  ['another language', { liveOnQueue: true, defaultLanguage: 'de-DE' }, 'bad.request'],
  ['a threshold of 1', threshold(1), 'constraint.validation'],
  ['a rule without conditions', rule([], [{ actionType: 'Script' }]), 'constraint.validation'],
  ['an unknown action', rule([intent()], [{ actionType: 'Dance' }]), 'constraint.validation'],
])('a copilot with %s is refused', async (_, copilot, code) => {
  const { call } = await givenSandbox();
  const path = `${ASSISTANTS}/${baseline.id}/copilot`;
  const before = await call('GET', path);
  expect(await call('PUT', path, copilot)).toMatchObject({ status: 400, body: { code } });
  expect((await call('GET', path)).body).toEqual(before.body);
});

function threshold(intentConfidenceThreshold: number): object {
  const domain = { id: NOWHERE, useLatestVersion: true };
  return { liveOnQueue: true, defaultLanguage: 'en-US', nluConfig: { domain, intentConfidenceThreshold } };
}

function intent(): object {
  return { conditionType: 'Intent', conditionValues: ['Refund'] };
}

function rule(conditions: object[], actions: object[]): object {
  const rules = [{ enabled: true, rule: { conditions, actions } }];
  return { liveOnQueue: true, defaultLanguage: 'en-US', ruleEngineConfig: { rules } };
}

test('an assistant that has queues is not deleted unless it is so set; then its queues are free', async () => {
  const refusing = await givenSandbox();
  expect(await refusing.call('DELETE', `${ASSISTANTS}/${baseline.id}`)).toMatchObject({ status: 409 });
  const { call } = await givenSandbox({ copilot: { deletesWithQueues: true } });
  expect((await call('DELETE', `${ASSISTANTS}/${baseline.id}`)).status).toBe(204);
  expect((await call('GET', `${ASSISTANTS}/queues`)).body).toMatchObject({ entities: [] });
  expect((await call('GET', `${ASSISTANTS}/${baseline.id}`)).status).toBe(404);
});

test('each right is one of its own, and scopes do not matter', async () => {
  const reader = { id: 'reader', secret: 's', scopes: [], permissions: ['assistants:assistant:view'] };
  const { sandbox } = await givenSandbox({ clients: [reader] });
  const { call } = await clientOf(sandbox, 'reader', 's');
  expect((await call('GET', ASSISTANTS)).status).toBe(200);
  expect(await call('POST', ASSISTANTS, body('X'))).toMatchObject({
    status: 403,
    body: { code: 'missing.permissions', message: expect.stringContaining('assistants:assistant:add') as string },
  });
  expect((await call('GET', `${ASSISTANTS}/${baseline.id}/copilot`)).status).toBe(403);
});

test.each([
  ['pageSize=201', 'invalid.query.param.value'],
  ['pageSize=0', 'invalid.query.param.value'],
  ['after=nonsense', 'invalid.query.param.value'],
  ['expand=everything', 'invalid.query.param.value'],
])('?%s is refused', async (query, code) => {
  const { call } = await givenSandbox();
  expect(await call('GET', `${ASSISTANTS}?${query}`)).toMatchObject({ status: 400, body: { code } });
});
