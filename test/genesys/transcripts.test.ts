import { createTranscripts } from '../../src/genesys/transcripts.ts';
import { startScriptedServer } from '../helpers/scripted-server.ts';
import type { Api } from '../../src/genesys/http.ts';
import { createTransport } from '../../src/genesys/transport.ts';

test.each([
  [404, null],
  [410, null],
  [403, 'status 403'],
  [500, 'status 500'],
])('a document that answers %d: %s', async (status, expected) => {
  const server = await startScriptedServer(() => ({ status, body: {} }));
  const transport = createTransport(5_000);
  const api = (async () => ({ value: { url: `${server.url}/document` } })) as unknown as Api;
  try {
    const read = createTranscripts(api, transport, server.url).read('c', 'm');
    if (expected === null) expect(await read).toBeNull();
    else await expect(read).rejects.toThrow(expected);
  } finally {
    transport.close();
    await server.close();
  }
});

test('an organisation that is asked by https names no plain http for what people said', async () => {
  const server = await startScriptedServer(() => ({ body: {} }));
  const transport = createTransport(5_000);
  const api = (async ({ schema }: { schema: { parse(value: unknown): { url: string } } }) => ({
    value: schema.parse({ url: `${server.url}/document` }),
  })) as unknown as Api;
  try {
    await expect(createTranscripts(api, transport, 'https://api.example').read('c', 'm')).rejects.toThrow(/url/);
    expect(server.requests).toEqual([]);
    expect(await createTranscripts(api, transport, server.url).read('c', 'm')).toEqual([]);
  } finally {
    transport.close();
    await server.close();
  }
});
