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

export function assertPortFree(use: PortUse): Promise<void> {
  return assertPortsFree([use]);
}

/** All that are taken are told at once. */
export async function assertPortsFree(uses: readonly PortUse[]): Promise<void> {
  const taken: Taken[] = [];
  for (const use of uses) {
    const error = await errorOn(use);
    if (error?.code === 'EADDRINUSE') taken.push({ use, error });
    else if (error !== null) throw error;
  }
  const [first] = taken;
  if (first !== undefined) throw inUse(first, taken);
}

interface Taken {
  readonly use: PortUse;
  readonly error: Error;
}

function errorOn({ port, host = '127.0.0.1' }: PortUse): Promise<NodeJS.ErrnoException | null> {
  if (port === 0) return Promise.resolve(null);
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', resolve);
    probe.listen(port, host, () => probe.close(() => resolve(null)));
  });
}

function inUse({ use: { port, what, option }, error }: Taken, all: readonly Taken[]): AssistError {
  const more = { cause: error, details: { port: String(port), option } };
  if (all.length === 1)
    return new AssistError(
      'port-in-use',
      `Port ${port}, wanted for ${what}, is already in use.`,
      `Choose another with ${option} <port>, or stop what listens there.`,
      more,
    );
  return new AssistError(
    'port-in-use',
    `${all.length} ports are already in use: ${all.map(({ use }) => `${use.port}, wanted for ${use.what}`).join('; ')}.`,
    `Choose others with ${all.map(({ use }) => use.option).join(', ')}, or stop what listens there: another of its kind runs, it seems.`,
    more,
  );
}
