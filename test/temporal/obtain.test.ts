import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { obtainTemporal } from '../../src/temporal/server.ts';
import { GOOD_TEMPORAL, freshFolder, program, removeFolders } from './fakes.ts';

const lines: string[] = [];
const log = (line: string): void => void lines.push(line);

beforeEach(() => lines.splice(0));
afterEach(removeFolders);

/** A machine on which nothing is to be had but what a test puts there. */
async function machine() {
  const path = await freshFolder();
  const cacheDir = await freshFolder();
  return { path, cacheDir, cached: join(cacheDir, 'temporal-1.5.1', 'temporal'), env: { PATH: path }, log, testingModule: undefined };
}

/** A `go` that notes how it was called and leaves an executable in GOBIN. */
async function fakeGo(folder: string, { seconds = 0 } = {}): Promise<string> {
  const result = await program(folder, 'result', GOOD_TEMPORAL);
  const calls = join(folder, 'calls');
  await program(folder, 'go', `echo "$@ CGO_ENABLED=$CGO_ENABLED" >> ${calls}\n/bin/sleep ${seconds}\n/bin/cp ${result} "$GOBIN/temporal"`);
  return calls;
}

/** A stand-in for the SDK's testing module. */
async function fakeSdk(body: string): Promise<string> {
  const module = join(await freshFolder(), 'testing.js');
  await writeFile(module, `exports.TestWorkflowEnvironment = { async createLocal({ server: { executable } }) { ${body} } };`);
  return module;
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
  ['too old', 'echo "temporal version 1.0.0 (Server 1.24.2, UI 2.28.0)"', /brings server 1\.24; 1\.27 or newer is needed/],
  ['broken', 'exit 3', /does not run/],
])('a temporal on PATH that is %s is passed over, and the message says why', async (_kind, body, why) => {
  const { path, ...options } = await machine();
  await program(path, 'temporal', body);
  await expect(obtainTemporal(options)).rejects.toThrow(why);
  await fakeGo(path);
  expect(await obtainTemporal(options)).toEqual({ kind: 'binary', path: options.cached });
});

test('the SDK\'s download fills the cache, and the cache is used from then on', async () => {
  const { cached, ...options } = await machine();
  const testingModule = await fakeSdk(`
    require('node:fs').writeFileSync(executable.downloadDir + '/some-name', '#!/bin/sh\\n${GOOD_TEMPORAL}\\n');
    return { teardown: async () => {} };`);
  expect(await obtainTemporal({ ...options, testingModule })).toEqual({ kind: 'binary', path: cached });
  expect(await obtainTemporal(options)).toEqual({ kind: 'binary', path: cached });
});

test('without a network the SDK\'s download fails and Go builds the pinned version, statically, into the cache', async () => {
  const { path, cached, ...options } = await machine();
  const calls = await fakeGo(path);
  const testingModule = await fakeSdk('throw new Error("no route to host");');
  expect(await obtainTemporal({ ...options, testingModule })).toEqual({ kind: 'binary', path: cached });
  expect(await readFile(calls, 'utf8')).toBe('install -trimpath -ldflags -s -w github.com/temporalio/cli/cmd/temporal@v1.5.1 CGO_ENABLED=0\n');
  expect(lines).toContainEqual(expect.stringMatching(/building the Temporal CLI 1\.5\.1 with Go.*: 0 s/));
  expect(await readdir(join(options.cacheDir, 'temporal-1.5.1'))).toEqual(['temporal']);
});

test('two processes that need a build at once build it once', async () => {
  const { path, cached, ...options } = await machine();
  const calls = await fakeGo(path, { seconds: 1 });
  const both = await Promise.all([obtainTemporal(options), obtainTemporal(options)]);
  expect(both).toEqual([{ kind: 'binary', path: cached }, { kind: 'binary', path: cached }]);
  expect((await readFile(calls, 'utf8')).trim().split('\n')).toHaveLength(1);
  expect(lines).toContainEqual(expect.stringMatching(/another process \((\d+|unknown)\) is obtaining the Temporal CLI/));
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
  const testingModule = await fakeSdk('throw new Error("no route to host");');
  const error = await obtainTemporal({ ...options, testingModule }).catch((reason: Error) => reason);
  expect(error).toMatchObject({ code: 'temporal-not-obtained' });
  const { message } = error as Error;
  for (const part of ['there is no `temporal` on PATH', 'no route to host', 'dial tcp: connection refused', '1. set TEMPORAL_ADDRESS', '2. install the Temporal CLI', '3. install Go']) {
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
