/** What the page of a panel says over HTTP: a session, a stream of messages, what happened to the cards. */
import http from 'node:http';
import https from 'node:https';
import { z } from 'zod';

/** `status` 0: no answer at all. */
export class PageRefused extends Error {
  readonly status: number;

  constructor(what: string, status: number, detail: string) {
    super(`${what}: ${status === 0 ? 'no answer' : status} ${detail}`);
    this.status = status;
  }
}

export interface StreamMessage {
  readonly event: string;
  readonly data: string;
}

const ANSWER_MS = 10_000;
/** Of an answer; the stream has no end. */
const MAX_ANSWER_BYTES = 64_000;
/** A message that never ends is not gathered for ever. */
const MAX_MESSAGE_CHARACTERS = 1_000_000;
const sessionSchema = z.object({ session: z.string().min(1), expiresInMs: z.number().positive() });
type Session = z.infer<typeof sessionSchema>;

/** Connections for calls are few and kept; every stream has one of its own. */
export class PageHttp {
  readonly #calls = { http: new http.Agent(kept()), https: new https.Agent(kept()) };
  readonly #streams = { http: new http.Agent(), https: new https.Agent() };
  #isClosed = false;

  async get(url: string): Promise<string> {
    return this.#call('GET', url, {});
  }

  async openSession(pageUrl: string, body: object): Promise<Session> {
    return sessionSchema.parse(JSON.parse(await this.#call('POST', `${pageUrl}/session`, {}, body)));
  }

  async postEvents(pageUrl: string, session: string, body: object): Promise<void> {
    await this.#call('POST', `${pageUrl}/events`, bearer(session), body);
  }

  /** Resolves when the other side ends the stream; rejects when it breaks or is not granted. */
  async readStream(
    url: string,
    session: string,
    onMessage: (message: StreamMessage) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const headers = { ...bearer(session), accept: 'text/event-stream' };
    const response = await send({ method: 'GET', url, headers, agents: this.#streams, signal });
    if (response.statusCode !== 200) throw new PageRefused(url, response.statusCode ?? 0, await textOf(response));
    const feed = messageReader(onMessage);
    try {
      for await (const chunk of response.setEncoding('utf8')) feed(chunk as string);
    } catch (cause) {
      throw cause instanceof PageRefused ? cause : new PageRefused(url, 0, 'the stream broke off');
    }
  }

  /** What is under way fails, and so does whatever comes. */
  close(): void {
    this.#isClosed = true;
    for (const agents of [this.#calls, this.#streams]) for (const agent of Object.values(agents)) agent.destroy();
  }

  async #call(method: string, url: string, headers: Readonly<Record<string, string>>, body?: object): Promise<string> {
    if (this.#isClosed) throw new PageRefused(`${method} ${url}`, 0, 'the desks are closed');
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), ANSWER_MS);
    try {
      const response = await send({ method, url, headers, body, agents: this.#calls, signal: limit.signal });
      const [status, text] = [response.statusCode ?? 0, await textOf(response)];
      if (status < 200 || status > 299) throw new PageRefused(`${method} ${url}`, status, text.slice(0, 300));
      return text;
    } finally {
      clearTimeout(timer);
    }
  }
}

interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: object | undefined;
  readonly agents: { readonly http: http.Agent; readonly https: https.Agent };
  readonly signal: AbortSignal;
}

function send({ method, url, headers, body, agents, signal }: Request): Promise<http.IncomingMessage> {
  const [library, agent] = url.startsWith('https:') ? [https, agents.https] : [http, agents.http];
  const content = body === undefined ? {} : { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const request = library.request(url, { method, agent, headers: { ...headers, ...content }, signal });
    request.once('response', resolve);
    request.once('error', (cause) => reject(new PageRefused(`${method} ${url}`, 0, cause.message)));
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Of an event stream, in whatever pieces it comes. */
function messageReader(onMessage: (message: StreamMessage) => void): (chunk: string) => void {
  let rest = '';
  return (chunk) => {
    const blocks = (rest + chunk).split(/\r?\n\r?\n/);
    rest = blocks.pop() ?? '';
    if (rest.length > MAX_MESSAGE_CHARACTERS) throw new PageRefused('the stream', 200, 'sent a message without end');
    for (const block of blocks) {
      const fields = block.split(/\r?\n/).map((line) => /^(\w+): ?(.*)$/.exec(line));
      const valuesOf = (name: string): string[] =>
        fields.flatMap((field) => (field?.[1] === name ? [field[2] ?? ''] : []));
      const data = valuesOf('data');
      if (data.length > 0) onMessage({ event: valuesOf('event')[0] ?? 'message', data: data.join('\n') });
    }
  };
}

function kept(): http.AgentOptions {
  return { keepAlive: true, maxSockets: 32, timeout: 30_000 };
}

function bearer(session: string): Record<string, string> {
  return { authorization: `Bearer ${session}` };
}

/** Of the rest of a long answer nothing is kept. */
async function textOf(response: http.IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) {
    if (text.length < MAX_ANSWER_BYTES) text += chunk as string;
  }
  return text;
}
