/** One socket of one channel. It ends once, for one reason, and is never opened again. */
import type { Agent } from 'node:http';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { GenesysError } from './errors.ts';
import { ProxyFailure } from './proxy.ts';
import { noAnswer } from './transport.ts';

export interface NotificationEvent {
  readonly topicName: string;
  readonly eventBody: unknown;
}

/** `closing`: the platform announced maintenance. `silent`: neither event, heartbeat nor pong came for too long. */
export type SocketEnd = 'closed' | 'closing' | 'silent';

export interface SocketOptions {
  readonly connectUri: string;
  /** Of a proxy; absent: directly. */
  readonly agent?: Agent | undefined;
  /** The platform sends a heartbeat about every 30 s. */
  readonly silenceMs: number;
  readonly connectMs: number;
  readonly onEvent: (event: NotificationEvent) => void;
  readonly onEnd: (end: SocketEnd) => void;
}

export interface NotificationSocket {
  /** When anything was heard last; ms of the monotonic clock that `performance.now` shows. */
  readonly idleMs: () => number;
  /** Nothing is read from the network until `resume`. */
  pause(): void;
  resume(): void;
  close(): void;
}

/** Rejects with `network` or `timeout` when it does not open. */
export async function openNotificationSocket(options: SocketOptions): Promise<NotificationSocket> {
  const { connectUri, agent, connectMs } = options;
  const ws = new WebSocket(connectUri, {
    handshakeTimeout: connectMs,
    maxPayload: MAX_BYTES,
    ...(agent === undefined ? {} : { agent }),
  });
  const socket = new Socket(ws, options);
  await opened(ws).catch((error: unknown) => {
    socket.close();
    throw error;
  });
  return socket;
}

class Socket implements NotificationSocket {
  readonly #ws: WebSocket;
  readonly #options: SocketOptions;
  readonly #watch: NodeJS.Timeout;
  #heardAt = performance.now();
  #ended = false;

  constructor(ws: WebSocket, options: SocketOptions) {
    this.#ws = ws;
    this.#options = options;
    this.#watch = setInterval(() => {
      this.#look();
    }, options.silenceMs / 5);
    ws.on('message', (data) => {
      this.#hear((data as Buffer).toString('utf8'));
    });
    ws.on('close', () => {
      this.#end('closed');
    });
  }

  readonly idleMs = (): number => performance.now() - this.#heardAt;

  pause(): void {
    if (this.#ws.readyState === WebSocket.OPEN) this.#ws.pause();
  }

  resume(): void {
    if (this.#ws.readyState === WebSocket.OPEN) this.#ws.resume();
  }

  close(): void {
    this.#ended = true;
    clearInterval(this.#watch);
    if (this.#ws.readyState === WebSocket.OPEN) this.#ws.close(1000);
    this.#ws.terminate();
  }

  #hear(text: string): void {
    if (this.#ended) return;
    this.#heardAt = performance.now();
    const event = eventOf(text);
    if (event?.topicName === 'v2.system.socket_closing') this.#end('closing');
    else if (event !== undefined && event.topicName !== 'channel.metadata') this.#options.onEvent(event);
  }

  /** A ping half way to the limit, so that a quiet socket is told from a dead one even when heartbeats are late. */
  #look(): void {
    const { silenceMs } = this.#options;
    if (this.#ws.isPaused) return void (this.#heardAt = performance.now());
    if (this.idleMs() > silenceMs) this.#end('silent');
    else if (this.idleMs() > silenceMs / 2) this.#ws.send(PING, ignore);
  }

  #end(why: SocketEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    clearInterval(this.#watch);
    this.#ws.terminate();
    this.#options.onEnd(why);
  }
}

const MAX_BYTES = 8 * 1024 * 1024;
const ASKED = 'the notifications socket';
const PING = JSON.stringify({ message: 'ping' });
const eventSchema = z.object({ topicName: z.string(), eventBody: z.unknown() });

/** A message that is none of the platform's is passed over: a new kind of it must not end the feed. */
function eventOf(text: string): NotificationEvent | undefined {
  try {
    return eventSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function opened(ws: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    ws.once('open', () => {
      resolve();
    });
    ws.on('error', (error: NodeJS.ErrnoException) => {
      if (error instanceof ProxyFailure) return reject(noAnswer(ASKED, error));
      const kind = error.message.includes('timed out') ? ('timeout' as const) : ('network' as const);
      reject(
        new GenesysError({
          kind,
          asked: ASKED,
          came: `it did not open (${error.code ?? error.message})`,
        }),
      );
    });
  });
}

/** A send that fails is followed by the end of the socket, which is told there. */
function ignore(): void {
  /* see above */
}
