/** The baseline, the other triggers, queues and skills, read from the sandbox organisation over real HTTP. */
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_CLIENT } from '../../src/sandbox/options.ts';
import { SEEDED } from '../../src/sandbox/seeded-organisation.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import type { SandboxHandle } from '../../src/sandbox/server.ts';
import { cli, jsonLines } from './fixtures.ts';
import { ROOT } from '../helpers/sources.ts';

const NOWHERE = '00000000-0000-4000-8000-000000000000';
const BLIND = { ...DEFAULT_CLIENT, id: 'blind', permissions: ['agentassist:action:view'] };
const PLAN = join(ROOT, 'examples/refund-assist-1.6.0.yaml');

let sandbox: SandboxHandle;
let folder: string;
beforeAll(async () => {
  sandbox = await startSandbox({ clients: [DEFAULT_CLIENT, BLIND] });
  folder = await mkdtemp(join(tmpdir(), 'diff-organisation-'));
});
afterAll(async () => {
  await sandbox.close();
  await rm(folder, { recursive: true });
});

const env = (client = DEFAULT_CLIENT) => ({
  GENESYS_CLIENT_ID: client.id,
  GENESYS_CLIENT_SECRET: client.secret,
  GENESYS_LOGIN_URL: sandbox.url,
  GENESYS_API_URL: sandbox.url,
});

/** An example with something else in its place. */
async function planWith(from: string, to: string): Promise<string> {
  const text = await readFile(PLAN, 'utf8');
  expect(text).toContain(from);
  const file = join(folder, 'plan.yaml');
  await writeFile(file, text.replace(from, to));
  await copyFile(join(ROOT, 'examples/refund-assist-1.6.0.html'), join(folder, 'refund-assist-1.6.0.html'));
  return file;
}

test('diff compares with the version that the organisation serves', async () => {
  const { code, stdout, stderr } = await cli(['diff', PLAN, '--json'], { env: env() });
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(jsonLines(stdout)).toEqual([
    expect.objectContaining({
      version: '1.6.0',
      note: null,
      baseline: { version: '1.4.0', from: expect.stringContaining('the organisation') },
      writes: expect.arrayContaining([
        'create "RefundAssist v1.6.0", enabled, candidate at 0 %',
        'after the proof: disable "RefundAssist v1.4.0"',
      ]),
      card: expect.objectContaining({ added: expect.any(Number) }),
      findings: [],
    }),
  ]);
});

test.each(['demo/1.5.0', 'demo/1.6.0', 'refund-assist-1.5.0'])(
  'nothing is found in the trigger of examples/%s: the organisation has its queues and skills, and serves the ' +
    'same trigger',
  async (example) => {
    const { stdout } = await cli(['diff', join(ROOT, `examples/${example}.yaml`), '--json'], { env: env() });
    expect(jsonLines(stdout)).toEqual([expect.objectContaining({ findings: [] })]);
  },
);

test('a queue that the organisation does not have is named, with its code and the way out, and exits with 2', async () => {
  const plan = await planWith(SEEDED.queues.billing.id, NOWHERE);
  const { code, stdout } = await cli(['diff', plan, '--json'], { env: env() });
  expect(code).toBe(2);
  const [result] = jsonLines(stdout);
  expect(result?.['findings']).toEqual([
    {
      kind: 'triggerDiffers',
      what: 'trigger',
      severity: 'warning',
      code: 'trigger-differs',
      message: expect.stringContaining('conditions +1 −1'),
      remedy: expect.any(String),
    },
    {
      kind: 'unknownId',
      what: `queue ${NOWHERE}`,
      severity: 'error',
      code: 'trigger-id-unknown',
      message: expect.stringContaining('would never be shown'),
      remedy: expect.stringContaining('`assist-rollouts organisation queues` lists them'),
    },
  ]);
  const text = (await cli(['diff', plan], { env: env() })).stdout;
  expect(text).toMatch(
    /Look at\n.*! trigger-differs {2}.*\n.*! trigger-id-unknown {2}The organisation has no queue 0{8}-.*lists them/,
  );
});

test('who may not look them up is told so once, with the permission', async () => {
  const { code, stdout } = await cli(['diff', await planWith(SEEDED.queues.billing.id, NOWHERE), '--json'], {
    env: env(BLIND),
  });
  expect(code).toBe(0);
  const findings = jsonLines(stdout)[0]?.['findings'] as { code?: string; message: string }[];
  expect(findings.filter((finding) => finding.code === 'trigger-id-unknown')).toEqual([]);
  expect(findings.filter((finding) => finding.code === 'trigger-id-unchecked')).toEqual([
    expect.objectContaining({ kind: 'uncheckedIds', message: expect.stringContaining('lacks routing:queue:view') }),
  ]);
});
