import { Agent, request } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { once } from 'node:events';
import { createHonoServer } from '../../src/http/hono-server.ts';

test('many requests over a connection that is kept leave nothing on it', async () => {
  const server = createHonoServer(() => Promise.resolve(new Response('ok')));
  const sockets: Socket[] = [];
  server.on('connection', (socket) => sockets.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const { port } = server.address() as AddressInfo;
  const ask = (method: string, body: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, method, agent }, (answer) => {
        answer.resume().once('end', resolve).once('error', reject);
      });
      asked.once('error', reject).end(body);
    });
  try {
    await ask('GET', '');
    const before = sockets[0]?.listenerCount('close');
    for (let times = 0; times < 30; times += 1)
      await ask(times % 2 === 0 ? 'GET' : 'POST', times % 2 === 0 ? '' : 'unread');
    expect(sockets).toHaveLength(1);
    expect(sockets[0]?.listenerCount('close')).toBe(before);
  } finally {
    agent.destroy();
    server.close();
  }
});
