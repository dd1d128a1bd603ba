import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { assertPortsFree } from '../../src/cli/ports.ts';

const open: Server[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function takenPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(server);
  return (server.address() as AddressInfo).port;
}

test('every port that is taken is named at once, with what it is for and its option', async () => {
  const [one, two] = [await takenPort(), await takenPort()];
  await expect(
    assertPortsFree([
      { port: one, what: 'the panel', option: '--panel-port' },
      { port: 0, what: 'the console', option: '--console-port' },
      { port: two, what: 'the sandbox organisation', option: '--sandbox-port' },
    ]),
  ).rejects.toMatchObject({
    code: 'port-in-use',
    message: `2 ports are already in use: ${one}, wanted for the panel; ${two}, wanted for the sandbox organisation.`,
    remedy: expect.stringContaining('--panel-port, --sandbox-port'),
  });
});

test('one that is taken is named alone, and free ones stay free', async () => {
  const port = await takenPort();
  const use = { port, what: 'the panel', option: '--panel-port' };
  await expect(assertPortsFree([use])).rejects.toMatchObject({
    message: `Port ${port}, wanted for the panel, is already in use.`,
  });
  for (const server of open.splice(0)) await new Promise((resolve) => server.close(resolve));
  await expect(assertPortsFree([use, use])).resolves.toBeUndefined();
});
