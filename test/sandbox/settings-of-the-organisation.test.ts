import { DEFAULT_CLIENT, PANEL_CLIENT } from '../../src/sandbox/options.ts';
import { call, givenSandbox } from './helpers.ts';

const ME = '/api/v2/tokens/me';
const TRANSCRIPTION = '/api/v2/routing/settings/transcription';

test('a token says whose it is, and is gone when it is deleted', async () => {
  const client = await givenSandbox();
  const { org, url } = client.sandbox;
  expect((await client.call('GET', ME)).body).toMatchObject({
    organization: { name: 'Sandbox' },
    authorizedScope: [],
    OAuthClient: { id: 'sandbox-client', authorizedGrantType: 'CLIENT-CREDENTIALS' },
  });
  const agent = org.oauth.tokenOfAgent(PANEL_CLIENT.id, org.people.agents()[0]?.id ?? '');
  expect((await call(url + ME, 'GET', agent)).body).toMatchObject({ authorizedScope: PANEL_CLIENT.scopes });
  expect((await call(url + ME, 'HEAD', agent)).status).toBe(200);
  expect((await call(url + ME, 'DELETE', agent)).status).toBe(200);
  expect((await call(url + ME, 'HEAD', agent)).status).toBe(401);
  expect((await client.call('HEAD', ME)).status).toBe(200);
});

test('transcription is on and fast unless it was set otherwise, and can be set', async () => {
  const client = await givenSandbox({ transcription: { lowLatencyTranscriptionEnabled: false } });
  expect((await client.call('GET', TRANSCRIPTION)).body).toMatchObject({
    transcription: 'EnabledGlobally',
    lowLatencyTranscriptionEnabled: false,
  });
  await client.call('PATCH', TRANSCRIPTION, { lowLatencyTranscriptionEnabled: true });
  const off = { transcription: 'Disabled', transcriptionConfidenceThreshold: 50 };
  expect((await client.call('PUT', TRANSCRIPTION, off)).body).toMatchObject({
    ...off,
    lowLatencyTranscriptionEnabled: true,
  });
  expect((await client.call('PUT', TRANSCRIPTION, { transcription: 'Off' })).status).toBe(400);
});

test('the limit that holds is the limit that is told', async () => {
  const client = await givenSandbox({ rateLimitPerMinute: 7 });
  const { body } = await client.call('GET', '/api/v2/organizations/limits/namespaces/platform.api');
  const limits = body['entities'] as { key: string; value: number }[];
  const value = limits.find(({ key }) => key === 'client.credentials.token.rate.per.minute')?.value ?? 0;
  const answers: number[] = [];
  for (let n = 1; n <= value; n += 1) answers.push((await client.call('HEAD', ME)).status);
  expect(answers).toEqual([200, 200, 200, 200, 200, 200, 429]);
});

test('OAuth clients are told without their secrets', async () => {
  const client = await givenSandbox();
  const { body } = await client.call('GET', '/api/v2/oauth/clients');
  expect(body).toMatchObject({
    entities: [
      { id: DEFAULT_CLIENT.id, authorizedGrantType: 'CLIENT-CREDENTIALS', state: 'active' },
      { id: PANEL_CLIENT.id, authorizedGrantType: 'CODE', scope: PANEL_CLIENT.scopes },
    ],
  });
  expect(JSON.stringify(body)).not.toContain(DEFAULT_CLIENT.secret);
  expect((await client.call('GET', `/api/v2/oauth/clients/${PANEL_CLIENT.id}`)).body).toMatchObject({
    id: PANEL_CLIENT.id,
  });
});
