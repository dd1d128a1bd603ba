import { openOrganisation } from '../../src/configurator/genesys.ts';
import { readConfig } from '../../src/config.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import type { SandboxHandle } from '../../src/sandbox/server.ts';
import { EMPTY_ENV, cli } from '../cli/fixtures.ts';
import { newSecret } from '../helpers/push.ts';

let sandbox: SandboxHandle;
let env: Record<string, string>;
beforeAll(async () => {
  sandbox = await startSandbox();
  env = {
    GENESYS_CLIENT_ID: 'sandbox-client',
    GENESYS_CLIENT_SECRET: 'sandbox-secret',
    GENESYS_LOGIN_URL: sandbox.url,
    GENESYS_API_URL: sandbox.url,
    EVENTS_PUBLIC_URL: 'https://events.example',
  };
});
afterAll(() => sandbox.close());

const json = async (...args: string[]) => {
  const { code, stdout } = await cli([...args, '--json'], { env });
  return { code, ...(JSON.parse(stdout) as Record<string, unknown>) };
};

async function setUp(publicUrl: string): Promise<void> {
  const { genesys } = readConfig({ ...EMPTY_ENV, ...env }, ['genesys']);
  if (genesys === null) throw new Error('The organisation is configured above.');
  const organisation = openOrganisation(genesys, { now: Date.now });
  await organisation.eventExport.open({ publicUrl, signingSecret: newSecret() });
  organisation.close();
}

test('shows that there is none, the one that a rollout set up, and the one that somebody changed; removes it once', async () => {
  expect(await json('export', 'show')).toMatchObject({ code: 0, found: false, asWanted: null });
  await setUp('https://events.example');
  expect(await json('export', 'show')).toMatchObject({
    found: true,
    asWanted: true,
    export: { enabled: true, destination: { url: 'https://events.example/events' } },
  });
  await setUp('https://elsewhere.example');
  expect(await json('export', 'show')).toMatchObject({ found: true, asWanted: false });
  expect((await cli(['export', 'show'], { env })).stdout).toMatch(
    /to {6}https:\/\/elsewhere\.example\/events[^]*not as it must be/,
  );
  expect([await json('export', 'remove'), await json('export', 'remove')]).toMatchObject([
    { code: 0, removed: true },
    { code: 0, removed: false },
  ]);
  expect(await json('export', 'show')).toMatchObject({ found: false });
});

test('without credentials it says which variables are missing', async () => {
  const { code, stdout } = await cli(['export', 'remove', '--json']);
  expect([code, JSON.parse(stdout)]).toMatchObject([2, { code: 'config-invalid' }]);
});

test('a client that the organisation refuses, and one that is not there, exit with 4 and say what to look at', async () => {
  const refused = await cli(['export', 'show', '--json'], { env: { ...env, GENESYS_CLIENT_SECRET: 'not-the-secret' } });
  expect([refused.code, JSON.parse(refused.stdout)]).toMatchObject([
    4,
    { code: 'organisation-refused', message: expect.stringContaining('GENESYS_CLIENT_SECRET') },
  ]);
  const nobody = { GENESYS_LOGIN_URL: 'http://127.0.0.1:1', GENESYS_API_URL: 'http://127.0.0.1:1' };
  const { code, stdout } = await cli(['export', 'show', '--json'], { env: { ...env, ...nobody } });
  expect([code, JSON.parse(stdout)]).toMatchObject([4, { code: 'organisation-unavailable' }]);
});
