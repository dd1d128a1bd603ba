/** The baseline and the other triggers, read from the sandbox organisation over real HTTP. */
import { join } from 'node:path';
import { DEFAULT_CLIENT } from '../../src/sandbox/options.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import type { SandboxHandle } from '../../src/sandbox/server.ts';
import { cli, jsonLines } from '../cli/fixtures.ts';
import { ROOT } from '../helpers/sources.ts';

let sandbox: SandboxHandle;
beforeAll(async () => { sandbox = await startSandbox({ clients: [DEFAULT_CLIENT] }); });
afterAll(() => sandbox.close());

test('diff compares with the version that the organisation serves', async () => {
  const env = { GENESYS_CLIENT_ID: DEFAULT_CLIENT.id, GENESYS_CLIENT_SECRET: DEFAULT_CLIENT.secret, GENESYS_LOGIN_URL: sandbox.url, GENESYS_API_URL: sandbox.url };
  const { code, stdout, stderr } = await cli(['diff', join(ROOT, 'examples/refund-assist-1.6.0.yaml'), '--json'], { env });
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(jsonLines(stdout)).toEqual([expect.objectContaining({
    version: '1.6.0', note: null, baseline: { version: '1.4.0', from: expect.stringContaining('the organisation') },
    writes: expect.arrayContaining(['create "RefundAssist v1.6.0", enabled, candidate at 0 %', 'after the proof: disable "RefundAssist v1.4.0"']),
    card: expect.objectContaining({ added: expect.any(Number) }),
  })]);
});
