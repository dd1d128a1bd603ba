/** A few kilobytes that unpack to hundreds of megabytes, from whoever we ask. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGzip } from 'node:zlib';
import { Readable } from 'node:stream';
import type { Api } from '../../src/genesys/http.ts';
import { createTranscripts } from '../../src/genesys/transcripts.ts';
import { createTransport } from '../../src/genesys/transport.ts';
import { clientOf } from './with-organisation.ts';

const MIB = 1024 * 1024;
let server: http.Server;
let url: string;
let bomb: (path: string) => { readonly mib: number; readonly gzip: boolean; readonly status: number } | null;

beforeAll(async () => {
  server = http.createServer((request, response) => {
    const made = bomb(request.url ?? '');
    if (made === null) return void response.end(JSON.stringify({ access_token: 'a-token-of-ours', expires_in: 3600 }));
    response.writeHead(made.status, {
      'content-type': 'application/json',
      ...(made.gzip ? { 'content-encoding': 'gzip' } : {}),
    });
    const blanks = Readable.from(
      (function* () {
        for (let n = 0; n < made.mib; n += 1) yield Buffer.alloc(MIB, ' ');
        yield '{}';
      })(),
    );
    if (made.gzip) blanks.pipe(createGzip()).pipe(response);
    else blanks.pipe(response);
    response.on('close', () => blanks.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const tooLarge = { kind: 'badAnswer', message: expect.stringContaining('more than 16 MiB') as string };

test.each([
  ['gzip', 200, true],
  ['as it is', 200, false],
  ['a refusal', 500, true],
])('an answer of the API that is too large is cut off: %s', async (_how, status, gzip) => {
  bomb = (path) => (path === '/oauth/token' ? null : { mib: 200, gzip, status });
  const client = clientOf(url, { requestTimeoutMs: 60_000 });
  await expect(client.actions.get('a')).rejects.toMatchObject(tooLarge);
  client.close();
});

test('so is one of the login host', async () => {
  bomb = () => ({ mib: 200, gzip: true, status: 200 });
  const client = clientOf(url, { requestTimeoutMs: 60_000 });
  await expect(client.actions.get('a')).rejects.toMatchObject(tooLarge);
  client.close();
});

test('so is a transcript; one of 15 MiB is read', async () => {
  const transport = createTransport(60_000);
  const api = (async () => ({ value: { url: `${url}/document` } })) as unknown as Api;
  const transcripts = createTranscripts(api, transport, url);
  bomb = () => ({ mib: 200, gzip: true, status: 200 });
  await expect(transcripts.read('c', 'm')).rejects.toMatchObject(tooLarge);
  bomb = () => ({ mib: 15, gzip: true, status: 200 });
  expect(await transcripts.read('c', 'm')).toEqual([]);
  transport.close();
});
