/** The coaching platform: remembers the ids of all events it took, and sometimes fails. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Random } from '../../src/domain/shared/random.ts';

export interface Receiver {
  readonly url: string;
  /** How often each event came. */
  readonly received: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

const FAILS = 0.05;

export async function startReceiver(random: Random): Promise<Receiver> {
  const received = new Map<string, number>();
  const server = createServer((request, response) => {
    void idsOf(request).then(
      (ids) => {
        if (random.next() < FAILS) return response.writeHead(503).end();
        for (const id of ids) received.set(id, (received.get(id) ?? 0) + 1);
        response.writeHead(200).end();
      },
      () => response.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/coaching`,
    received,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function idsOf(request: IncomingMessage): Promise<string[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { events = [] } = JSON.parse(Buffer.concat(chunks).toString()) as { events?: { id: string }[] };
  return events.map(({ id }) => id);
}
