/** A real HTTP server on a free port that answers as a test says, and remembers what it was asked. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
  /** The parsed JSON body, else undefined. */
  readonly body: unknown;
}

export interface PlainReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, unless it is a string or bytes. */
  readonly body?: unknown;
}
/** `drop` closes the connection instead of answering; `hang` never answers. */
export type Reply = PlainReply | 'drop' | 'hang';

export interface ScriptedServer {
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  asked(method: string, path: string): readonly SeenRequest[];
  close(): Promise<void>;
}

export async function startScriptedServer(
  script: (request: SeenRequest) => Reply | Promise<Reply>,
): Promise<ScriptedServer> {
  const requests: SeenRequest[] = [];
  const answer = async (incoming: http.IncomingMessage, outgoing: http.ServerResponse): Promise<void> => {
    const request = await read(incoming);
    requests.push(request);
    write(await script(request), outgoing);
  };
  const server = http.createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch((error: unknown) => write({ status: 500, body: String(error) }, outgoing));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    asked: (method, path) => requests.filter((request) => request.method === method && request.path === path),
    close: () => closeServer(server),
  };
}

async function read(incoming: http.IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const url = new URL(incoming.url ?? '/', 'http://localhost');
  const isJson = incoming.headers['content-type']?.includes('json') === true && text !== '';
  return {
    method: incoming.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    headers: incoming.headers,
    text,
    body: isJson ? JSON.parse(text) : undefined,
  };
}

function write(reply: Reply, outgoing: http.ServerResponse): void {
  if (reply === 'hang') return;
  if (reply === 'drop') {
    outgoing.socket?.destroy();
    return;
  }
  const isText = typeof reply.body === 'string' || Buffer.isBuffer(reply.body);
  outgoing.writeHead(reply.status ?? 200, {
    'content-type': isText ? 'text/html' : 'application/json',
    ...reply.headers,
  });
  outgoing.end(isText ? reply.body : JSON.stringify(reply.body));
}

function closeServer(server: http.Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
