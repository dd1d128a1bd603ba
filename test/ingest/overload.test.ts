import { createIngestApp } from '../../src/ingest/app.ts';
import { asTransaction } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { NOON, eventOf } from '../helpers/events.ts';
import { newSecret, sign } from '../helpers/push.ts';

const SECRET = newSecret();
const TIMESTAMP = String(NOON / 1000);
const MIB = 1024 * 1024;

/** A database that answers nothing until it is let go. */
function blockedDatabase() {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const query = async <Row>(): Promise<Row[]> => {
    await released;
    return [{ fresh: [] }] as Row[];
  };
  const db: Database = {
    kind: 'pg',
    query,
    tx: (work) => work(asTransaction({ query })),
    listen: () => Promise.resolve(() => Promise.resolve()),
    close: () => Promise.resolve(),
  };
  return { db, release };
}

/** A batch of the wanted size, made of fields that are dropped. */
function bodyOf(n: number, bytes: number): Buffer {
  return Buffer.from(JSON.stringify({ events: [eventOf(`c${n}`, 'triggered', 0)], padding: 'x'.repeat(bytes) }));
}

describe('while the store does not answer', () => {
  const send = (app: ReturnType<typeof createIngestApp>, body: Buffer) =>
    Promise.resolve(
      app.fetch(
        new Request('http://here/events', {
          method: 'POST',
          body,
          headers: {
            'webhook-id': 'msg_1',
            'webhook-timestamp': TIMESTAMP,
            'webhook-signature': sign(SECRET, 'msg_1', TIMESTAMP, body),
          },
        }),
      ),
    );

  test('pushes are refused by the bytes held, with Retry-After, before memory grows; those that were let in are stored later', async () => {
    const { db, release } = blockedDatabase();
    const app = createIngestApp({ db, secrets: [SECRET], maxHeldBytes: 8 * MIB, now: () => NOON });
    const before = process.memoryUsage();
    const waiting: Promise<Response>[] = [];
    const refused: Response[] = [];
    // 300 MiB are offered, one at a time, as each is refused or seen to wait.
    for (let n = 0; n < 400; n += 1) {
      const answer = send(app, bodyOf(n, 0.75 * MIB));
      const early = await Promise.race([answer, settled()]);
      if (early) refused.push(early);
      else waiting.push(answer);
    }
    const after = process.memoryUsage();
    expect(waiting.length).toBeLessThanOrEqual(10);
    expect(waiting.length).toBeGreaterThan(5);
    expect(new Set(refused.map(({ status, headers }) => `${status} ${headers.get('retry-after')}`))).toEqual(
      new Set(['503 1']),
    );
    expect((after.rss - before.rss) / MIB).toBeLessThan(220);
    release();
    expect(new Set((await Promise.all(waiting)).map(({ status }) => status))).toEqual(new Set([200]));
    expect((await send(app, bodyOf(0, 100))).status).toBe(200);
  });

  test('pushes are refused by the number of events that wait', async () => {
    const { db, release } = blockedDatabase();
    const app = createIngestApp({ db, secrets: [SECRET], maxWaiting: 3, now: () => NOON });
    const answers = [0, 1, 2, 3, 4].map((n) => send(app, bodyOf(n, 0)));
    const early = await Promise.all(
      answers.map((answer) => Promise.race([answer.then(({ status }) => status), settled()])),
    );
    expect(early.filter((status) => status === 503)).toHaveLength(2);
    release();
    expect((await Promise.all(answers)).filter(({ status }) => status === 200)).toHaveLength(3);
  });
});

/** Long enough for whatever needs no store to have come to its end. */
async function settled(): Promise<null> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  return null;
}
