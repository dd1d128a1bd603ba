/** A server of the panel's page that does as it is told: it knows the words of the pages, and nothing of rollouts. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { freePort } from '../../../bench/lib/ports.ts';

export interface ToldEvent {
  readonly id: string;
  readonly kind: string;
  readonly cardId?: string;
  readonly receipt?: string;
  readonly sinceMs?: number;
  readonly sha256?: string;
}

export class ScriptedPanel {
  readonly sessions: { readonly conversationId: string; readonly accessToken: string }[] = [];
  readonly events: ToldEvent[] = [];
  /** How each page stood when it connected. */
  readonly states: string[] = [];
  readonly #streams = new Map<string, ServerResponse>();
  #server: Server | null = null;
  port = 0;
  /** Status of the next answers to what pages tell. */
  refuseEventsWith: number[] = [];

  async open(): Promise<void> {
    // It comes back at it: nobody else may be given it meanwhile.
    if (this.port === 0) this.port = await freePort();
    const server = createServer((request, response) => void this.#answer(request, response));
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.#server = server;
  }

  /** As when the process dies. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
    this.#streams.clear();
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/panel`;
  }

  get openStreams(): readonly string[] {
    return [...this.#streams.keys()];
  }

  send(conversationId: string, event: string, data: object): void {
    this.#streams.get(conversationId)?.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const json = (status: number, body: object): unknown =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const bearer = request.headers.authorization?.replace('Bearer ', '') ?? '';
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    switch (`${request.method} ${pathname}`) {
      case 'GET /panel':
        return void response.end('<!doctype html>');
      case 'POST /panel/session': {
        const asked = (await bodyOf(request)) as (typeof this.sessions)[number];
        this.sessions.push(asked);
        return void json(200, { session: asked.conversationId, expiresInMs: 600_000 });
      }
      case 'GET /panel/stream':
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.flushHeaders();
        this.#streams.set(bearer, response);
        this.states.push(`${searchParams.get('state')}`);
        response.once('close', () => this.#streams.delete(bearer));
        return;
      case 'POST /panel/events': {
        const { events } = (await bodyOf(request)) as { events: ToldEvent[] };
        const refused = this.refuseEventsWith.shift();
        if (refused !== undefined) return void json(refused, {});
        this.events.push(...events);
        return void json(200, { stored: events.length });
      }
      default:
        return void json(404, {});
    }
  }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}
