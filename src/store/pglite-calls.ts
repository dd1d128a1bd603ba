/**
 * Calls to the thread that holds the embedded database: numbered questions, answers in any order, notifications between
 * them.
 */
import type { Worker } from 'node:worker_threads';
import { StoreError } from './errors.ts';

export interface RawResult {
  /** Values of each row, in the order of `fields`. */
  readonly rows: readonly (readonly unknown[])[];
  readonly fields: readonly { readonly name: string; readonly oid: number }[];
}

export interface PgliteCalls {
  open(): Promise<void>;
  query(args: {
    readonly sql: string;
    readonly params: readonly (string | null)[];
    readonly transaction: number | undefined;
  }): Promise<RawResult>;
  begin(args: { readonly transaction: number }): Promise<void>;
  end(args: { readonly transaction: number; readonly commit: boolean }): Promise<void>;
  listen(args: { readonly channel: string; readonly listener: number }): Promise<void>;
  unlisten(args: { readonly listener: number }): Promise<void>;
  close(): Promise<void>;
}

type CallName = keyof PgliteCalls;

export interface PgliteThread extends PgliteCalls {
  /** A number that no other transaction or listener has. */
  nextId(): number;
  onNotify(listener: number, callback: ((payload: string) => void) | null): void;
  /** Resolves when the thread is gone, whatever the reason. */
  readonly gone: Promise<void>;
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

type Message =
  | { readonly id: number; readonly value: never }
  | { readonly id: number; readonly error: { readonly message: string } }
  | { readonly listener: number; readonly payload: string };

/** Every call rejects with one and the same StoreError once the thread has ended. */
export function callsTo(worker: Worker): PgliteThread {
  const waiting = new Map<number, Waiting>();
  const listeners = new Map<number, (payload: string) => void>();
  let lastId = 0;
  let cause: unknown;
  let ended: StoreError | undefined;

  const settle = (id: number): Waiting | undefined => {
    const found = waiting.get(id);
    waiting.delete(id);
    // An idle database does not keep a process alive.
    if (waiting.size === 0) worker.unref();
    return found;
  };
  worker.on('message', (message: Message) => {
    if ('listener' in message) listeners.get(message.listener)?.(message.payload);
    else if ('error' in message)
      settle(message.id)?.reject(Object.assign(new Error(message.error.message), defined(message.error)));
    else settle(message.id)?.resolve(message.value);
  });
  worker.on('error', (error) => {
    cause = error;
  });
  const gone = new Promise((resolve) => worker.once('exit', resolve)).then(() => {
    ended = threadEnded(cause);
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  });

  const ask = <Name extends CallName>(
    call: Name,
    args?: Parameters<PgliteCalls[Name]>[0],
  ): ReturnType<PgliteCalls[Name]> =>
    new Promise((resolve, reject) => {
      if (ended) return reject(ended);
      const id = ++lastId;
      waiting.set(id, { resolve, reject });
      worker.ref();
      worker.postMessage({ id, call, args });
    }) as ReturnType<PgliteCalls[Name]>;

  return {
    open: () => ask('open'),
    query: (args) => ask('query', args),
    begin: (args) => ask('begin', args),
    end: (args) => ask('end', args),
    listen: (args) => ask('listen', args),
    unlisten: (args) => ask('unlisten', args),
    close: () => ask('close'),
    nextId: () => ++lastId,
    onNotify(listener, callback) {
      if (callback) listeners.set(listener, callback);
      else listeners.delete(listener);
    },
    gone,
  };
}

function defined(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function threadEnded(cause: unknown): StoreError {
  const why = cause instanceof Error ? cause.message : 'its thread was stopped';
  return new StoreError(
    'store-ended',
    `The embedded database has ended: ${why}. What was acknowledged is on disk; start this process again to go on.`,
    { cause },
  );
}
