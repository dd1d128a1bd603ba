/** Who may turn the knobs of the sandbox: this machine, by a name that only it has. */
import http from 'node:http';
import { networkInterfaces } from 'node:os';
import { startSandbox } from '../../src/sandbox/server.ts';
import type { SandboxHandle } from '../../src/sandbox/server.ts';

let sandbox: SandboxHandle;
beforeAll(async () => {
  sandbox = await startSandbox({ host: '0.0.0.0' });
});
afterAll(() => sandbox.close());

function statusOf(path: string, host: string, to = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    http
      .get({ host: to, port: new URL(sandbox.url).port, path, headers: { host } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      })
      .once('error', reject);
  });
}

test.each(['127.0.0.1', '127.0.0.1:8450', 'localhost:8450', 'LOCALHOST', '[::1]:8450'])(
  'Host %s: the control routes answer',
  async (host) => {
    expect(await statusOf('/sandbox/health', host)).toBe(200);
  },
);

test.each([
  'evil.example',
  'evil.example:8450',
  '127.0.0.1.evil.example',
  'localhost.evil.example',
  'sandbox:8450',
  '0.0.0.0',
])('Host %j, as a page of a stranger has it: they do not', async (host) => {
  for (const path of ['/sandbox/health', '/sandbox/faults', '/sandbox/x']) expect(await statusOf(path, host)).toBe(403);
});

test('who comes over the network is not answered, whatever host it tells; the organisation itself is open to it', async () => {
  const outside = Object.values(networkInterfaces())
    .flat()
    .find((one) => one?.family === 'IPv4' && !one.internal)?.address;
  // 127.0.0.2 as the way in is loopback too: without a network there is nobody to refuse.
  if (outside === undefined) return expect(await statusOf('/sandbox/health', 'localhost', '127.0.0.2')).toBe(200);
  expect(await statusOf('/sandbox/health', 'localhost', outside)).toBe(403);
  expect(await statusOf('/api/v2/agentassist/actions', 'sandbox:8450', outside)).toBe(401);
});
