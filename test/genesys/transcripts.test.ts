import { createTranscripts } from '../../src/genesys/transcripts.ts';
import { startScriptedServer } from '../helpers/scripted-server.ts';
import type { Api } from '../../src/genesys/http.ts';
import { createTransport } from '../../src/genesys/transport.ts';

test.each([[404, null], [410, null], [403, 'status 403'], [500, 'status 500']])('a document that answers %d: %s', async (status, expected) => {
  const server = await startScriptedServer(() => ({ status, body: {} }));
  const transport = createTransport(5_000);
  const api = (async () => ({ value: { url: `${server.url}/document` } })) as unknown as Api;
  try {
    const read = createTranscripts(api, transport).read('c', 'm');
    if (expected === null) expect(await read).toBeNull();
    else await expect(read).rejects.toThrow(expected);
  } finally {
    transport.close();
    await server.close();
  }
});
