/**
 * The answer to a request whose body nobody waits for: who still sends has not read it yet, and a connection that is closed
 * meanwhile throws it away. So what comes is let fall; what does not end soon is closed on our side alone, and for good when
 * its sender has had time to read (RFC 9112, section 9.6).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** A body that is over by then leaves the connection usable. */
const BODY_MS = 500;
const LINGER_MS = 10_000;

/** Before the request is answered. */
export function lingerAfter(incoming: IncomingMessage, outgoing: ServerResponse): void {
  outgoing.once('finish', () => {
    if (incoming.complete || incoming.destroyed) return;
    const { socket } = incoming;
    let timer = setTimeout(() => {
      socket.end();
      timer = setTimeout(() => socket.destroy(), LINGER_MS);
    }, BODY_MS);
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
