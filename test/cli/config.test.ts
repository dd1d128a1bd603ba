import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, readConfig } from '../../src/config.ts';
import { EMPTY_ENV } from './fixtures.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
let folder: string;
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'assist-config-')); });
afterAll(() => rm(folder, { recursive: true }));

function problemsOf(read: () => unknown): Record<string, string> {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigError) return Object.fromEntries(error.problems.map(({ name, message }) => [name, message]));
    throw error;
  }
  return {};
}

test('with nothing set: a local Temporal, its Web UI, and the documented defaults', () => {
  const config = readConfig({ ...EMPTY_ENV, HOME: '/home/ana' });
  expect(config.temporal).toMatchObject({ address: 'localhost:7233', namespace: 'default', uiUrl: 'http://localhost:8233' });
  expect(config).toMatchObject({ databaseUrl: null, genesys: null, events: { host: '127.0.0.1', port: 8460, publicUrl: null, signingSecrets: [] } });
  expect(config.home).toMatch(/assist-rollouts$/);
});

test('the value is frozen all the way down', () => {
  const config = readConfig({ ...EMPTY_ENV, EVENTS_SIGNING_SECRETS: SECRET });
  expect(Object.isFrozen(config)).toBe(true);
  expect(Object.isFrozen(config.events.signingSecrets)).toBe(true);
  expect(Object.isFrozen(config.temporal.connectionOptions)).toBe(true);
});

test('Temporal: address, namespace and API key, which switches TLS on', () => {
  const { temporal } = readConfig({ ...EMPTY_ENV, TEMPORAL_ADDRESS: 'eu.example:7233', TEMPORAL_NAMESPACE: 'cards', TEMPORAL_API_KEY: 'k' });
  expect(temporal).toMatchObject({ address: 'eu.example:7233', namespace: 'cards', uiUrl: null, connectionOptions: { apiKey: 'k', tls: true } });
});

test('Temporal: a profile of a configuration file', async () => {
  const file = join(folder, 'temporal.toml');
  await writeFile(file, '[profile.prod]\naddress = "prod.example:7233"\nnamespace = "prod-ns"\n');
  const { temporal } = readConfig({ TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'prod' });
  expect(temporal).toMatchObject({ address: 'prod.example:7233', namespace: 'prod-ns' });
});

test('Genesys: region becomes hosts, secrets may come from files', async () => {
  const file = join(folder, 'secret');
  await writeFile(file, 's3cret\n');
  const { genesys } = readConfig({ ...EMPTY_ENV, GENESYS_CLIENT_ID: 'id', GENESYS_CLIENT_SECRET_FILE: file, GENESYS_REGION: 'mypurecloud.ie' }, ['genesys']);
  expect(genesys).toEqual({ clientId: 'id', clientSecret: 's3cret', loginUrl: 'https://login.mypurecloud.ie', apiUrl: 'https://api.mypurecloud.ie', callsPerMinute: 300 });
});

test('everything wrong and everything missing is listed at once', () => {
  const env = { ...EMPTY_ENV, GENESYS_REGION: 'atlantis', GENESYS_CALLS_PER_MINUTE: '-1', DATABASE_URL: 'mysql://x', GENESYS_CLIENT_SECRET_FILE: '/nonexistent/file' };
  const problems = problemsOf(() => readConfig(env, ['genesys', 'database', 'publicUrl', 'signingSecrets']));
  expect(Object.keys(problems).sort()).toEqual([
    'DATABASE_URL', 'EVENTS_PUBLIC_URL', 'EVENTS_SIGNING_SECRETS', 'GENESYS_CALLS_PER_MINUTE', 'GENESYS_CLIENT_ID', 'GENESYS_CLIENT_SECRET_FILE', 'GENESYS_REGION',
  ]);
  expect(problems['DATABASE_URL']).toBe('is not a postgres:// URL');
});

test('an empty variable counts as unset', () => {
  expect(readConfig({ ...EMPTY_ENV, DATABASE_URL: '', GENESYS_CALLS_PER_MINUTE: '' }).databaseUrl).toBeNull();
});

test('several signing secrets, the current one first; a malformed one is refused and not repeated', () => {
  const other = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
  expect(readConfig({ ...EMPTY_ENV, EVENTS_SIGNING_SECRETS: `${SECRET}, ${other}` }).events.signingSecrets).toEqual([SECRET, other]);
  const problems = problemsOf(() => readConfig({ ...EMPTY_ENV, EVENTS_SIGNING_SECRETS: 'hunter2' }));
  expect(problems['EVENTS_SIGNING_SECRETS']).toContain('whsec_');
  expect(JSON.stringify(problems)).not.toContain('hunter2');
});
