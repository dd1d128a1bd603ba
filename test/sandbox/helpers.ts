import http from 'node:http';
import { startSandbox } from '../../src/sandbox/server.ts';
import type { SandboxHandle } from '../../src/sandbox/server.ts';
import type { SandboxOptions } from '../../src/sandbox/options.ts';
import { SEEDED_BASELINE } from '../../src/sandbox/seeded-organisation.ts';
import type { ActionBody } from '../../src/sandbox/wire.ts';
import type { EngagementEvent } from '../../src/domain/events/event.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

export function closeAfterTest(close: () => Promise<void>): void {
  closers.push(close);
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}
type Json = Readonly<Record<string, unknown>>;

export interface Client {
  readonly sandbox: SandboxHandle;
  readonly token: string;
  readonly call: (method: string, path: string, body?: unknown) => Promise<Answer>;
}

/** A running sandbox and a client that holds a token; closed after the test. */
export async function givenSandbox(options: SandboxOptions = {}): Promise<Client> {
  const sandbox = await startSandbox(options);
  closeAfterTest(() => sandbox.close());
  return clientOf(sandbox);
}

export async function clientOf(
  sandbox: SandboxHandle,
  id = 'sandbox-client',
  secret = 'sandbox-secret',
): Promise<Client> {
  const { body } = await askToken(sandbox.url, id, secret);
  const token = String(body['access_token']);
  return { sandbox, token, call: (method, path, json) => call(sandbox.url + path, method, token, json) };
}

/** A connection that was kept may be closed by the server in the moment in which it is used again. */
const ALONE = { connection: 'close' } as const;

export function askToken(url: string, id: string, secret: string): Promise<Answer> {
  return answerOf(
    fetch(`${url}/oauth/token`, {
      method: 'POST',
      headers: { ...ALONE, authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    }),
  );
}

export function call(url: string, method: string, token: string | undefined, json?: unknown): Promise<Answer> {
  return answerOf(
    fetch(url, {
      method,
      headers: {
        ...ALONE,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(json !== undefined && { 'content-type': 'application/json' }),
      },
      ...(json !== undefined && { body: JSON.stringify(json) }),
    }),
  );
}

async function answerOf(pending: Promise<Response>): Promise<Answer> {
  const response = await pending;
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: (text === '' ? {} : JSON.parse(text)) as Json };
}

export const ACTIONS = '/api/v2/agentassist/actions';
export const EXPORTS = '/api/v2/analytics/event-exports';
export const DETAILS = '/api/v2/analytics/conversations/details/query';

export function actionBody(version: string, split: number, group: 'control' | 'candidate' = 'candidate'): ActionBody {
  return {
    ...SEEDED_BASELINE,
    name: `RefundAssist v${version}`,
    version,
    metadata: { traffic_split: split, ab_test_group: group, version },
  };
}

export function exportBody(url: string, more: object = {}): Record<string, unknown> {
  const types = ['triggered', 'rendered', 'accepted', 'dismissed'].map((name) => `agentassist.action.${name}`);
  const filter = { type: 'OR', filters: types.map((value) => ({ type: 'event', value })) };
  return {
    name: 'metrics',
    enabled: true,
    format: 'json',
    destination: { type: 'webhook', url },
    eventTypes: types,
    filter,
    ...more,
  };
}

export interface Received {
  readonly headers: http.IncomingHttpHeaders;
  readonly raw: string;
  readonly events: readonly EngagementEvent[];
}

export interface Receiver {
  readonly url: string;
  readonly received: Received[];
}

/** A webhook; `answer` says with which status, or never. */
export async function givenReceiver(answer: (nth: number) => number | 'never' = () => 204): Promise<Receiver> {
  const received: Received[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks).toString('utf8');
      const { events } = JSON.parse(raw) as { events: EngagementEvent[] };
      received.push({ headers: request.headers, raw, events });
      const status = answer(received.length);
      if (status !== 'never') response.writeHead(status).end();
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
  return { url: `http://127.0.0.1:${port}/webhook`, received };
}

export async function until(condition: () => boolean | Promise<boolean>, withinMs = PATIENCE_MS): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Not so within ${withinMs} ms: ${condition.toString()}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}

export function ids(receiver: Receiver): string[] {
  return receiver.received.flatMap(({ events }) => events.map(({ id }) => id));
}
