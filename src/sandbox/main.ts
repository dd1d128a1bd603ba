/** The sandbox as a process. */
import { startSandbox } from './server.ts';
import type { SandboxOptions } from './options.ts';

/** Prints one JSON line with the url when ready; resolves once SIGTERM or SIGINT has closed it. */
export async function runSandbox(options: SandboxOptions, print: (line: string) => void): Promise<void> {
  const sandbox = await startSandbox(options);
  const stopped = signalled();
  print(JSON.stringify({ kind: 'sandbox', url: sandbox.url, pid: process.pid }));
  await stopped;
  await sandbox.close();
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => {
      resolve();
    });
    process.once('SIGINT', () => {
      resolve();
    });
  });
}
