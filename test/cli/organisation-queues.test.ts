/** Queues by name, read from the sandbox organisation over real HTTP. */
import { DEFAULT_CLIENT } from '../../src/sandbox/options.ts';
import { SEEDED } from '../../src/sandbox/seeded-organisation.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import type { SandboxHandle } from '../../src/sandbox/server.ts';
import { cli, jsonLines } from './fixtures.ts';

const BLIND = { ...DEFAULT_CLIENT, id: 'blind', permissions: [] };
const { billing } = SEEDED.queues;
const many = Array.from({ length: 301 }, (_, n) => ({
  id: `10000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  name: `Many ${String(n).padStart(3, '0')}`,
}));

let sandbox: SandboxHandle;
beforeAll(async () => {
  sandbox = await startSandbox({ clients: [DEFAULT_CLIENT, BLIND], moreQueues: many });
});
afterAll(() => sandbox.close());

const queues = (args: readonly string[], client = DEFAULT_CLIENT) =>
  cli(['organisation', 'queues', ...args], {
    env: {
      GENESYS_CLIENT_ID: client.id,
      GENESYS_CLIENT_SECRET: client.secret,
      GENESYS_LOGIN_URL: sandbox.url,
      GENESYS_API_URL: sandbox.url,
    },
  });

test('a part of the name finds the queue with its id', async () => {
  const { code, stdout, stderr } = await queues(['illin']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toBe(`id${' '.repeat(36)}name\n${billing.id}  Billing\n`);
  const json = await queues(['illin', '--json']);
  expect(jsonLines(json.stdout)).toEqual([
    { kind: 'queues', queues: [{ name: 'Billing', id: billing.id }], more: false },
  ]);
});

test('without a text all are listed, over pages, up to some hundred, and it says that there are more', async () => {
  const { stdout } = await queues([]);
  expect(stdout).toContain(`${billing.id}  Billing\n`);
  expect(stdout.split('\n')).toHaveLength(1 + 300 + 1 + 1);
  expect(stdout).toContain('These are the first 300. There are more: name a part of the name.');
  expect(jsonLines((await queues(['--json'])).stdout)).toEqual([
    { kind: 'queues', queues: expect.any(Array), more: true },
  ]);
  const exact = await queues(['Many 0']);
  expect(exact.stdout).not.toContain('There are more');
});

test('where none is found it says what the client sees', async () => {
  const { code, stdout } = await queues(['nowhere']);
  expect(code).toBe(0);
  expect(stdout).toContain('There is no queue with "nowhere" in its name that the OAuth client may see.');
});

test('who may not look at queues is told which permission lacks, and without an organisation which settings do', async () => {
  const refused = await queues([], BLIND);
  expect(refused.code).toBe(4);
  expect(refused.stderr).toContain('routing:queue:view');
  const without = await cli(['organisation', 'queues']);
  expect(without.code).toBe(2);
  expect(without.stderr).toContain('GENESYS_CLIENT_ID');
});
