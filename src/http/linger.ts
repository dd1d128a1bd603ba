/**
 * The answer to a request whose body nobody waits for: who still sends has not read it yet, and a connection that is closed
 * meanwhile throws it away. So what comes is let fall; what does not end soon is closed on our side alone, and for good when
 * its sender has had time to read (RFC 9112, section 9.6).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** A body that is over by then leaves the connection usable. */
const BODY_MS = 500;
const LINGER_MS = 10_000;

/** A request that comes over a connection that is ended can have no answer: nothing may be done for it. */
export function canAnswer({ socket }: IncomingMessage): boolean {
  return !socket.writableEnded && !socket.destroyed;
}

/** Before the request is answered. */
export function lingerAfter(incoming: IncomingMessage, outgoing: ServerResponse): void {
  outgoing.once('finish', () => {
    if (isOver(incoming)) return;
    const { socket } = incoming;
    const end = (): void => {
      if (isOver(incoming)) return;
      socket.end();
      timer = setTimeout(() => socket.destroy(), LINGER_MS);
    };
    // After a stall of this process, what came meanwhile is read first: the connection may be in use for the next request.
    let timer = setTimeout(() => setImmediate(end), BODY_MS);
    // A connection that is kept carries many requests: nothing of one may stay on it.
    const over = (): void => {
      clearTimeout(timer);
      socket.off('close', over);
    };
    incoming.once('end', over);
    socket.once('close', over);
    incoming.on('error', () => undefined).resume();
  });
}

/** Nothing more of it comes. */
function isOver({ complete, destroyed }: IncomingMessage): boolean {
  return complete || destroyed;
}
