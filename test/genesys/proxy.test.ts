/** Through a real proxy of this machine, which knows where `api.example.test` is and counts who asks. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { WebSocketServer } from 'ws';
import { freePort } from '../../bench/lib/ports.ts';
import { createGenesysClient } from '../../src/genesys/client.ts';
import type { GenesysClient } from '../../src/genesys/client.ts';
import type { GenesysError } from '../../src/genesys/errors.ts';
import { openNotificationSocket } from '../../src/genesys/notifications-socket.ts';
import { isDirect } from '../../src/genesys/proxy.ts';
import type { ProxySettings } from '../../src/genesys/proxy.ts';

const PASSWORD = 'proxy-password-that-must-not-be-seen';
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

let certificate: { key: Buffer; cert: Buffer };
beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), 'proxy-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const making = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=example.test';
  const names = ['-addext', 'subjectAltName=DNS:*.example.test'];
  execFileSync('openssl', [...making.split(' '), ...names, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  certificate = { key: readFileSync(key), cert: readFileSync(cert) };
  rmSync(folder, { recursive: true });
  // What NODE_EXTRA_CA_CERTS does for a process.
  const create = tls.createSecureContext;
  jest.spyOn(tls, 'createSecureContext').mockImplementation((options) => create({ ...options, ca: certificate.cert }));
});
afterAll(() => {
  jest.restoreAllMocks();
});

async function listening(server: http.Server | net.Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closers.unshift(() => {
    if (server instanceof http.Server) server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Tokens, users and notification channels, with a socket that greets. */
async function startPlatform(secure: boolean): Promise<{ port: number; asked: string[] }> {
  const asked: string[] = [];
  const answer = (request: http.IncomingMessage, response: http.ServerResponse) => {
    asked.push(`${request.method} ${request.url}`);
    const channel = { id: 'ch-1', connectUri: `${secure ? 'wss' : 'ws'}://streaming.example.test/channels/ch-1` };
    const token = { access_token: 'token', expires_in: 3600 };
    const body = request.url?.includes('/oauth/token') ? token : { ...channel, expires: '2026-03-02T00:00:00Z' };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const server = secure ? https.createServer(certificate, answer) : http.createServer(answer);
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => socket.send(JSON.stringify({ topicName: 'hello', eventBody: 1 })));
  closers.unshift(() => sockets.clients.forEach((socket) => socket.terminate()));
  return { port: await listening(server), asked };
}

interface LocalProxy {
  readonly url: string;
  readonly connects: string[];
  readonly forwarded: string[];
  /** What it says instead of letting somebody through. */
  status: number;
}

/** Lets everybody with the password through to the platform, whatever name they ask for. */
async function startProxy(platformPort: number): Promise<LocalProxy> {
  const connects: string[] = [];
  const forwarded: string[] = [];
  const rights = `Basic ${Buffer.from(`user:${PASSWORD}`).toString('base64')}`;
  const server = http.createServer((request, response) => {
    forwarded.push(request.url ?? '');
    response.writeHead(500).end();
  });
  server.on('connect', (request, socket) => {
    connects.push(request.url ?? '');
    const mayPass = request.headers['proxy-authorization'] === rights ? proxy.status : 407;
    if (mayPass !== 200) return void socket.end(`HTTP/1.1 ${mayPass} No\r\ncontent-length: 0\r\n\r\n`);
    const onward = net.connect(platformPort, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    for (const one of [onward, socket]) one.on('error', () => onward.destroy());
  });
  const port = await listening(server);
  const proxy: LocalProxy = { url: `http://user:${PASSWORD}@127.0.0.1:${port}`, connects, forwarded, status: 200 };
  return proxy;
}

function clientBehind(proxy: ProxySettings, scheme: 'http' | 'https' = 'https', more: object = {}): GenesysClient {
  const client = createGenesysClient({
    loginUrl: `${scheme}://login.example.test`,
    apiUrl: `${scheme}://api.example.test`,
    clientId: 'client',
    clientSecret: 'very-secret-secret',
    callsPerMinute: 3000,
    now: () => 1_000_000,
    sleep: () => Promise.reject(new Error('a test slept')),
    proxy,
    ...more,
  });
  closers.unshift(() => client.close());
  return client;
}

const through = (url: string, except: readonly string[] = []): ProxySettings => ({ https: url, http: url, except });
const createChannel = (client: GenesysClient) => client.notifications.createChannel();
const failureOf = (asked: Promise<unknown>) => asked.then(() => undefined).catch((error: unknown) => error);

test('https goes through one tunnel to each host, and calls share it', async () => {
  const platform = await startPlatform(true);
  const proxy = await startProxy(platform.port);
  const client = clientBehind(through(proxy.url));
  for (let call = 0; call < 3; call += 1) expect(await createChannel(client)).toMatchObject({ id: 'ch-1' });
  expect(proxy.connects).toEqual(['login.example.test:443', 'api.example.test:443']);
  expect(platform.asked).toHaveLength(4);
});

test('plain http goes through a tunnel too, each request once', async () => {
  const platform = await startPlatform(false);
  const proxy = await startProxy(platform.port);
  expect(await createChannel(clientBehind(through(proxy.url), 'http'))).toMatchObject({ id: 'ch-1' });
  expect(proxy.connects).toEqual(['login.example.test:80', 'api.example.test:80']);
  expect(proxy.forwarded).toEqual([]);
  expect(platform.asked).toEqual(['POST /oauth/token', 'POST /api/v2/notifications/channels']);
});

test.each([
  ['wss', true, 'streaming.example.test:443'],
  ['ws', false, 'streaming.example.test:80'],
])('a socket of notifications (%s) goes through a tunnel', async (_scheme, secure, tunnel) => {
  const platform = await startPlatform(secure);
  const proxy = await startProxy(platform.port);
  const { connectUri, agent } = await createChannel(clientBehind(through(proxy.url), secure ? 'https' : 'http'));
  const event = await new Promise((resolve, reject) => {
    openNotificationSocket({ connectUri, agent, silenceMs: 60_000, connectMs: 60_000, onEvent: resolve, onEnd: reject })
      .then((socket) => closers.unshift(() => socket.close()))
      .catch(reject);
  });
  expect(event).toEqual({ topicName: 'hello', eventBody: 1 });
  expect(proxy.connects).toContain(tunnel);
});

describe('is one clear error, without the password:', () => {
  const says = async (client: GenesysClient, came: RegExp): Promise<void> => {
    const error = await failureOf(createChannel(client));
    expect(error).toMatchObject({ kind: 'proxy', message: expect.stringMatching(came) });
    expect((error as Error).message).toContain('HTTPS_PROXY');
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(PASSWORD);
  };

  test.each([
    [407, /refused with status 407: it wants a user and a password/],
    [403, /refused with status 403: it does not let us through/],
    [502, /refused with status 502/],
  ])('a proxy that answers %i to a tunnel', async (status, came) => {
    const platform = await startPlatform(true);
    const proxy = await startProxy(platform.port);
    proxy.status = status;
    await says(clientBehind(through(proxy.url)), came);
    expect(platform.asked).toEqual([]);
  });

  test.each(['http', 'https'] as const)('a proxy that is not there (%s)', async (scheme) => {
    const port = await freePort();
    const url = `http://user:${PASSWORD}@127.0.0.1:${port}`;
    await says(clientBehind(through(url), scheme), /the proxy 127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED\)/);
  });

  test('a proxy that hangs up', async () => {
    const port = await listening(net.createServer((socket) => socket.destroy()));
    await says(clientBehind(through(`http://user:${PASSWORD}@127.0.0.1:${port}`)), /cannot be reached/);
  });

  test('a socket that the proxy refuses', async () => {
    const platform = await startPlatform(true);
    const proxy = await startProxy(platform.port);
    const { connectUri, agent } = await createChannel(clientBehind(through(proxy.url)));
    proxy.status = 403;
    const parts = { connectUri, agent, silenceMs: 60_000, connectMs: 60_000, onEvent: () => {}, onEnd: () => {} };
    expect(await failureOf(openNotificationSocket(parts))).toMatchObject({ kind: 'proxy' });
  });
});

test('a proxy that keeps silent costs a time-out, and no connection is left behind', async () => {
  let tellClosed: () => void;
  const closed = new Promise<void>((resolve) => void (tellClosed = resolve));
  const port = await listening(
    net.createServer((socket) =>
      socket
        .resume()
        .on('error', () => undefined)
        .on('close', () => tellClosed()),
    ),
  );
  const client = clientBehind(through(`http://127.0.0.1:${port}`), 'https', { requestTimeoutMs: 300 });
  const error = (await failureOf(createChannel(client))) as GenesysError;
  expect(['proxy', 'timeout']).toContain(error.kind);
  await closed;
});

test('who is excepted, and this machine, is asked directly', async () => {
  const platform = await startPlatform(false);
  const proxy = await startProxy(platform.port);
  const here = `http://127.0.0.1:${platform.port}`;
  const client = clientBehind(through(proxy.url), 'http', { loginUrl: here, apiUrl: here });
  await createChannel(client);
  expect([...proxy.connects, ...proxy.forwarded]).toEqual([]);
  const excepted = clientBehind(through(proxy.url, ['example.test']), 'https');
  expect(await failureOf(createChannel(excepted))).toMatchObject({ kind: 'network' });
  expect(proxy.connects).toEqual([]);
});

test.each([
  ['https://api.example.test/x', 'example.test', true],
  ['https://api.example.test/x', '.example.test', true],
  ['https://api.example.test/x', '*.example.test', true],
  ['https://API.example.test/x', 'Api.Example.Test', true],
  ['https://badexample.test/x', 'example.test', false],
  ['https://example.test.evil/x', 'example.test', false],
  ['https://api.example.test/x', 'api.example.test:443', true],
  ['wss://api.example.test/x', 'api.example.test:443', true],
  ['https://api.example.test:8443/x', 'api.example.test:443', false],
  ['https://api.example.test/x', '*', true],
  ['https://api.example.test/x', '.', false],
  ['https://10.1.2.3/x', '10.1.2.3', true],
  ['http://localhost:8080/x', 'other', true],
  ['http://[::1]/x', 'other', true],
])('%s with NO_PROXY=%s is asked directly: %s', (url, entry, direct) => {
  expect(isDirect(new URL(url), [entry])).toBe(direct);
});
