import { createConnection, createServer } from 'node:net';
import { TemporalServerError } from './errors.ts';

/** The port itself when it is free, any free one when none is asked for. Throws `temporal-port-in-use`. */
export async function claimPort(host: string, port: number | undefined, purpose: string): Promise<number> {
  try {
    return await bindOnce(host, port ?? 0);
  } catch (error) {
    throw new TemporalServerError(
      'temporal-port-in-use',
      `Port ${port} on ${host}, wanted for ${purpose}, cannot be used ` +
        `(${(error as NodeJS.ErrnoException).code}): something else listens there. Stop it, ask for another ` +
        'port, or, if it is ' +
        `a Temporal server that you want to use, set TEMPORAL_ADDRESS to its address.`,
      { cause: error },
    );
  }
}

function bindOnce(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port));
    });
  });
}

/** Does anything accept connections there? */
export function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port });
    const done = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
  });
}
