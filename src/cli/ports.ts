/** A taken port is said before anything is started, with the option that changes it. */
import { createServer } from 'node:net';
import { AssistError } from '../configurator/errors.ts';

export interface PortUse {
  readonly port: number;
  readonly host?: string;
  readonly what: string;
  /** The option that chooses another port. */
  readonly option: string;
}

export async function assertPortFree({ port, host = '127.0.0.1', what, option }: PortUse): Promise<void> {
  if (port === 0) return;
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? inUse(port, what, option, error) : error),
    );
    probe.listen(port, host, () => probe.close(() => resolve()));
  });
}

function inUse(port: number, what: string, option: string, cause: Error): AssistError {
  return new AssistError(
    'port-in-use',
    `Port ${port}, wanted for ${what}, is already in use.`,
    `Choose another with ${option} <port>, or stop what listens there.`,
    { cause, details: { port: String(port), option } },
  );
}
