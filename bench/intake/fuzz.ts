/** Sends mutated requests to an events service and checks what it answers and what it keeps. */
import http from 'node:http';
import { connect } from 'node:net';
import { engagementEventSchema } from '../../src/domain/events/event.ts';
import { MAX_BYTES } from '../../src/ingest/intake/body.ts';
import type { Database } from '../../src/store/database.ts';
import { CANARY, FORGED, mutate } from './mutate.ts';
import type { FuzzRequest, Secrets } from './mutate.ts';
import { createDice } from './random.ts';

export interface FuzzOptions {
  readonly url: string;
  readonly db: Database;
  readonly secrets: Secrets;
  readonly requests: number;
  readonly seed: number;
  readonly now: () => number;
  /** Requests under way at once. */
  readonly lanes?: number;
}

export interface FuzzReport {
  readonly requests: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly stored: number;
  readonly deadLetters: number;
  /** Each is a fault of the service; the first hundred. */
  readonly faults: readonly string[];
}

export async function fuzzIntake(options: FuzzOptions): Promise<FuzzReport> {
  const dice = createDice(options.seed);
  const statuses: Record<string, number> = {};
  const faults: string[] = [];
  let [acknowledged, next] = [0, 0];
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
  const lane = async (): Promise<void> => {
    while (next < options.requests) {
      next += 1;
      const nth = next;
      const request = mutate(dice, nth, options.now(), options.secrets);
      const answer = await send(options.url, request, agent);
      const key = answer.status === 0 ? 'closed' : String(answer.status);
      statuses[key] = (statuses[key] ?? 0) + 1;
      const fault = judge(request, answer);
      if (fault !== null)
        faults.push(`#${nth} ${request.kind} ${request.method} ${request.path.slice(0, 40)}: ${fault}`);
      if (answer.status === 200 && request.path === '/events') acknowledged += storedOf(answer.text);
    }
  };
  await Promise.all(Array.from({ length: options.lanes ?? 8 }, lane));
  agent.destroy();
  const kept = await inspect(options.db);
  faults.push(...kept.faults);
  if (kept.stored !== acknowledged) faults.push(`acknowledged ${acknowledged} events, and ${kept.stored} are stored`);
  const alive = await send(
    options.url,
    {
      kind: 'health',
      method: 'GET',
      path: '/healthz',
      headers: {},
      body: Buffer.alloc(0),
      chunked: false,
      genuine: false,
    },
    new http.Agent(),
  );
  if (alive.status !== 200) faults.push(`afterwards /healthz answers ${alive.status}`);
  return {
    requests: options.requests,
    statuses,
    stored: kept.stored,
    deadLetters: kept.deadLetters,
    faults: faults.slice(0, 100),
  };
}

/** Null when all is well. */
function judge(request: FuzzRequest, { status, headers, text }: Answer): string | null {
  // Of what is too large the rest is not read: the close may overtake the answer (RFC 9112, section 9.6).
  if (status === 0)
    return request.genuine && request.raw === undefined && request.body.length <= MAX_BYTES
      ? `${request.body.length} bytes: the connection was closed without an answer`
      : null;
  if (status === 503 && headers['retry-after'] !== undefined) return null;
  if (status >= 500) return `answered ${status}: ${text.slice(0, 200)}`;
  if (status === 200 && request.path === '/events' && !request.genuine)
    return 'a push that is not genuine was accepted';
  if (status === 401 && request.genuine) return `a genuine push was taken for a forged one: ${text.slice(0, 200)}`;
  if (request.kind === 'valid' && status !== 200) return `a valid push was answered ${status}: ${text.slice(0, 200)}`;
  return null;
}

/** Whatever is stored must be an event as the schema has it, and nothing that nobody signed may be kept anywhere. */
async function inspect(db: Database): Promise<{ stored: number; deadLetters: number; faults: string[] }> {
  const faults: string[] = [];
  const events = await db.query<{ id: string; raw: unknown; text: string }>(
    'select id, raw, raw::text as text from events',
  );
  for (const { id, raw, text } of events) {
    if (!engagementEventSchema.strict().safeParse(raw).success) faults.push(`the stored event ${id} is not one`);
    if (text.includes(CANARY) || text.includes(FORGED))
      faults.push(`the stored event ${id} holds a field that nobody asked for`);
  }
  const letters = await db.query<{ id: number; body: Uint8Array }>('select id, body from dead_letters');
  for (const { id, body } of letters)
    if (Buffer.from(body).includes(FORGED)) faults.push(`the dead letter ${id} was never signed, or was acceptable`);
  return { stored: events.length, deadLetters: letters.length, faults };
}

interface Answer {
  /** 0: closed without an answer. */
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

const NOTHING: Answer = { status: 0, headers: {}, text: '' };
const ANSWER_MS = 60_000;

function send(url: string, request: FuzzRequest, agent: http.Agent): Promise<Answer> {
  return request.raw === undefined ? sendHttp(url, request, agent) : sendRaw(url, request.raw);
}

function sendHttp(
  url: string,
  { method, path, headers, body, chunked }: FuzzRequest,
  agent: http.Agent,
): Promise<Answer> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(url);
    const length = chunked || headers['transfer-encoding'] !== undefined ? {} : { 'content-length': body.length };
    let outgoing: http.ClientRequest;
    try {
      outgoing = http.request({
        hostname,
        port,
        method,
        path,
        agent,
        timeout: ANSWER_MS,
        headers: { ...headers, ...length },
      });
    } catch {
      // Not even Node's client would send it.
      return resolve(NOTHING);
    }
    outgoing.once('response', (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.once('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: Buffer.concat(chunks).toString() }),
      );
      answer.once('error', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: '' }));
    });
    outgoing.once('timeout', () => outgoing.destroy());
    outgoing.once('error', () => resolve(NOTHING));
    outgoing.end(body);
  });
}

/** Ends its side after the bytes, so that a server that waits for more learns that none come. */
function sendRaw(url: string, bytes: Buffer): Promise<Answer> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.once('error', () => resolve(NOTHING));
    socket.once('close', () => {
      const text = Buffer.concat(chunks).toString('latin1');
      resolve({ ...NOTHING, status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), text });
    });
    socket.end(bytes);
  });
}

function storedOf(text: string): number {
  return (JSON.parse(text) as { stored: number }).stored;
}
