/**
 * Whoever asks the embedded store while another process holds it: two at once, one that dies, one that goes silent, a
 * holder that ends, one that was killed, and somebody who is not let in.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAddress, writeAddress } from '../../src/store/beside/address.ts';
import { askHolder } from '../../src/store/beside/ask.ts';
import { framed, frameOf } from '../../src/store/beside/frames.ts';
import { createGuest } from '../../src/store/beside/guest.ts';
import { serveStore } from '../../src/store/beside/serve.ts';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { StoreServer } from '../../src/store/beside/serve.ts';
import { createTurns } from '../../src/store/beside/turns.ts';
import type { Database } from '../../src/store/database.ts';
import { openDatabase } from '../../src/store/open.ts';
import { openPglite } from '../../src/store/pglite.ts';
import type { Pglite } from '../../src/store/pglite.ts';
import type { PgliteThread, RawResult } from '../../src/store/pglite-calls.ts';

const SCHEMA = 7;
let home = '';
let holder: Pglite;
let server: StoreServer;
let dataDir = '';

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'assist-beside-'));
  dataDir = join(home, 'database');
  holder = await openPglite(null);
  await holder.query('create table notes (text text)');
  server = await serveStore(holder.thread, { dataDir, schema: SCHEMA });
});
beforeEach(() => holder.query('delete from notes'));
afterAll(async () => {
  await server.close();
  await holder.close();
  rmSync(home, { recursive: true, force: true });
});

async function ask(of = dataDir): Promise<Database> {
  const db = await askHolder(of, SCHEMA);
  if (db === null) throw new Error('Nobody answers.');
  return db;
}

const notes = async (): Promise<readonly string[]> =>
  (await holder.query<{ text: string }>('select text from notes order by text')).map(({ text }) => text);

/** A connection that is welcome, and says what it likes. */
async function welcomed(): Promise<Socket> {
  const address = await readAddress(dataDir);
  const socket = createConnection(address?.path ?? '');
  await once(socket, 'connect');
  socket.write(framed(Buffer.from(JSON.stringify({ id: 1, token: address?.token, schema: SCHEMA }))));
  await once(socket, 'data');
  return socket;
}

test('only the owner comes to socket and token, and both are gone after the end', async () => {
  const of = join(home, 'modes');
  const served = await serveStore(holder.thread, { dataDir: of, schema: SCHEMA });
  const folder = `${of}.socket`;
  const modes = [folder, join(folder, 'socket'), join(folder, 'address.json')].map(
    (path) => statSync(path).mode & 0o777,
  );
  expect(modes).toEqual([0o700, 0o600, 0o600]);
  await served.close();
  expect(existsSync(folder)).toBe(false);
});

test('transactions of two guests and statements of the holder never stand within each other', async () => {
  const [one, two] = [await ask(), await ask()];
  const seen: number[] = [];
  const inOne = async (db: Database, text: string): Promise<void> =>
    db.tx(async (trx) => {
      for (let n = 0; n < 5; n += 1) await trx.query('insert into notes values ($1)', [text]);
    });
  const look = async (): Promise<void> => {
    for (let n = 0; n < 10; n += 1) seen.push((await notes()).length);
  };
  await Promise.all([inOne(one, 'one'), inOne(two, 'two'), look(), inOne(one, 'three')]);
  expect(seen.filter((count) => count % 5 !== 0)).toEqual([]);
  expect(await notes()).toHaveLength(15);
  await Promise.all([one.close(), two.close()]);
});

test('a guest that dies in a transaction leaves nothing of it, and the next one goes on', async () => {
  const dying = await welcomed();
  dying.write(frameOf({ id: 2, call: 'begin', args: { transaction: 1 } }));
  dying.write(
    frameOf({ id: 3, call: 'query', args: { sql: "insert into notes values ('half')", params: [], transaction: 1 } }),
  );
  await once(dying, 'data');
  dying.destroy();
  const next = await ask();
  await next.tx((trx) => trx.query("insert into notes values ('whole')"));
  expect(await notes()).toEqual(['whole']);
  await next.close();
});

test('a guest that dies while it waits for its turn takes none', async () => {
  const [first, dying] = [await ask(), await welcomed()];
  await first.tx(async (trx) => {
    dying.write(frameOf({ id: 2, call: 'begin', args: { transaction: 1 } }));
    await trx.query("insert into notes values ('first')");
    dying.destroy();
    await once(dying, 'close');
  });
  expect(await first.query('select text from notes')).toEqual([{ text: 'first' }]);
  await first.close();
});

test('a guest that goes silent in a transaction holds nobody up: it is rolled back, and told', async () => {
  const of = join(home, 'silent');
  const served = await serveStore(holder.thread, { dataDir: of, schema: SCHEMA, silenceMs: 20 });
  const guest = await ask(of);
  const silent = guest.tx(async (trx) => {
    // The holder's turn comes only when the transaction is over.
    await holder.query("insert into notes values ('holder')");
    await trx.query("insert into notes values ('more')");
  });
  await expect(silent).rejects.toMatchObject({ code: 'store-ended', message: expect.stringContaining('rolled back') });
  expect(await notes()).toEqual(['holder']);
  await guest.close();
  await served.close();
});

/** Says each of its words when the one before is answered, and is heard when all are. */
const A_GUEST = `
const [path, ...words] = process.argv.slice(1);
const socket = require('node:net').connect(path);
const next = () => (words.length > 0 ? socket.write(Buffer.from(words.shift(), 'base64')) : console.log('all'));
socket.on('connect', next).on('data', next);`;

test('a guest that is killed before it has read why it was shown out harms nobody', async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  process.on('unhandledRejection', note);
  const of = join(home, 'killed');
  const served = await serveStore(holder.thread, { dataDir: of, schema: SCHEMA, silenceMs: 20 });
  const address = await readAddress(of);
  const words = [
    framed(Buffer.from(JSON.stringify({ id: 1, token: address?.token, schema: SCHEMA }))),
    frameOf({ id: 2, call: 'begin', args: { transaction: 1 } }),
  ].map((frame) => frame.toString('base64'));
  const guest = spawn(process.execPath, ['-e', A_GUEST, address?.path ?? '', ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(guest.stdout, 'data');
  guest.kill('SIGSTOP');
  // The holder's turn: the guest was silent for too long, and a farewell waits to be read.
  await holder.query("insert into notes values ('holder')");
  await turnOfTheLoop();
  guest.kill('SIGKILL');
  await once(guest, 'exit');
  await served.close();
  await turnOfTheLoop();
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});

describe('silence', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  test('is what follows an answer: a statement may take its time', async () => {
    let answer = (_result: RawResult): void => undefined;
    const [end, onSilence] = [jest.fn(() => Promise.resolve()), jest.fn()];
    const thread = {
      nextId: () => 1,
      begin: () => Promise.resolve(),
      query: () => new Promise<RawResult>((resolve) => (answer = resolve)),
      end,
    } as Partial<PgliteThread> as PgliteThread;
    const guest = createGuest({ thread, turns: createTurns(), onNotify: () => undefined, onSilence, silenceMs: 20 });
    await guest.begin({ transaction: 1 });
    const asked = guest.query({ sql: 'select 1', params: [], transaction: 1 });
    await jest.advanceTimersByTimeAsync(60_000);
    expect(onSilence).not.toHaveBeenCalled();
    answer({ rows: [], fields: [] });
    await asked;
    await jest.advanceTimersByTimeAsync(19);
    expect(onSilence).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1);
    expect(onSilence).toHaveBeenCalledTimes(1);
    expect(end).toHaveBeenCalledWith({ transaction: 1, commit: false });
  });
});

test('errors keep what PostgreSQL says of them, and nothing of the parameters', async () => {
  const guest = await ask();
  const error = await guest.query('select 1 / $1::int', [0]).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: '22012', message: 'division by zero' });
  expect(error).not.toHaveProperty('params');
  await guest.close();
});

test('a holder that ends answers what is under way, then tells every guest; nothing is half done', async () => {
  const of = join(home, 'ending');
  const served = await serveStore(holder.thread, { dataDir: of, schema: SCHEMA, closeMs: 50 });
  const [busy, idle, within] = [await ask(of), await ask(of), await ask(of)];
  const half = within.tx(async (trx) => {
    await trx.query("insert into notes values ('half')");
    await served.close();
    await trx.query("insert into notes values ('more')");
  });
  const told = await Promise.allSettled([half, busy.query('select 1')]);
  expect(told).toMatchObject([{ reason: { code: 'store-ended' } }, { reason: { code: 'store-ended' } }]);
  await expect(idle.query('select 1')).rejects.toMatchObject({
    code: 'store-ended',
    message: expect.stringContaining('is ending'),
  });
  expect(await notes()).toEqual([]);
  expect(await askHolder(of, SCHEMA)).toBeNull();
  await Promise.all([busy, idle, within].map((guest) => guest.close()));
});

test('a wrong token, another release and what is no word of ours are let in to nothing', async () => {
  const address = await readAddress(dataDir);
  if (address === null) throw new Error('It serves.');
  await expect(askHolder(dataDir, SCHEMA - 1)).rejects.toMatchObject({ code: 'store-newer-than-code' });
  await expect(askHolder(dataDir, SCHEMA + 1)).rejects.toMatchObject({ code: 'store-older-than-code' });
  const copy = join(home, 'copy');
  mkdirSync(`${copy}.socket`);
  await writeAddress(copy, { ...address, token: 'another' });
  await expect(askHolder(copy, SCHEMA)).rejects.toMatchObject({
    code: 'store-in-use',
    message: expect.stringContaining('does not take the token'),
  });
  for (const words of [
    framed(Buffer.from('{"sql":1}')),
    framed(Buffer.alloc(4096)),
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
  ]) {
    const stranger = createConnection(address.path);
    stranger.on('error', () => undefined);
    stranger.resume();
    stranger.write(words);
    await once(stranger, 'close');
  }
  const knower = await welcomed();
  knower.write(frameOf({ id: 2, call: 'constructor', args: {} }));
  const [refused] = (await once(knower, 'data')) as [Buffer];
  expect(refused.toString('latin1')).toContain('Nobody here answers to "constructor"');
  knower.destroy();
});

test('a path that is too long for a socket is no obstacle, and leaves nothing behind', async () => {
  const of = join(home, 'long-'.repeat(30), 'database');
  mkdirSync(join(of, '..'), { recursive: true });
  const served = await serveStore(holder.thread, { dataDir: of, schema: SCHEMA });
  const elsewhere = join((await readAddress(of))?.path ?? '', '..');
  expect(statSync(elsewhere).mode & 0o777).toBe(0o700);
  const guest = await ask(of);
  expect(await guest.query('select 1 as one')).toEqual([{ one: 1 }]);
  await guest.close();
  await served.close();
  expect(existsSync(elsewhere)).toBe(false);
});

test('what a holder that was killed left is nobody: the next one opens the store, or holds it', async () => {
  const of = join(home, 'killed', 'database');
  mkdirSync(`${of}.socket`, { recursive: true });
  const socket = join(`${of}.socket`, 'socket');
  const listens = `require('net').createServer().listen(process.argv[1], () => console.log('listens'))`;
  const killed = spawn(process.execPath, ['-e', listens, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(killed.stdout, 'data');
  await writeAddress(of, { path: socket, token: 'old' });
  writeFileSync(`${of}.lock`, JSON.stringify({ pid: killed.pid, startedAt: '', host: hostname() }));
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  expect(readdirSync(`${of}.socket`)).toContain('socket');
  expect(await askHolder(of, SCHEMA)).toBeNull();

  const onCannot = (why: string): never => {
    throw new Error(why);
  };
  const opened = await openDatabase({ kind: 'pglite', dataDir: of, askHolder: true });
  await opened.query('create table kept as select 1 as n');
  // Whoever asks meanwhile waits for the one that reads for itself to end.
  const second = openDatabase({ kind: 'pglite', dataDir: of, askHolder: true });
  await opened.close();
  await (await second).close();

  const next = await openDatabase({ kind: 'pglite', dataDir: of, serve: { onCannot } });
  const guest = await openDatabase({ kind: 'pglite', dataDir: of, askHolder: true });
  expect(await guest.query('select n from kept')).toEqual([{ n: 1 }]);
  await next.close();
  await guest.close();
  expect(existsSync(`${of}.socket`)).toBe(false);
});
