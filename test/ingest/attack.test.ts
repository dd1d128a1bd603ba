import { once } from 'node:events';
import http from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { startIngest } from '../../src/ingest/server.ts';
import type { IngestServer, IngestServerOptions } from '../../src/ingest/server.ts';
import type { Database } from '../../src/store/database.ts';
import { NOON, eventOf } from '../helpers/events.ts';
import { newSecret, push, sign } from '../helpers/push.ts';
import { openStore } from '../helpers/any-store.ts';

const SECRET = newSecret();
const KIB = 1024;
const ANNOUNCED = 64 * KIB;

/** Who knows the form of a push, and no secret. */
class Attacker {
  readonly #open = new Set<Socket>();
  #more = true;
  opened = 0;

  constructor(
    readonly port: number,
    readonly sent: number,
    readonly most: number,
  ) {}

  /** Keeps so many connections; one that is cut is opened again. */
  async start(connections: number): Promise<void> {
    await Promise.all(Array.from({ length: connections }, () => this.#connect()));
  }

  async #connect(): Promise<void> {
    if (!this.#more || this.opened >= this.most) return;
    this.opened += 1;
    const socket = connect({ port: this.port, host: '127.0.0.1' });
    this.#open.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', () => undefined);
    socket.once('close', () => {
      this.#open.delete(socket);
      void this.#connect();
    });
    await Promise.race([once(socket, 'connect'), once(socket, 'close')]).catch(() => undefined);
    socket.write(
      [
        'POST /events HTTP/1.1',
        'host: here',
        'webhook-id: msg_1',
        `webhook-timestamp: ${NOON / 1000}`,
        `webhook-signature: ${sign(newSecret(), 'msg_1', '1', '')}`,
        `content-length: ${ANNOUNCED}`,
        '',
        '',
      ].join('\r\n'),
    );
    if (this.sent > 0) socket.write(Buffer.alloc(this.sent, ' '));
  }

  get connections(): number {
    return this.#open.size;
  }

  stop(): void {
    this.#more = false;
    for (const socket of this.#open) socket.destroy();
  }
}

describe('while somebody without a secret sends', () => {
  let db: Database;
  let server: IngestServer | undefined;
  let attacker: Attacker | undefined;
  beforeAll(async () => {
    db = await openStore();
  });
  afterEach(async () => {
    attacker?.stop();
    await server?.close();
  });
  afterAll(() => db.close());

  const start = async (more: Partial<IngestServerOptions> = {}): Promise<IngestServer> =>
    (server = await startIngest({ db, secrets: [SECRET], now: () => NOON, port: 0, ...more }));
  const portOf = ({ url }: IngestServer): number => Number(new URL(url).port);
  let n = 0;
  const genuine = (url: string): Promise<number> =>
    push(eventOf(`genuine-${n++}`, 'triggered', 0), { url, secret: SECRET, nowMs: NOON }).then(({ status }) => status);

  /** Over a kept connection and over a fresh one each. */
  const pushThrough = async (url: string, rounds: number): Promise<number[]> => {
    const answers: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      answers.push(await genuine(url), await fresh(url, JSON.stringify(eventOf(`fresh-${n++}`, 'triggered', 0))));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return answers;
  };

  test('1,024 connections that announce 64 KiB and send nothing: every genuine push beside them is taken', async () => {
    const { url } = await start();
    // Without an end: on a slow machine each is cut off many times before the pushes are through.
    attacker = new Attacker(portOf(server as IngestServer), 0, Infinity);
    await attacker.start(1_024);
    expect(attacker.connections).toBeGreaterThan(900);
    // Each push waits behind a thousand others: on a machine with a tenth of one core a round of both took 0.7 s.
    const answers = await pushThrough(url, 10);
    expect(answers.filter((status) => status !== 200)).toEqual([]);
    expect(attacker.connections).toBeGreaterThan(500);
  });

  test('bodies that all but end fill the memory that there is: the oldest make room, and every genuine push is taken', async () => {
    const { url } = await start({ maxHeldBytes: 2_048 * KIB });
    attacker = new Attacker(portOf(server as IngestServer), ANNOUNCED - 1, 512);
    await attacker.start(64);
    const answers = await pushThrough(url, 20);
    expect(answers.filter((status) => status !== 200)).toEqual([]);
    const { intake } = (await (await fetch(`${url}/healthz`)).json()) as { intake: { heldBytes: number; cut: number } };
    expect(intake.heldBytes).toBeLessThanOrEqual(2_048 * KIB);
    expect(intake.cut).toBeGreaterThan(0);
  });

  test('a body that does not go on is refused by name, and its connection closed', async () => {
    const { url } = await start({ bodyMs: 1_000 });
    const socket = connect({ port: portOf(server as IngestServer), host: '127.0.0.1' });
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
    });
    socket.write(
      `POST /events HTTP/1.1\r\nhost: here\r\nwebhook-id: msg_1\r\nwebhook-timestamp: ` +
        `${NOON / 1000}\r\nwebhook-signature: ${sign(SECRET, 'msg_1', '1', '')}\r\ncontent-length: 9\r\n\r\n{"`,
    );
    await once(socket, 'close');
    expect(text).toMatch(/^HTTP\/1\.1 408 [^]*"code":"body-too-slow"/);
    expect(await genuine(url)).toBe(200);
  });

  test('headers that do not end are not waited for', async () => {
    await start();
    const socket = connect({ port: portOf(server as IngestServer), host: '127.0.0.1' });
    socket.write('POST /events HTTP/1.1\r\nhost: here\r\n');
    socket.resume();
    await once(socket, 'close');
  });

  test('beyond the connections that there may be the oldest that proved nothing is closed; one with a push under way never', async () => {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let isWaiting: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => {
      isWaiting = resolve;
    });
    const slow: Database = {
      ...db,
      query: async (sql, params) => {
        isWaiting();
        await released;
        return db.query(sql, params);
      },
    };
    const { url } = await start({ db: slow, maxConnections: 8 });
    const first = fresh(url, JSON.stringify(eventOf('under-way', 'triggered', 0)));
    await waiting;
    attacker = new Attacker(portOf(server as IngestServer), 0, 200);
    await attacker.start(20);
    while (attacker.opened < 200) await new Promise((resolve) => setTimeout(resolve, 10));
    while (attacker.connections > 7) await new Promise((resolve) => setTimeout(resolve, 10));
    release();
    expect(await first).toBe(200);
  });
});

/** A push over a connection of its own; 0: closed without an answer. */
function fresh(url: string, body: string): Promise<number> {
  return new Promise((resolve) => {
    const timestamp = String(NOON / 1000);
    const outgoing = http.request(
      `${url}/events`,
      {
        method: 'POST',
        agent: false,
        headers: {
          'content-length': Buffer.byteLength(body),
          'webhook-id': 'msg_f',
          'webhook-timestamp': timestamp,
          'webhook-signature': sign(SECRET, 'msg_f', timestamp, body),
        },
      },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      },
    );
    outgoing.once('error', () => resolve(0));
    outgoing.end(body);
  });
}
