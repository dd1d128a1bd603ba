/**
 * Calls to the thread that holds the embedded database: numbered questions, answers in any order, notifications between
 * them. The same calls go through the socket to a process whose thread it is.
 */
import type { StoreError } from './errors.ts';

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

export type Question = {
  [Name in CallName]: { readonly id: number; readonly call: Name; readonly args?: Parameters<PgliteCalls[Name]>[0] };
}[CallName];

export type Message =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: ThrownThere }
  | { readonly listener: number; readonly payload: string };

interface ThrownThere {
  readonly message: string;
  /** Of its file system alone, whose errors say nothing else. */
  readonly errno?: number;
}

const NO_SPACE = 51;

function inWords({ errno, ...error }: ThrownThere): { readonly message: string } {
  if (errno === undefined) return error;
  const why = errno === NO_SPACE ? 'no space is left on the disk of its folder' : `its folder refused it (${errno})`;
  return {
    ...error,
    message: `The embedded database could not be read or written: ${why}. Make room there (ASSIST_ROLLOUTS_HOME), and run it again.`,
  };
}

/** The way to whoever answers the calls. */
export interface CallPort {
  post(question: Question): void;
  onMessage(take: (message: Message) => void): void;
  /** While something is waited for, and only then, the way keeps the process alive. */
  ref(): void;
  unref(): void;
  /** Ends it, whatever is under way. */
  stop(): Promise<unknown>;
  /** Resolves when nothing is answered any more, to what whoever asks then is told. */
  readonly gone: Promise<StoreError>;
}

export interface PgliteThread extends PgliteCalls {
  /** A number that no other transaction or listener has. */
  nextId(): number;
  onNotify(listener: number, callback: ((payload: string) => void) | null): void;
  stop(): Promise<unknown>;
  readonly gone: Promise<void>;
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/** Every call rejects with one and the same StoreError once the port is gone. */
export function callsTo(port: CallPort): PgliteThread {
  const waiting = new Map<number, Waiting>();
  const listeners = new Map<number, (payload: string) => void>();
  let lastId = 0;
  let ended: StoreError | undefined;

  const settle = (id: number): Waiting | undefined => {
    const found = waiting.get(id);
    waiting.delete(id);
    // An idle database does not keep a process alive.
    if (waiting.size === 0) port.unref();
    return found;
  };
  port.onMessage((message) => {
    if ('listener' in message) listeners.get(message.listener)?.(message.payload);
    else if ('error' in message)
      settle(message.id)?.reject(Object.assign(new Error(message.error.message), defined(inWords(message.error))));
    else settle(message.id)?.resolve(message.value as never);
  });
  const gone = port.gone.then((error) => {
    ended = error;
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
      port.ref();
      port.post({ id, call, args } as Question);
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
    stop: () => port.stop(),
    gone,
  };
}

function defined(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
