/** Who is asked and told from outside: a hook that decides after a while, and where messages arrive. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Receiver {
  readonly url: string;
  /** What came to the destination of messages, by its id: each wording that came under it. */
  readonly messages: ReadonlyMap<string, ReadonlySet<string>>;
  close(): Promise<void>;
}

/** So often it says that it has not decided yet. */
const UNDECIDED = 2;

export async function startReceiver(): Promise<Receiver> {
  const asked = new Map<string, number>();
  const messages = new Map<string, Set<string>>();

  /** The same question comes under the same id. */
  const decide = (id: string): { readonly status: number; readonly body?: object } => {
    const times = (asked.get(id) ?? 0) + 1;
    asked.set(id, times);
    return times > UNDECIDED ? { status: 200, body: { decision: 'confirm', reason: 'it may go on' } } : { status: 202 };
  };
  const take = (id: string, text: string): { readonly status: number } => {
    messages.set(id, (messages.get(id) ?? new Set()).add(text));
    return { status: 202 };
  };

  const server = http.createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('error', () => response.destroy());
    request.on('end', () => {
      const id = String(request.headers['webhook-id']);
      const { status, body }: { readonly status: number; readonly body?: object } =
        request.url === HOOK ? decide(id) : take(id, Buffer.concat(parts).toString('utf8'));
      response.writeHead(status, { 'content-type': 'application/json' }).end(body && JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    messages,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export const HOOK = '/hook';
export const BUS = '/bus';
