/** `notify`: previews that send nothing, a test that goes out, and bad input that changes nothing. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MESSAGE_EVENTS } from '../../src/domain/messages/message.ts';
import { startScriptedServer } from '../helpers/scripted-server.ts';
import type { Reply, ScriptedServer } from '../helpers/scripted-server.ts';
import { cli, jsonLines } from './fixtures.ts';

const folder = mkdtempSync(join(tmpdir(), 'assist-notify-'));
const file = join(folder, 'messages.yaml');
let server: ScriptedServer;
let reply: Reply = {};
beforeAll(async () => {
  server = await startScriptedServer(() => reply);
  writeFileSync(
    file,
    JSON.stringify({
      apiVersion: 'assist-rollouts/v1',
      destinations: {
        team: { kind: 'slack', url: { env: 'MESSAGES_SLACK' } },
        duty: { kind: 'pagerDuty', url: server.url, routingKey: { env: 'MESSAGES_DUTY' } },
      },
      routes: { all: { to: ['team', 'duty'] } },
    }),
  );
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await server.close();
});

const run = (...args: string[]) =>
  cli(['notify', ...args], {
    env: { MESSAGES_FILE: file, MESSAGES_SLACK: `${server.url}/T/B/secret-of-the-url`, MESSAGES_DUTY: 'R0-the-key' },
  });

test('preview shows every message in 80 columns but for what is copied, and sends nothing', async () => {
  const { code, stdout } = await run('preview');
  expect(code).toBe(0);
  for (const event of MESSAGE_EVENTS) expect(stdout).toContain(`── ${event} (`);
  const long = stdout.split('\n').filter((line) => line.length > 80);
  expect(long.filter((line) => !/^(See|Type| {7})/.test(line))).toEqual([]);
  expect(server.requests).toEqual([]);
});

test('preview shows the payload of a destination without its secrets', async () => {
  const slack = await run('preview', '--event', 'harm', '--destination', 'team', '--json');
  const duty = await run('preview', '--event', 'harm', '--destination', 'duty', '--json');
  expect(jsonLines(slack.stdout)).toMatchObject([
    { kind: 'message', message: { event: 'harm' }, payload: { blocks: [{ type: 'header' }, {}, {}, {}, {}, {}] } },
  ]);
  expect(jsonLines(duty.stdout)).toMatchObject([{ payload: { event_action: 'trigger', routing_key: '…' } }]);
  expect(`${slack.stdout}${duty.stdout}`).not.toMatch(/secret-of-the-url|R0-the-key/);
  expect(server.requests).toEqual([]);
});

test('a test message is sent, and says that it is one; what is not taken is an error', async () => {
  reply = {};
  expect(await run('test', 'team')).toMatchObject({ code: 0 });
  expect(server.requests.at(-1)?.text).toContain('This is a test');
  reply = { status: 404 };
  const { code, stderr } = await run('test', 'team');
  expect(code).toBe(4);
  expect(stderr).toContain('team (slack) did not take the test: it answered 404.');
  expect(stderr).not.toContain('secret-of-the-url');
});

test.each([
  [['test', 'nobody'], 'There is no destination "nobody"'],
  [['preview', '--destination', 'nobody'], 'Name one of team, duty.'],
  [['preview', '--event', 'nothing'], "argument 'nothing' is invalid"],
])('%j is bad input', async (args, said) => {
  const before = server.requests.length;
  const { code, stderr } = await run(...args);
  expect(code).toBe(2);
  expect(stderr).toContain(said);
  expect(server.requests).toHaveLength(before);
});

test('without a file no destination has a name', async () => {
  const { code, stderr } = await cli(['notify', 'test', 'team']);
  expect(code).toBe(2);
  expect(stderr).toContain('MESSAGES_FILE is not set');
});
