/** What the command line prints of others' text and of secrets, whichever verb prints it. */
import type { RolloutView } from '../../src/configurator/rollouts.ts';
import { safeOutput } from '../../src/cli/safe-output.ts';
import { createPaint } from '../../src/cli/view/paint.ts';
import { createRedactor } from '../../src/domain/text/redact.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { cli, viewOf } from './fixtures.ts';

const EVIL = 'fine\u001B[2J\u001B[H\u001B]52;c;ZXZpbA==\u0007\u009B31m\u202Esafe\u202C\n✔ 2. bake 4 s\u001B[32m';
const NOT_SHOWN = /(?![\n\t])\p{Cc}|[\u202A-\u202E\u2066-\u2069]/u;
const SECRET = `whsec_${Buffer.from('a key of some thirty-two bytes!!').toString('base64')}`;

const view = viewOf(
  {
    reason: EVIL,
    waitingFor: EVIL,
    action: EVIL,
    version: EVIL,
    steps: [{ index: 0, label: EVIL, state: 'running' }],
    phase: 'held',
  },
  {
    url: EVIL,
    troubles: [{ activity: EVIL, attempt: 2, failure: EVIL, nextTryAt: null }] as unknown as RolloutView['troubles'],
  },
);
const configurator = {
  status: () => Promise.resolve(view),
  list: () =>
    Promise.resolve({
      unseen: EVIL,
      rollouts: [
        {
          workflowId: EVIL,
          runId: EVIL,
          url: EVIL,
          state: 'RUNNING',
          action: EVIL,
          version: EVIL,
          phase: EVIL,
          outcome: null,
          splitPercent: 5,
          startedAt: '2026-11-29T04:10:00.000Z',
          endedAt: null,
          override: null,
          audience: EVIL,
          startedBy: EVIL,
          why: EVIL,
        },
      ],
    } as never),
  act: () => Promise.reject(Object.assign(new Error(EVIL), { code: 'update-rejected', remedy: EVIL })),
  async *followRollout() {
    yield { ...view, running: false };
  },
};

test.each([
  [['status', 'A']],
  [['watch', 'A']],
  [['list']],
  [['pause', 'A', '--reason', 'x']],
  [['lint', EVIL]],
  [[EVIL]],
  [['triggers', 'explain', EVIL, '--text', 'x']],
])('%j steers no terminal', async (args) => {
  const { stdout, stderr } = await cli(args, { configurator });
  expect(stdout + stderr).not.toMatch(NOT_SHOWN);
  expect(stdout + stderr).toContain(String.raw`\u001b[2J`);
});

test.each([[['status', 'A']], [['list']], [['watch', 'A']]])('%j: nobody begins a line of the view', async (args) => {
  const { stdout } = await cli(args, { configurator });
  expect(stdout).not.toMatch(/^✔ 2\. bake/m);
});

test('--json stays JSON, with the very same values', async () => {
  const { stdout } = await cli(['status', 'A', '--json'], { configurator });
  expect(stdout).not.toMatch(NOT_SHOWN);
  expect(JSON.parse(stdout)).toMatchObject({ status: { reason: EVIL } });
});

test('a reason of 125,000 characters is shown in part, and whole as JSON', async () => {
  const reason = 'x'.repeat(125_000);
  const long = { status: () => Promise.resolve(viewOf({ reason })) };
  const { stdout } = await cli(['status', 'A'], { configurator: long });
  expect(stdout.length).toBeLessThan(3_000);
  expect(stdout).toContain('… (124500 more characters)');
  expect((await cli(['status', 'A', '--json'], { configurator: long })).stdout).toContain(reason);
});

test('colours are ours only: a code in a text of others is shown', () => {
  let text = '';
  const out = safeOutput(
    {
      stdout: (more) => {
        text += more;
      },
      stderr: () => undefined,
      isTTY: true,
      color: true,
    },
    createRedactor(),
  );
  out.stdout(`${createPaint(true)('bad', 'a\u001B[32mb')} \u001B[31mc\n`);
  expect(text).toBe('\u001B[31ma\\u001b[32mb\u001B[0m \\u001b[31mc\n');
});

test('what was a secret of the environment is cut, also from errors and log lines, also encoded', async () => {
  const env = { EVENTS_SIGNING_SECRETS: SECRET, DATABASE_URL: 'postgres://app:long%20password@db/x' };
  const written = [
    SECRET,
    encodeURIComponent(SECRET),
    Buffer.from(SECRET).toString('base64'),
    Buffer.from(`id:${SECRET}`).toString('base64'),
    'long password',
    'long%20password',
  ];
  const failing = { status: () => Promise.reject(new Error(`refused: ${written.join(' | ')}`)) };
  for (const args of [
    ['status', 'A'],
    ['status', 'A', '--json'],
  ]) {
    const { stdout, stderr } = await cli(args, { env, configurator: failing });
    for (const one of written) expect(stdout + stderr).not.toContain(one.slice(6, 30));
  }
  let line = '';
  createLogger({
    stream: {
      write: (text) => {
        line += text;
      },
    },
  }).error({ err: new Error(SECRET) }, 'x');
  expect(line).not.toContain(SECRET.slice(6, 20));
});

test.each([
  ['--reason', 2_000],
  ['--by', 128],
])('%s takes %d characters and no more, and does not repeat them', async (option, most) => {
  const given: Record<string, string> = { '--reason': 'why', [option]: 'x'.repeat(most + 1) };
  const { code, stderr } = await cli(['pause', 'A', ...Object.entries(given).flat()], { configurator });
  expect(code).toBe(2);
  expect(stderr).toContain(`expected at most ${most}`);
  expect(
    (await cli(['pause', 'A', ...Object.entries({ ...given, [option]: 'x'.repeat(most) }).flat()], { configurator }))
      .code,
  ).toBe(5);
});
