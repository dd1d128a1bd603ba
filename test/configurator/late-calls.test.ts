/** A connection that is closed while a call waits for its next try: the call ends, and nothing is thrown at nobody. */
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTemporalLink } from '../../src/configurator/connection.ts';

/** Says who it is, and to all else that it is away: as Temporal does while it starts again, or ends. */
async function busyTemporal(status = '14') {
  const asked: string[] = [];
  const server = createServer();
  server.on('stream', (stream, headers) => {
    const path = String(headers[':path']);
    asked.push(path);
    const isFine = path.endsWith('GetSystemInfo');
    const code = isFine ? '0' : status;
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': code, 'grpc-message': 'away' }));
    stream.end(isFine ? Buffer.alloc(5) : undefined);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { asked, server, address: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test('it ends, and the process goes on', async () => {
  const { asked, server, address } = await busyTemporal();
  const link = createTemporalLink({ connectionOptions: { address }, address, namespace: 'default', uiUrl: null });
  const call = link
    .call(60_000, (client) => client.workflow.getHandle('any').describe())
    .then(
      () => 'answered',
      () => 'ended',
    );
  while (asked.length < 3) await sleep(5);
  await link.close();
  expect(await call).toBe('ended');
  const before = asked.length;
  await sleep(1_000);
  expect(asked).toHaveLength(before);
  server.close();
});

test.each([
  ['is away until the time is over', '14'],
  ['cuts calls off as it ends', '1'],
])('a server that %s in the middle is one that cannot be reached', async (_what, status) => {
  const { server, address } = await busyTemporal(status);
  const link = createTemporalLink({ connectionOptions: { address }, address, namespace: 'default', uiUrl: null });
  await expect(link.call(1_000, (client) => client.workflow.getHandle('any').describe())).rejects.toMatchObject({
    code: 'temporal-unreachable',
    message: `Cannot reach Temporal at ${address} (namespace "default").`,
  });
  await link.close();
  server.close();
});
