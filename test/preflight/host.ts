/** The organisation's own host, and a proxy that stands for all others. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

export interface Answer {
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Host {
  readonly url: string;
  /** What the page that runs in the browser has sent at its end. */
  readonly done: Promise<unknown>;
  close(): Promise<void>;
}

/** Answers what `route` answers, and what any page may load of the organisation's own. */
export async function openHost(route: (path: readonly string[]) => Answer | undefined): Promise<Host> {
  let finish: (result: unknown) => void = () => {};
  const done = new Promise<unknown>((resolve) => {
    finish = resolve;
  });
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const path = (request.url ?? '').split(/[?#]/)[0]?.split('/').slice(1) ?? [];
      if (path[0] === 'done') finish(JSON.parse(body));
      send(response, route(path) ?? own(path.at(-1) ?? ''));
    });
  });
  return { done, url: await listen(server), close: async () => close(server) };
}

/** Tells of every host that somebody asks for, and lets nobody through. */
export async function openProxy(onHost: (host: string) => void): Promise<Omit<Host, 'done'>> {
  const server = createServer((request, response) => {
    if (URL.canParse(request.url ?? '')) onHost(new URL(request.url ?? '').hostname);
    response.writeHead(204).end();
  });
  server.on('connect', (request, socket) => {
    onHost((request.url ?? '').replace(/:\d+$/, ''));
    socket.on('error', () => {}).end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  return { url: await listen(server), close: async () => close(server) };
}

/** The file of that name among the pages. */
function pageFile(name: string): string {
  return readFileSync(join(__dirname, 'pages', name), 'utf8');
}

export function pageOf(body: string, head = ''): Answer {
  return {
    type: 'text/html',
    body:
      '<!doctype html><html lang="en"><head><meta ' +
      `charset="utf-8"><title>Card</title>${head}</head><body>${body}</body></html>`,
  };
}

/** The same for every card: asked for once, since each question goes through three processes of a browser. */
const KEPT = { 'cache-control': 'max-age=3600' };

function own(name: string): Answer {
  if (name === 'watch.js' || name === 'copy.js' || name === 'run.js' || name === 'parse.js')
    return { type: 'text/javascript', body: pageFile(name), headers: KEPT };
  if (name.endsWith('.js')) return { type: 'text/javascript', body: '' };
  if (name.endsWith('.css')) return { type: 'text/css', body: '' };
  return /\.(png|svg)$/.test(name)
    ? { type: 'image/svg+xml', body: '<svg xmlns="http://www.w3.org/2000/svg"/>' }
    : { type: 'text/html', body: '' };
}

function send(response: ServerResponse, { type, body, headers = {} }: Answer): void {
  response.writeHead(200, { 'content-type': `${type}; charset=utf-8`, ...headers }).end(body);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
