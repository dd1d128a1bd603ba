import { readdir, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { accepts } from '../../../src/local/temporal/ports.ts';
import { startTemporalDevServer } from '../../../src/local/temporal/server.ts';
import { findOwnTemporal } from '../../../bench/lib/temporal.ts';
import type { TemporalDevServer } from '../../../src/local/temporal/server.ts';
import { SEARCH_ATTRIBUTES } from '../../../src/workflows/search-attributes.ts';
import { freshFolder, program, removeFolders } from './fakes.ts';

const log = (): void => {};
const opened: TemporalDevServer[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((server) => server.close()));
  await removeFolders();
});

async function start(options: Partial<Parameters<typeof startTemporalDevServer>[0]> = {}): Promise<TemporalDevServer> {
  const server = await startTemporalDevServer({
    path: await findOwnTemporal(log),
    searchAttributes: SEARCH_ATTRIBUTES,
    log,
    ...options,
  });
  opened.push(server);
  return server;
}

async function withConnection<T>(address: string, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

const portOf = ({ address }: TemporalDevServer): number => Number(address.split(':')[1]);

test('a started server answers at once, knows our search attributes and shows its Web UI; a closed one is gone', async () => {
  const server = await start({ namespace: 'ours' });
  const { customAttributes } = await withConnection(server.address, ({ operatorService }) =>
    operatorService.listSearchAttributes({ namespace: 'ours' }),
  );
  expect(Object.keys(customAttributes ?? {})).toEqual(expect.arrayContaining(Object.keys(SEARCH_ATTRIBUTES)));
  const page = await fetch(server.uiUrl, { headers: { connection: 'close' } });
  expect(page.status).toBe(200);
  await page.arrayBuffer();
  await server.close();
  await server.close();
  expect(await accepts('127.0.0.1', portOf(server))).toBe(false);
});

test('with a data file, what was there is there again after a restart', async () => {
  const dataFile = join(await freshFolder(), 'deeper', 'temporal.db');
  const first = await start({ dataFile });
  const files = await readdir(join(dataFile, '..'));
  expect(files).toContain('temporal.db');
  // A journal comes and goes.
  const modes = await Promise.all(
    files.map((file) =>
      stat(join(dataFile, '..', file)).then(
        ({ mode }) => mode & 0o077,
        (error: unknown) => {
          if (file.endsWith('-journal')) return 0;
          throw error;
        },
      ),
    ),
  );
  expect(modes).toEqual(files.map(() => 0));
  await withConnection(first.address, ({ workflowService }) =>
    workflowService.registerNamespace({ namespace: 'kept', workflowExecutionRetentionPeriod: msToTs('1 day') }),
  );
  await first.close();
  const second = await start({ dataFile });
  const found = await withConnection(second.address, ({ workflowService }) =>
    workflowService.describeNamespace({ namespace: 'kept' }),
  );
  expect(found.namespaceInfo?.name).toBe('kept');
});

test('a port in use is refused with its number and the way out', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => {
    other.listen(0, '127.0.0.1', resolve);
  });
  const { port } = other.address() as AddressInfo;
  try {
    const error = await start({ port }).catch((reason: Error) => reason);
    expect(error).toMatchObject({ code: 'temporal-port-in-use' });
    expect((error as Error).message).toMatch(new RegExp(`Port ${port} .*ask for another port.*TEMPORAL_ADDRESS`));
  } finally {
    other.close();
  }
});

test('a server that ends while starting is reported with its last words', async () => {
  const path = await program(await freshFolder(), 'temporal', 'echo "disk is full" >&2\nexit 4');
  const error = await start({ path }).catch((reason: Error) => reason);
  expect(error).toMatchObject({ code: 'temporal-not-started' });
  expect((error as Error).message).toMatch(/exit code 4[^]*disk is full/);
});

test('a port that another took between the look and the start is no reason to give up', async () => {
  const folder = await freshFolder();
  const script = `[ -e ${folder}/tried ] && exec ${await findOwnTemporal(log)} "$@"
touch ${folder}/tried
echo "listen tcp 127.0.0.1:45247: bind: address already in use" >&2
exit 1`;
  const server = await start({ path: await program(folder, 'temporal', script) });
  expect(await accepts('127.0.0.1', portOf(server))).toBe(true);
});

test('an abort ends the wait for a server that never answers', async () => {
  const path = await program(await freshFolder(), 'temporal', '/bin/sleep 600');
  const starting = start({ path, signal: AbortSignal.timeout(200) });
  await expect(starting).rejects.toMatchObject({ name: 'TimeoutError' });
});
