import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { connect } from 'node:net';
import type { PanelServer } from '../../src/panel/server.ts';
import { addCards } from '../../src/store/panel/cards.ts';
import type { Database } from '../../src/store/database.ts';
import { cardOf, publish, startPair } from '../store/panel/fixtures.ts';
import { cardOn, openPage, openSession, post, sha256, startTestPanel, until } from './fixtures.ts';
import type { CardMessage, TestPage } from './fixtures.ts';
import { openStore } from '../helpers/any-store.ts';

let db: Database;
let panel: PanelServer;
let nowMs = Date.now();

beforeAll(async () => {
  db = await openStore();
  panel = await startTestPanel(db, {
    now: () => nowMs,
    limits: { streamsPerUser: 3, streamsPerSession: 2, stuckMs: 5_000 },
  });
  await until(() => !panel.instance.isFenced);
});
afterAll(async () => {
  await panel.close();
  await db.close();
});

async function refusal(answer: Response): Promise<string> {
  const body = (await answer.json()) as { status: number; code: string; detail: string };
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(body.status).toBe(answer.status);
  expect(body.detail).not.toBe('');
  return `${answer.status} ${body.code}`;
}

const bearer = (session: string) => ({ authorization: `Bearer ${session}` });
const tell = (session: string | null, events: unknown) =>
  post(`${panel.url}/panel/events`, { events }, session === null ? {} : bearer(session));
const stream = (session: string) => fetch(`${panel.url}/panel/stream`, { headers: bearer(session) });
interface Counts {
  readonly slow: number;
  readonly refused: Readonly<Record<string, number>>;
}
const counts = async (): Promise<Counts> => {
  const health = (await (await fetch(`${panel.url}/health`)).json()) as { readonly counts: Counts };
  return health.counts;
};

interface Shown {
  readonly session: string;
  readonly conversationId: string;
  readonly page: TestPage;
  readonly message: CardMessage;
}

async function showCard(agentId = `agent-${randomUUID()}`): Promise<Shown> {
  const { action, candidate } = await startPair(db, 100);
  await until(() => panel.instance.armsOf(action).length === 2);
  const conversationId = randomUUID();
  const session = await openSession(panel, conversationId, agentId);
  const page = await openPage(panel, session);
  await addCards(db, [cardOf(candidate, { conversationId, agentId })]);
  return { session, conversationId, page, message: await cardOn(page) };
}
const renderedOf = ({ cardId, receipt, html }: CardMessage, over: object = {}) => ({
  id: randomUUID(),
  kind: 'rendered',
  cardId,
  receipt,
  sinceMs: 5,
  sha256: sha256(html),
  ...over,
});
const stored = async (cardId: string) =>
  (await db.query(`select 1 from events where raw->>'cardId' = $1 and type like '%rendered'`, [cardId])).length;

describe('who may open a session', () => {
  const session = (body: unknown) => post(`${panel.url}/panel/session`, body);

  test.each<[string, unknown, string]>([
    ['nothing', {}, '400 panel-body-invalid'],
    ['no JSON', '{', '400 panel-body-invalid'],
    ['no token', { conversationId: 'c' }, '400 panel-body-invalid'],
    ['a token that nobody knows', { conversationId: 'c', accessToken: 'x' }, '401 panel-token-refused'],
    ['a conversation of others', { conversationId: 'c', accessToken: 'ann@d,e' }, '403 panel-not-your-conversation'],
  ])('%s', async (_name, body, expected) => {
    expect(await refusal(await session(body))).toBe(expected);
  });

  test('a body of megabytes is not read', async () => {
    const body = { conversationId: 'c', accessToken: 'x'.repeat(1024 * 1024) };
    expect(await refusal(await session(body))).toBe('413 panel-body-too-large');
  });

  test('an agent opens sixty in a minute, and no more', async () => {
    const open = () => session({ conversationId: 'c', accessToken: 'busy@c' });
    const answers = await Promise.all(Array.from({ length: 60 }, open));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(60);
    const last = await open();
    expect(last.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await refusal(last)).toBe('429 panel-too-many-sessions');
  });
});

describe('a session', () => {
  test.each<[string, (good: string) => string]>([
    ['of nobody', () => 'abc.def'],
    [
      'with another conversation',
      (good) => `${Buffer.from('["agent-1","other",9e15]').toString('base64url')}.${good.split('.')[1]}`,
    ],
    ['with one letter changed', (good) => `${good.slice(0, -2)}${good.at(-2) === 'A' ? 'B' : 'A'}${good.at(-1)}`],
    ['of ten thousand letters', (good) => good + 'A'.repeat(10_000)],
  ])('%s is refused', async (_name, forge) => {
    const good = await openSession(panel, randomUUID());
    expect(await refusal(await stream(forge(good)))).toBe('401 panel-session-invalid');
    expect(await refusal(await tell(forge(good), []))).toBe('401 panel-session-invalid');
  });

  test('without one nothing is answered', async () => {
    expect(await refusal(await tell(null, []))).toBe('401 panel-session-missing');
    expect(await refusal(await fetch(`${panel.url}/panel/stream`))).toBe('401 panel-session-missing');
  });

  test('is over after ten minutes, and its stream ends', async () => {
    const session = await openSession(panel, randomUUID(), 'late');
    const page = await openPage(panel, session);
    const end = page.next('end');
    nowMs += 10 * 60_000;
    expect(await refusal(await tell(session, []))).toBe('401 panel-session-expired');
    expect(await end).toEqual({ why: 'expired' });
    await page.ended;
  });

  test('signed with a secret that is being replaced holds; with one that nobody has, not', async () => {
    const [old, current, foreign] = ['an-old-secret-0123456789', 'a-new-secret-0123456789', 'a-foreign-0123456789'];
    const start = (sessionSecrets: string[]) => startTestPanel(db, { sessionSecrets });
    const processes = await Promise.all([start([old]), start([current, old]), start([foreign])]);
    const session = await openSession(processes[0], randomUUID());
    const status = async (of: PanelServer) =>
      (await post(`${of.url}/panel/events`, { events: [{ id: 'a', kind: 'hidden' }] }, bearer(session))).status;
    expect(await Promise.all(processes.map(status))).toEqual([200, 200, 401]);
    await Promise.all(processes.map((one) => one.close()));
  });

  test('of an agent may have so many pages: the oldest of a conversation makes room, others are refused', async () => {
    const [first, other] = [
      await openSession(panel, 'conversation-1', 'eve'),
      await openSession(panel, 'conversation-2', 'eve'),
    ];
    const oldest = await openPage(panel, first);
    const end = oldest.next('end');
    const pages = [await openPage(panel, first), await openPage(panel, first)];
    expect(await end).toEqual({ why: 'replaced' });
    pages.push(await openPage(panel, other));
    expect(await refusal(await stream(await openSession(panel, 'conversation-3', 'eve')))).toBe(
      '429 panel-too-many-streams',
    );
    for (const page of pages) page.close();
  });
});

test('pages that come all at once are so many too, and one that could not be opened takes no place', async () => {
  const sessions = await Promise.all(
    Array.from({ length: 8 }, (_, i) => openSession(panel, `conversation-${Math.floor(i / 4)}`, 'mallory')),
  );
  const gone = new AbortController();
  const open = async () => {
    const all = await Promise.all(
      sessions.map((session) => fetch(`${panel.url}/panel/stream`, { headers: bearer(session), signal: gone.signal })),
    );
    return all.map(({ status }) => status).toSorted((a, b) => a - b);
  };
  expect(await open()).toEqual([200, 200, 200, 429, 429, 429, 429, 429]);
  gone.abort();
  const later = await openSession(panel, 'conversation-9', 'mallory');
  await until(async () => {
    const answer = await stream(later);
    await answer.body?.cancel();
    return answer.status === 200;
  });
});

describe('what pages tell', () => {
  test('of a card that was never sent to them is refused, whatever receipt they have', async () => {
    const [mine, theirs] = [await showCard(), await showCard()];
    const before = (await counts()).refused['panel-receipt-refused'] ?? 0;
    const forged: Record<string, object> = {
      'another agent’s card with its receipt': renderedOf(theirs.message),
      'another agent’s card with my receipt': renderedOf(theirs.message, { receipt: mine.message.receipt }),
      'a card that there is not': renderedOf(mine.message, { cardId: randomUUID() }),
      'a receipt of my own making': renderedOf(mine.message, {
        receipt: 'W10.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
      }),
      'my session as a receipt': renderedOf(mine.message, { receipt: mine.session }),
    };
    for (const event of Object.values(forged))
      expect(await refusal(await tell(mine.session, [event]))).toBe('403 panel-receipt-refused');
    expect((await counts()).refused['panel-receipt-refused']).toBe(before + Object.keys(forged).length);
    expect([await stored(mine.message.cardId), await stored(theirs.message.cardId)]).toEqual([0, 0]);
    for (const { page } of [mine, theirs]) page.close();
  });

  test('with the hash of something else is refused and not stored', async () => {
    const { session, message, page } = await showCard();
    const event = renderedOf(message, { sha256: sha256('something else') });
    expect(await refusal(await tell(session, [event]))).toBe('409 panel-painted-otherwise');
    expect(await stored(message.cardId)).toBe(0);
    page.close();
  });

  test('again is taken once', async () => {
    const { session, message, page } = await showCard();
    const event = renderedOf(message);
    const answers = await Promise.all(Array.from({ length: 5 }, async () => (await tell(session, [event])).json()));
    expect(answers.map((answer) => (answer as { stored: number }).stored).filter((one) => one === 1)).toHaveLength(1);
    expect(await stored(message.cardId)).toBe(1);
    page.close();
  });

  test('from the page of another site is refused by the browser: no answer names an origin', async () => {
    const preflight = await fetch(`${panel.url}/panel/events`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://evil.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      },
    });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([405, null]);
  });

  test.each<[string, unknown]>([
    ['no events', []],
    ['too many', Array.from({ length: 101 }, () => ({ id: 'a', kind: 'hidden' }))],
    ['of no kind', [{ id: 'a', kind: 'installed' }]],
    ['of before it came', [{ id: 'a', kind: 'accepted', cardId: randomUUID(), receipt: 'x', sinceMs: -1 }]],
    ['by an id that is none', [{ id: '../../a', kind: 'hidden' }]],
  ])('%s is no call', async (_name, events) => {
    expect(await refusal(await tell(await openSession(panel, randomUUID()), events))).toBe('400 panel-body-invalid');
  });

  test('more than six hundred in a minute are refused', async () => {
    const { session, message, page } = await showCard();
    const hundred = () =>
      tell(
        session,
        Array.from({ length: 100 }, () => renderedOf(message)),
      );
    for (let call = 0; call < 6; call += 1) expect((await hundred()).status).toBe(200);
    expect(await refusal(await hundred())).toBe('429 panel-too-many-events');
    page.close();
  });
});

describe('files', () => {
  const raw = (path: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(panel.url);
      request({ hostname, port, path }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      })
        .on('error', reject)
        .end();
    });

  test.each([
    '/panel/../package.json',
    '/panel/..%2f..%2fpackage.json',
    '/panel/%2e%2e/server.js',
    '/panel/page.js%00.css',
    '/panel//etc/passwd',
    '/panel/page.js/..',
    '/page/page.js',
  ])('%s is not there', async (path) => {
    expect(await raw(path)).toBe(404);
  });

  test('the page may be framed by the desktop alone, runs nothing inline and asks nobody else', async () => {
    const policy = (await fetch(`${panel.url}/panel?conversation=c`)).headers.get('content-security-policy') ?? '';
    expect(policy).toContain('frame-ancestors https://apps.example.com;');
    expect(policy).toContain("connect-src 'self' https://login.example.com;");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toMatch(/unsafe|\*/);
  });
});

describe('a page that does not read', () => {
  test('is ended when it lags too far behind, and holds up no other', async () => {
    const { action, candidate } = await startPair(db, 100);
    const conversationId = randomUUID();
    const session = await openSession(panel, conversationId, 'slow');
    const large = await publish(db, action, '3', `<p>${'a'.repeat(200_000)}</p>`);
    await until(() => panel.instance.armsOf(action).length === 2);
    const socket = connect(Number(new URL(panel.url).port), '127.0.0.1');
    socket.write(`GET /panel/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${session}\r\n\r\n`);
    socket.pause();
    const reader = await openPage(panel, await openSession(panel, conversationId, 'slow'));
    socket.on('error', () => undefined);
    await db.query(
      `update panel_split set epoch = nextval('panel_epoch'),
         arms = jsonb_set(arms, '{1,versionId}', to_jsonb($2::text)) where action = $1`,
      [action, large.id],
    );
    panel.instance.wake();
    await until(() => panel.instance.armsOf(action).some(({ versionId }) => versionId === large.id));
    expect(candidate.id).not.toBe(large.id);
    const cards = Array.from({ length: 60 }, () => cardOf(large, { conversationId, agentId: 'slow' }));
    expect(new Set(await addCards(db, cards))).toEqual(new Set(['added']));
    await until(() => reader.events('card').length === 60);
    await until(async () => (await counts()).slow === 1);
    socket.destroy();
    reader.close();
  });
});
