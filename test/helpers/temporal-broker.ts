/**
 * Lives in jest's parent process, so that one Temporal server serves all workers and ends with the run. Starts the
 * server
 * at the first question, and answers every question with the server's address.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { obtainTemporal, startTemporalDevServer } from '../../src/local/temporal/server.ts';

export interface TemporalBroker {
  readonly url: string;
  close(): Promise<void>;
}

interface RunningServer {
  readonly address: string;
  close(): Promise<void>;
}

export async function startBroker(): Promise<TemporalBroker> {
  let server: Promise<RunningServer> | undefined;
  const http = createServer((_request, response) => {
    server ??= startServer();
    server.then(
      ({ address }) => response.end(address),
      (error: Error) => response.writeHead(503).end(error.message),
    );
  });
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', resolve);
  });
  const { port } = http.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => closeBoth() };

  async function closeBoth(): Promise<void> {
    await new Promise((resolve) => {
      http.close(resolve);
    });
    await (await server?.catch(() => undefined))?.close();
  }
}

async function startServer(): Promise<RunningServer> {
  const log = (line: string): void => {
    process.stderr.write(`temporal: ${line}\n`);
  };
  const source = await obtainTemporal({ env: process.env, log });
  if (source.kind === 'external') return { address: source.address, close: () => Promise.resolve() };
  return startTemporalDevServer({ path: source.path, searchAttributes: {}, log });
}
