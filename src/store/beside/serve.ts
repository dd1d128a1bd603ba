/**
 * Lets other processes of this folder's owner ask the embedded database that this one holds: over a Unix domain socket
 * for nobody else, and with the folder's token.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { chmod } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { StoreError } from '../errors.ts';
import type { Message, PgliteThread, Question } from '../pglite-calls.ts';
import { clearAddress, newToken, removeAddress, socketPaths, writeAddress } from './address.ts';
import { frameOf, frameReader, MAX_FRAME_BYTES, valueOf } from './frames.ts';
import { createGuest, SILENCE_MS } from './guest.ts';
import type { Guest } from './guest.ts';
import { createTurns } from './turns.ts';
import type { Turns } from './turns.ts';

export interface ServeOptions {
  readonly dataDir: string;
  /** The newest migration that the database has. */
  readonly schema: number;
  readonly silenceMs?: number;
  /** How long a transaction that is under way at the end has. */
  readonly closeMs?: number;
}

export interface StoreServer {
  /** What is under way is answered, within a bound; then every guest is told that it is over. */
  close(): Promise<void>;
}

/** The first thing that a connection says. As JSON, for what nobody vouches for yet is read by nothing cleverer. */
export interface Hello {
  readonly id: number;
  readonly token: string;
  readonly schema: number;
}

const MAX_HELLO_BYTES = 1024;
const HELLO_MS = 10_000;
const CLOSE_MS = 3_000;
/** Of the last message to a guest, which answers nothing that it asked. */
export const FAREWELL_ID = -1;
const CALLS = ['query', 'begin', 'end', 'listen', 'unlisten', 'close'] as const;

interface Host extends ServeOptions {
  readonly thread: PgliteThread;
  readonly token: string;
  readonly turns: Turns;
}

/** Throws what keeps it from listening; the database is as good without. */
export async function serveStore(thread: PgliteThread, options: ServeOptions): Promise<StoreServer> {
  const { dataDir } = options;
  const host: Host = { ...options, thread, token: newToken(), turns: createTurns() };
  const visitors = new Set<Visitor>();
  const server = createServer((socket) => {
    const visitor = receive(socket, host);
    visitors.add(visitor);
    socket.once('close', () => visitors.delete(visitor));
  });
  await clearAddress(dataDir);
  try {
    await writeAddress(dataDir, { path: await listen(server, dataDir), token: host.token });
  } catch (error) {
    server.close();
    await removeAddress(dataDir).catch(() => undefined);
    throw error;
  }
  return {
    async close() {
      const closed = once(server, 'close');
      server.close();
      await removeAddress(dataDir);
      await within(options.closeMs ?? CLOSE_MS, host.turns.take());
      await Promise.all([...visitors].map(({ dismiss }) => dismiss(ended())));
      await closed;
    },
  };
}

async function listen(server: Server, dataDir: string): Promise<string> {
  let why: unknown = new Error('no path for it is short enough');
  for await (const path of socketPaths(dataDir)) {
    try {
      server.listen(path);
      await once(server, 'listening');
      if (process.platform !== 'win32') await chmod(path, 0o600);
      // Nobody waits for who may ask.
      server.unref();
      return path;
    } catch (error) {
      why = error;
    }
  }
  throw why;
}

interface Visitor {
  readonly dismiss: (error: StoreError) => Promise<void>;
}

function receive(socket: Socket, host: Host): Visitor {
  let guest: Guest | undefined;
  const say = (message: Message): void => {
    if (socket.writable) socket.write(frameOf(message));
  };
  const dismiss = async (error: StoreError): Promise<void> => {
    const { code, message } = error;
    // Not `once`, which rejects where the other side is killed before it has read this.
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.end(frameOf({ id: FAREWELL_ID, error: { code, message } }));
    await within(HELLO_MS, closed);
    socket.destroy();
  };
  const welcome = (hello: Buffer): void => {
    const said = helloOf(hello);
    const refused = refusal(said, host);
    if (refused !== null || said === null) return void dismiss(refused ?? wrongToken());
    clearTimeout(late);
    guest = createGuest({
      ...host,
      silenceMs: host.silenceMs ?? SILENCE_MS,
      onNotify: (listener, payload) => say({ listener, payload }),
      onSilence: (error) => void dismiss(error),
    });
    say({ id: said.id, value: undefined });
  };
  const read = frameReader(
    () => (guest === undefined ? MAX_HELLO_BYTES : MAX_FRAME_BYTES),
    (body) => (guest === undefined ? welcome(body) : void answer(guest, valueOf(body) as Question, say)),
  );
  const late = setTimeout(() => socket.destroy(), HELLO_MS);
  socket.on('data', (piece) => {
    try {
      read(piece);
    } catch {
      // What is no message of ours has nobody to be told.
      socket.destroy();
    }
  });
  // Its end follows.
  socket.on('error', () => undefined);
  socket.once('close', () => {
    clearTimeout(late);
    void guest?.leave();
  });
  return { dismiss };
}

function refusal(said: Hello | null, { token, schema }: Host): StoreError | null {
  if (said === null || !isSame(said.token, token)) return wrongToken();
  if (said.schema === schema) return null;
  return new StoreError(
    said.schema < schema ? 'store-newer-than-code' : 'store-older-than-code',
    `The process that holds the embedded store has it at migration ${schema}, and this release of assist-rollouts ` +
      `is at ${said.schema}. Use the release that runs there, or start that process again with this one.`,
  );
}

function wrongToken(): StoreError {
  return new StoreError(
    'store-in-use',
    'The process that holds the embedded store does not take the token that stands in its folder. Try again; if it ' +
      'stays so, end that process with Ctrl-C in its terminal and start it again: rollouts go on where they were.',
  );
}

function helloOf(body: Buffer): Hello | null {
  try {
    const { id, token, schema } = JSON.parse(body.toString('utf8')) as Partial<Hello>;
    const isWhole = typeof id === 'number' && typeof token === 'string' && typeof schema === 'number';
    return isWhole ? { id, token, schema } : null;
  } catch {
    return null;
  }
}

function isSame(one: string, other: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(one), hash(other));
}

async function answer(guest: Guest, { id, call, args }: Question, say: (message: Message) => void): Promise<void> {
  try {
    const known = CALLS.find((name) => name === call);
    if (known === undefined) throw new StoreError('store-ended', `Nobody here answers to "${call}".`);
    say({ id, value: await guest[known](args as never) });
  } catch (error) {
    say({ id, error: toPlain(error) });
  }
}

/** As the thread tells them: errors of the database have these, and nothing of the parameters. */
function toPlain(error: unknown): { readonly message: string; readonly [field: string]: unknown } {
  if (!(error instanceof Error)) return { message: String(error) };
  const { message, code, severity, detail, hint, where, schema, table, column, constraint } = error as Error &
    Readonly<Record<string, unknown>>;
  return { message, code, severity, detail, hint, where, schema, table, column, constraint };
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}

function ended(): StoreError {
  return new StoreError(
    'store-ended',
    'The process that holds the embedded store is ending. What it had not answered may have been done or not, each ' +
      'statement and transaction as a whole; run it again when it is there again, or now that it has gone.',
  );
}
