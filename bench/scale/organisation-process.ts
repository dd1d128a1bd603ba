/**
 * The sandbox organisation as a process of its own, with limits that are not what is measured, and a client for the one
 * who measures. Prints one JSON line with its url when it is ready; SIGTERM closes it.
 */
import { once } from 'node:events';
import { ALL_SCOPES, DEFAULT_CLIENT } from '../../src/sandbox/options.ts';
import { startSandbox } from '../../src/sandbox/server.ts';

/** A hundred that are asked for every 20 ms, and more. */
const OBSERVER_CALLS_PER_MINUTE = 1_000_000;

async function main(): Promise<void> {
  const [callsPerMinute = '6000', observerSecret = ''] = process.argv.slice(2);
  const observer = {
    id: 'observer',
    secret: observerSecret,
    scopes: ALL_SCOPES,
    callsPerMinute: OBSERVER_CALLS_PER_MINUTE,
  };
  const sandbox = await startSandbox({
    clients: [DEFAULT_CLIENT, observer],
    rateLimitPerMinute: Number(callsPerMinute),
    tokensPerMinute: 6000,
  });
  process.stdout.write(`${JSON.stringify({ kind: 'sandbox', url: sandbox.url, pid: process.pid })}\n`);
  await once(process, 'SIGTERM');
  await sandbox.close();
}

void main();
