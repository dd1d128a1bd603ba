import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { downloadRelease } from '../../../src/local/temporal/release.ts';
import type { Release } from '../../../src/local/temporal/release.ts';
import { obtainTemporal } from '../../../src/local/temporal/server.ts';
import { GOOD_TEMPORAL, freshFolder, program, removeFolders } from './fakes.ts';

const lines: string[] = [];
const log = (line: string): void => void lines.push(line);

beforeEach(() => lines.splice(0));
afterEach(removeFolders);

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

const PLATFORM = `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`;
const UNREACHABLE: Release = { url: 'http://127.0.0.1:9', sha256: { [PLATFORM]: 'x' } };

/** A machine on which nothing is to be had but what a test puts there. */
async function machine() {
  const path = await freshFolder();
  const cacheDir = await freshFolder();
  return {
    path,
    cacheDir,
    cached: join(cacheDir, 'temporal-1.5.1', 'temporal'),
    env: { PATH: path },
    log,
    release: null,
  };
}

/** A `go` that notes how it was called and leaves an executable in GOBIN. */
async function fakeGo(folder: string, { seconds = 0 } = {}): Promise<string> {
  const result = await program(folder, 'result', GOOD_TEMPORAL);
  const calls = join(folder, 'calls');
  await program(
    folder,
    'go',
    `echo "$@ CGO_ENABLED=$CGO_ENABLED" >> ${calls}\n/bin/sleep ${seconds}\n/bin/cp ${result} "$GOBIN/temporal"`,
  );
  return calls;
}

/** Where releases are downloaded from, with an archive as its makers pack it; its hash is known unless another is. */
async function releases({
  known,
  body = GOOD_TEMPORAL,
}: { readonly known?: string; readonly body?: string } = {}): Promise<{
  readonly release: Release;
  readonly asked: string[];
}> {
  const folder = await freshFolder();
  await program(folder, 'temporal', body);
  await promisify(execFile)('tar', ['-czf', join(folder, 'archive'), '-C', folder, 'temporal']);
  const archive = await readFile(join(folder, 'archive'));
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end(archive);
  });
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    release: {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      sha256: { [PLATFORM]: known ?? createHash('sha256').update(archive).digest('hex') },
    },
    asked,
  };
}

test('TEMPORAL_ADDRESS comes before everything else', async () => {
  const { path, ...options } = await machine();
  await program(path, 'temporal', GOOD_TEMPORAL);
  const env = { ...options.env, TEMPORAL_ADDRESS: 'temporal.example:7233' };
  expect(await obtainTemporal({ ...options, env })).toEqual({ kind: 'external', address: 'temporal.example:7233' });
});

test('a temporal on PATH comes before the cache', async () => {
  const { path, ...options } = await machine();
  const onPath = await program(path, 'temporal', GOOD_TEMPORAL);
  expect(await obtainTemporal(options)).toEqual({ kind: 'binary', path: onPath });
  expect(await readdir(options.cacheDir)).toEqual([]);
});

test.each([
  [
    'too old',
    'echo "temporal version 1.0.0 (Server 1.24.2, UI 2.28.0)"',
    /brings server 1\.24; 1\.27 or newer is needed/,
  ],
  ['broken', 'exit 3', /does not run/],
])('a temporal on PATH that is %s is passed over, and the message says why', async (_kind, body, why) => {
  const { path, ...options } = await machine();
  await program(path, 'temporal', body);
  await expect(obtainTemporal(options)).rejects.toThrow(why);
  await fakeGo(path);
  expect(await obtainTemporal(options)).toEqual({ kind: 'binary', path: options.cached });
});

test('the release fills the cache when it is the known one, and the cache is used from then on', async () => {
  const { cached, ...options } = await machine();
  const { release, asked } = await releases();
  expect(await obtainTemporal({ ...options, release })).toEqual({ kind: 'binary', path: cached });
  expect(asked).toEqual([`/temporal_cli_1.5.1_${PLATFORM}.tar.gz`]);
  expect(await obtainTemporal({ ...options, release })).toEqual({ kind: 'binary', path: cached });
  expect(asked).toHaveLength(1);
  expect(await readdir(join(options.cacheDir, 'temporal-1.5.1'))).toEqual(['temporal']);
});

test('a release that is not the known one is thrown away, and nothing of it is run', async () => {
  const { path, cached, ...options } = await machine();
  const proof = join(await freshFolder(), 'ran');
  const { release } = await releases({ known: 'a'.repeat(64), body: `echo x > ${proof}\n${GOOD_TEMPORAL}` });
  await expect(obtainTemporal({ ...options, release })).rejects.toThrow(
    /is not the release of \w+ that is known: its SHA-256 is [0-9a-f]{64}, expected a{64}/,
  );
  expect(await readdir(join(options.cacheDir, 'temporal-1.5.1'))).toEqual([]);
  await expect(readFile(proof)).rejects.toThrow('ENOENT');
  await fakeGo(path);
  expect(await obtainTemporal({ ...options, release })).toEqual({ kind: 'binary', path: cached });
});

test('where no release is known nothing is downloaded', async () => {
  const { path: _path, ...options } = await machine();
  const { release, asked } = await releases();
  await expect(obtainTemporal({ ...options, release: { ...release, sha256: { plan9_mips: 'x' } } })).rejects.toThrow(
    `no download is known for ${PLATFORM}`,
  );
  expect(asked).toEqual([]);
});

test('a release that trickles to a halt is given up', async () => {
  const { path } = await machine();
  const server = createServer((_request, response) => void response.writeHead(200).write('begun'));
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const release = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sha256: { [PLATFORM]: 'x' } };
  expect(await downloadRelease({ path: join(path, 'temporal'), log, release, idleMs: 50 })).toMatch(
    /nothing arrived for 0\.05 s/,
  );
});

test('without a network the download fails and Go builds the pinned version, statically, into the cache', async () => {
  const { path, cached, ...options } = await machine();
  const calls = await fakeGo(path);
  expect(await obtainTemporal({ ...options, release: UNREACHABLE })).toEqual({ kind: 'binary', path: cached });
  expect(await readFile(calls, 'utf8')).toBe(
    'install -trimpath -ldflags -s -w github.com/temporalio/cli/cmd/temporal@v1.5.1 CGO_ENABLED=0\n',
  );
  expect(lines).toContainEqual(expect.stringMatching(/building the Temporal CLI 1\.5\.1 with Go.*: \d+ s/));
  expect(await readdir(join(options.cacheDir, 'temporal-1.5.1'))).toEqual(['temporal']);
});

test('two processes that need a build at once build it once', async () => {
  const { path, cached, ...options } = await machine();
  const calls = await fakeGo(path, { seconds: 1 });
  const both = await Promise.all([obtainTemporal(options), obtainTemporal(options)]);
  expect(both).toEqual([
    { kind: 'binary', path: cached },
    { kind: 'binary', path: cached },
  ]);
  expect((await readFile(calls, 'utf8')).trim().split('\n')).toHaveLength(1);
  expect(lines).toContainEqual(
    expect.stringMatching(/another process \((\d+|unknown)\) is obtaining the Temporal CLI/),
  );
});

test('a lock left by a dead process holds nobody up', async () => {
  const { path, cached, ...options } = await machine();
  await fakeGo(path);
  await obtainTemporal(options);
  await writeFile(cached, 'damaged');
  await writeFile(`${cached}.lock`, '999999999');
  expect(await obtainTemporal(options)).toEqual({ kind: 'binary', path: cached });
  expect(await readFile(cached, 'utf8')).not.toBe('damaged');
});

test('when nothing works, one message says what was tried and the three ways out', async () => {
  const { path, ...options } = await machine();
  await program(path, 'go', 'echo "dial tcp: connection refused"\nexit 1');
  const error = await obtainTemporal({ ...options, release: UNREACHABLE }).catch((reason: Error) => reason);
  expect(error).toMatchObject({ code: 'temporal-not-obtained' });
  const { message } = error as Error;
  for (const part of [
    'there is no `temporal` on PATH',
    'the download failed',
    'dial tcp: connection refused',
    '1. set TEMPORAL_ADDRESS',
    '2. install the Temporal CLI',
    '3. install Go',
  ]) {
    expect(message).toContain(part);
  }
});

test('an abort stops the build and leaves nothing behind', async () => {
  const { path, ...options } = await machine();
  const calls = await fakeGo(path, { seconds: 600 });
  const stop = new AbortController();
  const obtaining = obtainTemporal({ ...options, signal: stop.signal }).catch((reason: Error) => reason.name);
  while (!(await readFile(calls, 'utf8').catch(() => ''))) await new Promise(setImmediate);
  stop.abort();
  expect(await obtaining).toBe('AbortError');
  expect(await readdir(join(options.cacheDir, 'temporal-1.5.1'))).toEqual([]);
});
