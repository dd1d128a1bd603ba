/** A server that listens, or an error that says why it does not. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

class CannotListen extends Error {
  readonly code = 'cannot-listen';
  override readonly name = 'CannotListen';
}

export interface ListenPlace {
  /** 0 takes any free one. */
  readonly port: number;
  readonly host: string;
  /** Who wants to listen, for the error. */
  readonly what: string;
}

/** Resolves to the URL. */
export async function listenOn(server: Server, { port, host, what }: ListenPlace): Promise<string> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    const why = code === 'EADDRINUSE' ? 'the port is in use' : code;
    throw new CannotListen(
      `${what} cannot listen on ${host}:${port}: ${why}. Stop what holds it, or choose another port.`,
      { cause },
    );
  }
  return `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`;
}
