/**
 * The embedded PostgreSQL: one process, one connection, in a thread of its own; safe against a crash of the process,
 * not of
 * the machine.
 */
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { makeFolder } from '../files/make-folder.ts';
import { asTransaction } from './database.ts';
import type { Database, Transaction } from './database.ts';
import { StoreError } from './errors.ts';
import { callsTo } from './pglite-calls.ts';
import type { CallPort, PgliteThread, RawResult } from './pglite-calls.ts';
import { PIN_SESSION } from './session.ts';
import { lockStore } from './store-lock.ts';
import { PARSERS, encodeParam } from './values.ts';

/** Throws StoreInUse when another process, or this one, holds the folder. */
export async function openPglite(dataDir: string | null, image?: string): Promise<Pglite> {
  if (dataDir === null) return pgliteOn(startPgliteThread(null, image), () => undefined);
  makeFolder(dataDir);
  // PGlite's files are for everybody to write, whatever the umask: nobody else may come to where they are.
  await chmod(dataDir, 0o700);
  const unlock = lockStore(dataDir);
  return pgliteOn(startPgliteThread(dataDir), unlock);
}

export interface Pglite extends Database {
  /** For whoever asks on behalf of others. */
  readonly thread: PgliteThread;
}

export function startPgliteThread(dataDir: string | null, image?: string): Worker {
  return new Worker(join(__dirname, 'pglite-thread.cjs'), {
    name: 'database',
    workerData: { dataDir, image, textOids: Object.keys(PARSERS).map(Number) },
  });
}

/** `onGone` is called once, when the thread has ended and its folder is free. */
export async function pgliteOn(worker: Worker, onGone: () => void): Promise<Pglite> {
  const thread = callsTo(threadPort(worker));
  const gone = thread.gone.then(onGone);
  try {
    await thread.open();
    await run(thread, undefined, PIN_SESSION);
  } catch (error) {
    await thread.stop();
    await gone;
    throw error;
  }
  return { ...databaseOver(thread, gone), thread };
}

function threadPort(worker: Worker): CallPort {
  let cause: unknown;
  worker.on('error', (error) => {
    cause = error;
  });
  return {
    post: (question) => worker.postMessage(question),
    onMessage: (take) => void worker.on('message', take),
    ref: () => worker.ref(),
    unref: () => worker.unref(),
    stop: () => worker.terminate(),
    gone: new Promise((resolve) => worker.once('exit', resolve)).then(() => threadEnded(cause)),
  };
}

function threadEnded(cause: unknown): StoreError {
  const why = cause instanceof Error ? cause.message : 'its thread was stopped';
  return new StoreError(
    'store-ended',
    `The embedded database has ended: ${why}. What was acknowledged is on disk; start this process again to go on.`,
    { cause },
  );
}

/** `gone` resolves when nothing of it is left. */
export function databaseOver(thread: PgliteThread, gone: Promise<void>): Database {
  let closing: Promise<void> | undefined;
  const unlessClosed = <T>(work: () => Promise<T>): Promise<T> => (closing ? Promise.reject(closed()) : work());
  const close = async (): Promise<void> => {
    try {
      await thread.close();
    } catch (error) {
      // A thread that has ended by itself is as closed as can be.
      if (!(error instanceof StoreError)) throw error;
    } finally {
      await thread.stop();
      await gone;
    }
  };
  return {
    kind: 'pglite',
    query: (sql, params) => unlessClosed(() => run(thread, undefined, sql, params)),
    tx: (work) => unlessClosed(() => transact(thread, work)),
    listen: (channel, onNotify) => unlessClosed(() => listen(thread, channel, onNotify, () => closing !== undefined)),
    close: () => (closing ??= close()),
  };
}

async function run<Row>(
  thread: PgliteThread,
  transaction: number | undefined,
  sql: string,
  params: readonly unknown[] = [],
): Promise<Row[]> {
  return toRows(await thread.query({ sql, params: params.map(encodeParam), transaction })) as Row[];
}

function toRows({ rows, fields }: RawResult): object[] {
  const columns = fields.map(({ name, oid }) => ({ name, parse: PARSERS[oid] }));
  return rows.map((values) => {
    const row: Record<string, unknown> = {};
    columns.forEach(({ name, parse }, index) => {
      const value = values[index];
      row[name] = parse && value !== null ? parse(value as string) : value;
    });
    return row;
  });
}

async function transact<T>(thread: PgliteThread, work: (trx: Transaction) => Promise<T>): Promise<T> {
  const transaction = thread.nextId();
  await thread.begin({ transaction });
  let result: T;
  try {
    result = await work(asTransaction({ query: (sql, params) => run(thread, transaction, sql, params) }));
  } catch (error) {
    // The reason is what the caller must see; a thread that cannot roll back has ended, and the next call says so.
    await thread.end({ transaction, commit: false }).catch(() => undefined);
    throw error;
  }
  await thread.end({ transaction, commit: true });
  return result;
}

async function listen(
  thread: PgliteThread,
  channel: string,
  onNotify: (payload: string) => void,
  isClosed: () => boolean,
): Promise<() => Promise<void>> {
  const listener = thread.nextId();
  thread.onNotify(listener, onNotify);
  await thread.listen({ channel, listener });
  return async () => {
    thread.onNotify(listener, null);
    if (!isClosed()) await thread.unlisten({ listener });
  };
}

function closed(): StoreError {
  return new StoreError(
    'store-ended',
    'The embedded database is closed. Nothing can be asked of it any more; open it again.',
  );
}
