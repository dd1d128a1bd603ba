/** One socket of one channel. It ends once, for one reason, and is never opened again. */
import { WebSocket } from 'ws';
import { z } from 'zod';
import { GenesysError } from './errors.ts';

export interface NotificationEvent {
  readonly topicName: string;
  readonly eventBody: unknown;
}

/** `closing`: the platform announced maintenance. `silent`: neither event, heartbeat nor pong came for too long. */
export type SocketEnd = 'closed' | 'closing' | 'silent';

export interface SocketOptions {
  readonly connectUri: string;
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
  const ws = new WebSocket(options.connectUri, { handshakeTimeout: options.connectMs, maxPayload: MAX_BYTES });
  let heardAt = performance.now();
  let ended = false;
  const end = (why: SocketEnd): void => {
    if (ended) return;
    ended = true;
    clearInterval(watch);
    ws.terminate();
    options.onEnd(why);
  };
  const hear = (text: string): void => {
    if (ended) return;
    heardAt = performance.now();
    const event = eventOf(text);
    if (event?.topicName === 'v2.system.socket_closing') end('closing');
    else if (event !== undefined && event.topicName !== 'channel.metadata') options.onEvent(event);
  };
  /** A ping half way to the limit, so that a quiet socket is told from a dead one even when heartbeats are late. */
  const watch = setInterval(() => {
    if (ws.isPaused) return void (heardAt = performance.now());
    const idle = performance.now() - heardAt;
    if (idle > options.silenceMs) end('silent');
    else if (idle > options.silenceMs / 2) ws.send(PING, ignore);
  }, options.silenceMs / 5);
  ws.on('message', (data) => {
    hear((data as Buffer).toString('utf8'));
  });
  ws.on('close', () => {
    end('closed');
  });
  await opened(ws).catch((error: unknown) => {
    ended = true;
    clearInterval(watch);
    ws.terminate();
    throw error;
  });
  return {
    idleMs: () => performance.now() - heardAt,
    pause: () => {
      if (ws.readyState === WebSocket.OPEN) ws.pause();
    },
    resume: () => {
      if (ws.readyState === WebSocket.OPEN) ws.resume();
    },
    close: () => {
      ended = true;
      clearInterval(watch);
      ws.close(1000);
      ws.terminate();
    },
  };
}

const MAX_BYTES = 8 * 1024 * 1024;
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
      const kind = error.message.includes('timed out') ? ('timeout' as const) : ('network' as const);
      reject(
        new GenesysError({
          kind,
          asked: 'the notifications socket',
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
