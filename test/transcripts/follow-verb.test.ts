/** `triggers follow` against the sandbox, over real HTTP and WebSocket. */
import { join } from 'node:path';
import { bucketOf } from '../../src/domain/split/bucket.ts';
import type { SandboxOptions } from '../../src/sandbox/options.ts';
import { SEEDED } from '../../src/sandbox/seeded-organisation.ts';
import { cli, jsonLines } from '../cli/fixtures.ts';
import type { Ran } from '../cli/fixtures.ts';
import { until } from '../sandbox/helpers.ts';
import { BILLING, givenWorld, ORDERS } from './helpers.ts';

const PLAN = join(__dirname, '../../examples/refund-assist-1.5.0.yaml');

interface Following {
  /** Resolves once what has been printed so far is enough. */
  readonly printed: (isEnough: (stdout: string) => boolean) => Promise<void>;
  /** As Ctrl-C does. */
  readonly interrupt: () => Promise<Ran>;
}

/** The sandbox's own traffic talks while it is followed, as it does in `dev`. */
async function givenFollower(args: readonly string[], options: SandboxOptions = {}): Promise<Following> {
  const { sandbox } = await givenWorld({
    notifications: { heartbeatMs: 100, transcriptionDelayMs: 50 },
    traffic: { cardsPerSecond: 30 },
    ...options,
  });
  const ctrlC = new AbortController();
  const env = {
    GENESYS_CLIENT_ID: 'sandbox-client',
    GENESYS_CLIENT_SECRET: 'sandbox-secret',
    GENESYS_LOGIN_URL: sandbox.url,
    GENESYS_API_URL: sandbox.url,
  };
  let stdout = '';
  const onStdout = (text: string): void => {
    stdout += text;
  };
  const ran = cli(['triggers', 'follow', ...args], { env, signal: ctrlC.signal, onStdout });
  return {
    printed: (isEnough) => until(() => isEnough(stdout)),
    interrupt: () => {
      ctrlC.abort();
      return ran;
    },
  };
}

test('a line for everything that is said, with the cards that surface and the arm; Ctrl-C ends it', async () => {
  const { printed, interrupt } = await givenFollower(['--json']);
  await printed((stdout) => stdout.split('\n').length > 12 && stdout.includes('"fires":true'));
  const ran = await interrupt();
  expect(ran).toMatchObject({ code: 130, stderr: `following the queue ${BILLING}\n` });
  const lines = jsonLines(ran.stdout);
  expect(lines.length).toBeGreaterThan(10);
  for (const line of lines) {
    expect(line).toMatchObject({
      kind: 'utterance',
      queueId: BILLING,
      speaker: expect.stringMatching(/^(customer|agent)$/) as string,
      text: expect.any(String) as string,
      bucket: bucketOf(line['conversationId'] as string),
    });
  }
  expect(lines.flatMap(({ cards }) => cards as object[])[0]).toMatchObject({
    action: 'RefundAssist',
    version: '1.4.0',
    arm: 'baseline',
    fires: true,
  });
});

test("with a plan its card is answered for each utterance, and conversations are in its candidate's arm below its split", async () => {
  const { printed, interrupt } = await givenFollower([PLAN, '--queue', BILLING, ORDERS, '--split', '50', '--json']);
  const parts = [BILLING, ORDERS, '"arm":"candidate"', '"arm":"baseline"'];
  await printed((stdout) => parts.every((part) => stdout.includes(part)));
  const lines = jsonLines((await interrupt()).stdout);
  expect(new Set(lines.map(({ queueId }) => queueId))).toEqual(new Set([BILLING, ORDERS]));
  for (const { bucket, cards } of lines) {
    expect(cards).toMatchObject([
      Number(bucket) < 50 ? { version: '1.5.0', arm: 'candidate' } : { version: '1.4.0', arm: 'baseline' },
    ]);
  }
});

test('people read who said what and why a card does not surface; with --mask no word is shown but the keyword', async () => {
  const { printed, interrupt } = await givenFollower([PLAN, '--mask']);
  await printed((text) => text.includes('→') && text.includes('–'));
  const { stdout } = await interrupt();
  expect(stdout).toMatch(/^\d\d:\d\d:\d\d {2}\S+ {2}bucket \d+\.\d\d {2}(customer|agent): .+$/m);
  expect(stdout).toMatch(/^ {10}→ RefundAssist v\S+ \((candidate|baseline)\) surfaces on ".+"$/m);
  expect(stdout).toMatch(/^ {10}– RefundAssist v\S+ \((candidate|baseline)\) does not surface \(\w+\): .+$/m);
  const words = stdout.split('\n').flatMap((line) => /(?:customer|agent): (.*)$/.exec(line)?.[1]?.split(' ') ?? []);
  const shown = new Set(words.filter((word) => word !== '•••'));
  expect([...shown].every((word) => ['pricing', 'refund', 'escalation', 'money', 'back'].includes(word))).toBe(true);
});

test('without a queue, said or in a trigger, it is asked for; what the organisation refuses ends it', async () => {
  const { sandbox } = await givenWorld();
  sandbox.org.actions.all().forEach(({ id }) => sandbox.org.actions.remove(id));
  const env = {
    GENESYS_CLIENT_ID: 'sandbox-client',
    GENESYS_CLIENT_SECRET: 'sandbox-secret',
    GENESYS_LOGIN_URL: sandbox.url,
    GENESYS_API_URL: sandbox.url,
  };
  expect(await cli(['triggers', 'follow'], { env })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--queue') as string,
  });
  const wrong = { ...env, GENESYS_CLIENT_SECRET: 'not-the-secret-4711' };
  const refused = await cli(['triggers', 'follow', '--queue', SEEDED.queues.billing.id], { env: wrong });
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).not.toContain('4711');
});
