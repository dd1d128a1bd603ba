import { Agent, request } from 'node:http';
import { connect } from 'node:net';
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

const HALF = 'POST /first HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf ';
const REST = 'other';
const NEXT = 'POST /next HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n';

/** A server that answers before it has read all, one connection to it, and which paths came to be answered. */
async function answersAtOnce() {
  const asked: string[] = [];
  const server = createHonoServer(({ url }) => {
    asked.push(new URL(url).pathname);
    return new Response(null, { status: 401 });
  });
  const closed = once(server, 'connection').then(([served]) => once(served as Socket, 'close'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, allowHalfOpen: true });
  socket.write(HALF);
  await once(socket, 'data');
  return { asked, socket, closed, end: () => (socket.destroy(), server.close()) };
}

test('a request over a connection that was ended is not acted on: who sent it hears nothing', async () => {
  const { asked, socket, closed, end } = await answersAtOnce();
  try {
    socket.resume();
    await once(socket, 'end');
    socket.on('error', () => undefined).write(REST + NEXT);
    socket.end();
    await closed;
    expect(asked).toEqual(['/first']);
  } finally {
    end();
  }
});

test('what came while the process stood still is read before a connection is ended', async () => {
  const { socket, end } = await answersAtOnce();
  try {
    socket.write(REST + NEXT);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
    // Else it ends without one.
    const answer = await Promise.race([once(socket, 'data'), once(socket, 'end')]);
    expect(String(answer[0])).toMatch(/^HTTP\/1\.1 401/);
  } finally {
    end();
  }
});
