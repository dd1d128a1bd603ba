/** The embedded database of another process of this user, as if it were ours: asked over its socket. */
import { once } from 'node:events';
import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import type { Database } from '../database.ts';
import { codeOf, StoreError } from '../errors.ts';
import type { StoreErrorCode } from '../errors.ts';
import { callsTo } from '../pglite-calls.ts';
import type { CallPort, Message } from '../pglite-calls.ts';
import { databaseOver } from '../pglite.ts';
import { readAddress } from './address.ts';
import { framed, frameOf, frameReader, MAX_FRAME_BYTES, valueOf } from './frames.ts';
import { FAREWELL_ID } from './serve.ts';
import type { Hello } from './serve.ts';

/** Nobody listens: the process has not come so far, is on its way out, or was killed. */
const NOBODY = ['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE'];
const FOREIGN = ['EACCES', 'EPERM'];
/** A statement of another may be before ours. */
const ANSWER_MS = 120_000;

/** Null: nobody answers there. Throws what it refuses us for. */
export async function askHolder(dataDir: string, schema: number): Promise<Database | null> {
  try {
    const address = await readAddress(dataDir);
    if (address === null) return null;
    const socket = createConnection(address.path);
    await once(socket, 'connect');
    const thread = callsTo(socketPort(socket, { token: address.token, schema }));
    await thread.open();
    return databaseOver(thread, thread.gone);
  } catch (error) {
    if (NOBODY.includes(codeOf(error))) return null;
    if (FOREIGN.includes(codeOf(error))) throw foreign(dataDir, error);
    throw error;
  }
}

function socketPort(socket: Socket, hello: Omit<Hello, 'id'>): CallPort {
  let take = (_message: Message): void => undefined;
  let farewell: StoreError | undefined;
  const read = frameReader(
    () => MAX_FRAME_BYTES,
    (body) => {
      const message = valueOf(body) as Message;
      if ('error' in message && message.id === FAREWELL_ID) farewell = told(message.error);
      else take(message);
    },
  );
  socket.on('data', (piece) => {
    try {
      read(piece);
    } catch (cause) {
      farewell = lost('said what cannot be read', cause);
      socket.destroy();
    }
  });
  socket.on('timeout', () => {
    farewell = lost(`did not answer for ${ANSWER_MS / 1000} s`, undefined);
    socket.destroy();
  });
  let cause: unknown;
  socket.on('error', (error) => {
    cause = error;
  });
  const closed = new Promise((resolve) => socket.once('close', resolve));
  return {
    post: (question) =>
      void socket.write(
        question.call === 'open'
          ? framed(Buffer.from(JSON.stringify({ id: question.id, ...hello })))
          : frameOf(question),
      ),
    onMessage(taker) {
      take = taker;
    },
    ref: () => void socket.ref().setTimeout(ANSWER_MS),
    unref: () => void socket.unref().setTimeout(0),
    stop: () => {
      socket.destroy();
      return closed;
    },
    gone: closed.then(() => farewell ?? lost('has ended', cause)),
  };
}

/** In the words of the process that was asked. */
function told({ message, ...rest }: { readonly message: string }): StoreError {
  return new StoreError('code' in rest ? (rest.code as StoreErrorCode) : 'store-ended', message);
}

function lost(what: string, cause: unknown): StoreError {
  return new StoreError(
    'store-ended',
    `The process that holds the embedded store ${what}. What it had not answered was done as a whole or not at all; ` +
      'run this again.',
    { cause },
  );
}

function foreign(dataDir: string, cause: unknown): StoreError {
  return new StoreError(
    'store-in-use',
    `The embedded store ${dataDir} is held by a process of another user, which answers that user alone. Run this as ` +
      'that user, or set ASSIST_ROLLOUTS_HOME to a folder of your own.',
    { cause },
  );
}
