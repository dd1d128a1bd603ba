/** Every bad input: one exit code, one message that names the way out. */
import { existsSync, mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cli, jsonLines } from './fixtures.ts';

const PLAN = join(__dirname, '../../examples/refund-assist-1.5.0.yaml');

test.each([
  ['frobnicate', ''],
  ['wtach', ' Did you mean watch?'],
  ['rollback', ' Did you mean abort or undo?'],
  ['stat', ' Did you mean start or status?'],
  ['constructor', ''],
])('an unknown verb, %s, is answered in one line with the nearest ones, and exits with 2', async (verb, near) => {
  expect(await cli([verb, 'RefundAssist'])).toEqual({
    code: 2,
    stdout: '',
    stderr: `error: unknown command '${verb}'.${near} \`assist-rollouts --help\` lists all verbs.\n`,
  });
});

test.each([
  [
    ['audit', 'lst'],
    "error: unknown command 'lst'. Did you mean list? `assist-rollouts audit --help` shows how it is used.\n",
  ],
  [
    ['list', '--limt', '3'],
    "error: unknown option '--limt'. Did you mean --limit? `assist-rollouts list --help` shows how it is used.\n",
  ],
  [['start'], "error: missing required argument 'plan'. `assist-rollouts start --help` shows how it is used.\n"],
])('%j is answered in one line', async (args, line) => {
  expect(await cli(args)).toEqual({ code: 2, stdout: '', stderr: line });
});

test('no verb at all shows the usage and exits with 2', async () => {
  const { code, stderr } = await cli([]);
  expect(code).toBe(2);
  expect(stderr).toContain('Usage: assist-rollouts');
});

test.each(['pause', 'resume', 'approve', 'advance', 'promote', 'override', 'abort'])(
  '%s without a reason says so in a line and exits with 2; its help marks what is required',
  async (verb) => {
    const { code, stderr } = await cli([verb, 'RefundAssist']);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      new RegExp(`^error: required option '--reason <text>' .*\`assist-rollouts ${verb} --help\`.*\n$`),
    );
    expect((await cli([verb, '--help'])).stdout).toMatch(/--reason <text>[^-]*\(required\)/);
  },
);

test('a reason of blanks is no reason', async () => {
  const { code, stderr } = await cli(['abort', 'RefundAssist', '--reason', '  ']);
  expect(code).toBe(2);
  expect(stderr).toContain('not empty');
});

test('an unknown option and a port that is none exit with 2', async () => {
  expect((await cli(['list', '--frob'])).code).toBe(2);
  const { code, stderr } = await cli(['sandbox', '--port', '99999']);
  expect(code).toBe(2);
  expect(stderr).toContain('whole number from 0 to 65535');
});

test.each([
  ...['status', 'watch', 'history', 'explain'].map((verb) => [verb]),
  ...[
    'pause',
    'resume',
    'approve',
    'withdraw',
    'advance',
    'promote',
    'abort',
    'retry',
    'restart',
    'undo',
    'recover',
  ].map((verb) => [verb, '--reason', 'why']),
  ['override', '--guardrail', 'acceptanceRate', '--for', '1h', '--reason', 'why', '--yes'],
])('%s asks nobody about what no action is called, and is short about it', async (verb, ...rest) => {
  for (const name of ['', 'a\0b', '\ud800', 'RefundАssist', 'x'.repeat(100_000)]) {
    const { code, stdout, stderr } = await cli([verb, name, ...rest], { configurator: {} });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('is not an action name; expected 1 to 64 letters');
    expect(stderr.length).toBeLessThan(6_000);
  }
});

test.each([
  [['show', 'a\0@1.0.0'], 'is not an action name'],
  [['show', 'RefundAssist@latest'], 'names no version'],
  [['calendar', 'RefundАssist'], 'is not an action name'],
  [['list', '--action', 'a\0'], 'is not an action name'],
  [['freeze', '--action', 'RefundАssist', '--until', '1h', '--reason', 'why'], 'is not an action name'],
  [['list', '--since', '2026-02-30'], 'which is neither an instant nor a duration'],
  [['audit', 'list', '--until', '2026-11-31T09:00:00Z'], 'which is neither an instant nor a duration'],
])('%j is refused before anybody is asked', async (args, words) => {
  const { code, stdout, stderr } = await cli(args, { configurator: {} });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(words);
});

test.each([
  ['waves', 'status', '\ud800'],
  ['waves', 'abort', '../x', '--reason', 'why'],
])('%s %s %j is no name of waves', async (...args) => {
  const { code, stderr } = await cli(args, { configurator: {} });
  expect(code).toBe(2);
  expect(stderr).toContain('is no name of waves; expected a name of 1 to 80 letters');
});

test('of a file with a name of any length the beginning and the end are told', async () => {
  const { code, stdout } = await cli(['start', `/tmp/${'x'.repeat(100_000)}/plan.yaml`, '--json']);
  expect(code).toBe(2);
  expect(stdout).toMatch(/characters left out\)/);
  expect(stdout.length).toBeLessThan(8_000);
});

test('a plan file that is not there is named', async () => {
  const { code, stderr } = await cli(['start', '/nonexistent/plan.yaml']);
  expect(code).toBe(2);
  expect(stderr).toContain('There is no file /nonexistent/plan.yaml');
});

test('with --json every error is one object on stdout, and stderr is silent', async () => {
  const plan = await cli(['start', '/nonexistent/plan.yaml', '--json']);
  expect(plan.stderr).toBe('');
  expect(jsonLines(plan.stdout)).toEqual([
    expect.objectContaining({
      kind: 'error',
      code: 'plan-invalid',
      problems: [expect.objectContaining({ code: 'plan-file-missing' })],
    }),
  ]);
  const verb = await cli(['frobnicate', '--json']);
  expect(verb).toMatchObject({ code: 2, stderr: '' });
  expect(jsonLines(verb.stdout)).toEqual([
    {
      kind: 'error',
      code: 'usage',
      message: "unknown command 'frobnicate'.",
      remedy: '`assist-rollouts --help` lists all verbs.',
    },
  ]);
});

test.each([[['status', 'X']], [['watch', 'X']], [['list']], [['abort', 'X', '--reason', 'why']]])(
  '%j says within seconds that Temporal cannot be reached, and exits with 4',
  async (args) => {
    const { code, stderr } = await cli(args, { env: { TEMPORAL_ADDRESS: '127.0.0.1:1' } });
    expect(code).toBe(4);
    expect(stderr).toContain('Cannot reach Temporal at 127.0.0.1:1 (namespace "default").');
    expect(stderr).toContain('TEMPORAL_ADDRESS');
  },
);

test('a worker without its environment gets the whole list of what is missing', async () => {
  const { code, stderr } = await cli(['worker']);
  expect(code).toBe(2);
  for (const name of [
    'GENESYS_CLIENT_ID',
    'GENESYS_CLIENT_SECRET',
    'GENESYS_REGION',
    'DATABASE_URL',
    'EVENTS_PUBLIC_URL',
    'EVENTS_SIGNING_SECRETS',
  ]) {
    expect(stderr).toContain(`${name}: is not set`);
  }
});

test('an events service with a bad secret and a bad port is told both at once', async () => {
  const env = { DATABASE_URL: 'postgres://db/x', EVENTS_SIGNING_SECRETS: 'hunter2', EVENTS_PORT: 'many' };
  const { code, stdout } = await cli(['events', '--json'], { env });
  expect(code).toBe(2);
  expect(jsonLines(stdout)).toEqual([
    expect.objectContaining({
      kind: 'error',
      code: 'config-invalid',
      problems: [
        expect.objectContaining({ name: 'EVENTS_PORT' }),
        expect.objectContaining({ name: 'EVENTS_SIGNING_SECRETS' }),
      ],
    }),
  ]);
  expect(stdout).not.toContain('hunter2');
});

describe('a port in use', () => {
  const holder = createServer();
  let port = 0;
  beforeAll(async () => {
    await new Promise<void>((resolve) => {
      holder.listen(0, '127.0.0.1', resolve);
    });
    port = (holder.address() as AddressInfo).port;
  });
  afterAll(
    () =>
      new Promise((resolve) => {
        holder.close(resolve);
      }),
  );

  test.each([
    ['sandbox', '--port', {}],
    ['dev', '--temporal-port', {}],
    ['dev', '--events-port', { TEMPORAL_ADDRESS: '127.0.0.1:1' }],
  ])('is named by %s with the option %s that changes it', async (verb, option, env) => {
    const others = verb === 'dev' && option === '--events-port' ? ['--sandbox-port', '0'] : [];
    const { code, stderr } = await cli([verb, option, String(port), ...others], { env });
    expect(code).toBe(2);
    expect(stderr).toContain(`Port ${port}, wanted for`);
    expect(stderr).toContain(`Choose another with ${option} <port>`);
  });
});

test('help and version are no errors', async () => {
  const help = await cli(['--help']);
  expect(help.code).toBe(0);
  expect(help.stdout).toContain('3  the rollout was rolled back');
  expect(await cli(['--version'])).toMatchObject({ code: 0, stdout: '9.9.9\n' });
});

test('models that are not JSON are refused with an example', async () => {
  const { code, stderr } = await cli(['sandbox', '--port', '0', '--models', '{oops']);
  expect(code).toBe(2);
  expect(stderr).toContain('--models is not JSON');
});

test.each([
  [['explain', 'RefundAssist']],
  [['audit', 'list']],
  [['audit', 'verify']],
  [['retention', '--older-than', '90d', '--reason', 'why']],
])('%j on a machine where nothing has run says so, and makes no database', async (args) => {
  const home = join(mkdtempSync(join(tmpdir(), 'assist-empty-')), 'home');
  const { code, stderr } = await cli(args, { env: { ASSIST_ROLLOUTS_HOME: home } });
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /no embedded database at .*home.database: nothing has run here[\s\S]*DATABASE_URL[\s\S]*ASSIST_ROLLOUTS_HOME/,
  );
  expect(existsSync(home)).toBe(false);
});

test('an organisation that is half described is a mistake of the environment, and diff does not go on without it', async () => {
  const { code, stderr } = await cli(['diff', PLAN], {
    env: { GENESYS_REGION: 'mypurecloud.com', GENESYS_CLIENT_ID: 'id' },
  });
  expect(code).toBe(2);
  expect(stderr).toContain('GENESYS_CLIENT_SECRET: is not set');
  expect((await cli(['diff', PLAN], { env: { GENESYS_API_URL: 'http://127.0.0.1:8450' } })).stderr).toContain(
    'GENESYS_CLIENT_ID: is not set',
  );
  expect((await cli(['diff', PLAN, '--against', PLAN], { env: { GENESYS_CLIENT_ID: 'id' } })).code).toBe(0);
});

test('browsers in the environment that cannot be read are named by their variable', async () => {
  const { code, stderr } = await cli(['lint', PLAN], { env: { CARD_BROWSERS: 'netscape >= 4' } });
  expect(code).toBe(2);
  expect(stderr).toMatch(/CARD_BROWSERS: "netscape >= 4" is no browserslist query/);
});
