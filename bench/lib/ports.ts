/**
 * Ports for processes that must be told theirs before they start. They are none of those that the system hands out to
 * whoever asks for any, and those of the test processes are apart: nobody takes one between the look and the start, nor
 * while the process is away to come back there.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below what systems hand out by themselves, and above what browsers refuse. */
const FIRST = 11_000;
const OF_A_PROCESS = 2_000;
const PROCESSES = 10;

const first = FIRST + (Number(process.env['JEST_WORKER_ID'] ?? 0) % PROCESSES) * OF_A_PROCESS;
let next = Math.floor(Math.random() * OF_A_PROCESS);

export async function freePort(): Promise<number> {
  for (let tries = 0; tries < OF_A_PROCESS; tries += 1) {
    const port = first + (next++ % OF_A_PROCESS);
    if (await isFree(port)) return port;
  }
  throw new Error(`No port from ${first} to ${first + OF_A_PROCESS - 1} is free.`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
