/** Stands between a caller and the sandbox, hands everything on and remembers it. */
import http from 'node:http';
import { closeAfterTest } from '../sandbox/helpers.ts';

export interface Exchange {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly request: unknown;
  readonly status: number;
  readonly answer: unknown;
}

export interface Recorder {
  readonly url: string;
  readonly exchanges: Exchange[];
}

export async function givenRecorder(target: string): Promise<Recorder> {
  const exchanges: Exchange[] = [];
  const server = http.createServer((request, response) => {
    void bytesOf(request).then((body) => {
      const { method = 'GET', url = '/', headers } = request;
      const onward = http.request(new URL(url, target), { method, headers }, (answer) => {
        void bytesOf(answer).then((bytes) => {
          const { pathname: path, searchParams: query } = new URL(url, target);
          const status = answer.statusCode ?? 0;
          exchanges.push({ method, path, query, request: jsonOf(body), status, answer: jsonOf(bytes) });
          response.writeHead(status, answer.headers).end(bytes);
        });
      });
      onward.on('error', () => response.destroy());
      onward.end(body);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closeAfterTest(
    () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  );
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, exchanges };
}

async function bytesOf(stream: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
