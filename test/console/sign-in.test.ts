/** Who signs in at a console, by token and by key; how long that lasts, and what it lets them do. */
import { originsOf } from '../../src/console/origin.ts';
import { createSessions } from '../../src/console/sessions.ts';
import type { SignInDeps } from '../../src/console/sign-in.ts';
import type { Configurator } from '../../src/configurator.ts';
import type { ActSigner } from '../../src/configurator/sign-act.ts';
import { parseOperators } from '../../src/domain/identity/operators-schema.ts';
import type { Operators } from '../../src/domain/identity/operators.ts';
import { createBoundedFetch } from '../../src/http/bounded-fetch.ts';
import { signDelegation } from '../../src/identity/delegate.ts';
import { newActorKey } from '../../src/identity/key.ts';
import { createTokenVerifier } from '../../src/identity/tokens.ts';
import { CLIENT, startIdentityProvider } from '../helpers/identity-provider.ts';
import type { IdentityProvider } from '../helpers/identity-provider.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import { acts, fakeEngine, openConsole, summaryOf, viewOf } from './helpers.ts';
import type { FakeEngine, TestConsole } from './helpers.ts';

const ORIGIN = 'https://console.example.com';
const SECRET = 'a-secret-of-this-test-alone';
const [{ key: attestor }, { key: ana }, { key: eve }] = [
  newActorKey('console'),
  newActorKey('ana'),
  newActorKey('eve'),
];
const fetch = createBoundedFetch({ timeoutMs: PATIENCE_MS, maxBytes: 64 * 1024, agentFor: () => undefined });
let provider: IdentityProvider;
let operators: Operators;
let nowMs: number;
let fake: FakeEngine;
let site: TestConsole;
/** Under whose word the last act was signed. */
let signer: ActSigner | null;

const listOf = (more: object = {}): Operators => {
  const parsed = parseOperators({
    operators: [{ name: 'ana', key: ana.publicKey, roles: ['operator'] }],
    groups: { refunders: { grants: [{ roles: ['viewer'], actions: ['Refund*'] }] } },
    issuers: [{ issuer: provider.issuer, audience: CLIENT, login: { clientId: CLIENT } }],
    attestors: [{ name: 'console', key: attestor.publicKey }],
    ...more,
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.operators;
};

beforeAll(async () => {
  provider = await startIdentityProvider();
});
afterAll(() => provider.close());
beforeEach(() => {
  nowMs = Date.now();
  operators = listOf();
  signer = null;
  fake = fakeEngine();
  fake.views = new Map([['Refund', viewOf('Refund')]]);
  fake.rows = [summaryOf('Refund'), summaryOf('Secret')];
  site = open(false);
});
afterEach(() => site.close());

function open(isOpen: boolean): TestConsole {
  const now = () => nowMs;
  const source = { now: () => Promise.resolve(operators) };
  const engine = {
    ...fake.engine,
    actingFor: (given: ActSigner): Configurator => {
      signer = given;
      return fake.engine;
    },
  };
  const signIn: SignInDeps = {
    sessions: createSessions({ operators: source, attestor, engine, secrets: [SECRET], now, isOpen }),
    operators: source,
    verifier: createTokenVerifier({ fetch, now }),
    attestor,
    fetch,
    secrets: [SECRET],
    now,
  };
  return openConsole(fake, {
    origins: originsOf(ORIGIN, () => 8490),
    viewers: signIn.sessions,
    signIn,
    now,
  });
}

const HOST = { host: 'console.example.com', origin: ORIGIN };

/** What the browser keeps of an answer: `name=value`, the last of each. */
function cookieOf(answer: Response): string {
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0] ?? '')
    .filter((pair) => !pair.endsWith('='))
    .join('; ');
}

async function withKey(proof: string, at: TestConsole = site): Promise<Response> {
  return at.post('/sign-in/key', { proof, next: '/rollouts/Refund' }, HOST);
}

const proofOf = (key = ana, console = ORIGIN, to = attestor.publicKey): string =>
  signDelegation(key, { console, to, nowMs });

async function withToken(
  as: object,
  next = '/',
): Promise<{ readonly answer: Response; readonly back: string; readonly cookie: string }> {
  const query = new URLSearchParams({ issuer: provider.issuer, next });
  const begun = await site.get(`/sign-in/oidc?${query.toString()}`, HOST);
  const back = provider.authorize(begun.headers.get('location') ?? '', as as never);
  const cookie = cookieOf(begun);
  const { pathname, search } = new URL(back);
  return { answer: await site.get(`${pathname}${search}`, { ...HOST, cookie }), back: `${pathname}${search}`, cookie };
}

const tokenIn = (page: string): string => /name="token" value="([^"]+)"/.exec(page)?.[1] ?? '';

/** As somebody who was shown the rollout. */
async function pause(cookie: string): Promise<Response> {
  const page = await (await site.get('/rollouts/Refund', { ...HOST, cookie })).text();
  return site.post('/rollouts/Refund/acts/pause', { token: tokenIn(page), reason: 'why' }, { ...HOST, cookie });
}

test('without signing in nothing is shown, where the installation does not say otherwise', async () => {
  const answer = await site.get('/', HOST);
  const page = await answer.text();
  expect([answer.status, page.includes('Refund'), page.includes('/sign-in')]).toEqual([401, false, true]);
  expect((await site.get('/stream', HOST)).status).toBe(401);
  expect((await site.get('/health', HOST)).status).toBe(200);
});

test('where anyone may look, nobody acts without signing in', async () => {
  site = open(true);
  const page = await (await site.get('/rollouts/Refund', HOST)).text();
  expect([page.includes('1.5.0'), tokenIn(page)]).toEqual([true, '']);
  for (const token of ['', 'x', TOKENLESS])
    expect((await site.post('/rollouts/Refund/acts/pause', { token, reason: 'why' }, HOST)).status).not.toBe(303);
  expect(acts(fake)).toEqual([]);
});
/** Of a session that nobody has. */
const TOKENLESS = `${Buffer.from('').toString('base64url')}.x`;

describe('by key', () => {
  test('a delegation signs its operator in, who acts by it', async () => {
    const proof = proofOf();
    const answer = await withKey(proof);
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('url=/rollouts/Refund')]);
    const [cookie] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/^__Host-assist-session=.+; Max-Age=28\d{3}; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
    expect((await pause(cookieOf(answer))).status).toBe(303);
    expect(acts(fake)[0]?.given.slice(0, 3)).toEqual(['pause', 'Refund', { by: 'ana', reason: 'why' }]);
    expect(signer).toMatchObject({ key: { publicKey: attestor.publicKey }, delegation: proof });
  });

  test('it signs in once', async () => {
    const proof = proofOf();
    const statuses = await Promise.all([withKey(proof), withKey(proof)]);
    expect(statuses.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401]);
  });

  test('of a key that nobody has is kept nothing: it signs in as soon as somebody has it', async () => {
    const proof = proofOf(eve);
    expect((await withKey(proof)).status).toBe(401);
    operators = listOf({ operators: [{ name: 'eve', key: eve.publicKey, roles: ['viewer'] }] });
    expect((await withKey(proof)).status).toBe(200);
    expect((await withKey(proof)).status).toBe(401);
  });

  test.each<[string, () => string]>([
    ['for another console', () => proofOf(ana, 'https://console.example.org')],
    ['to another process', () => proofOf(ana, ORIGIN, eve.publicKey)],
    ['of a key that nobody has', () => proofOf(eve)],
    ['that is damaged', () => `${proofOf().slice(0, -8)}AAAAAAAA`],
    ['that is none', () => 'x.y.z'],
    [
      'from an hour ago',
      () => signDelegation(ana, { console: ORIGIN, to: attestor.publicKey, nowMs: nowMs - 3_600_000 }),
    ],
  ])('one %s signs nobody in', async (_what, proof) => {
    const answer = await withKey(proof());
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([401, []]);
  });

  test('the console says to whom it is to be delegated', async () => {
    const answer = await site.get('/sign-in/key', { ...HOST, accept: 'application/json' });
    expect(await answer.json()).toEqual({ console: ORIGIN, attestor: attestor.publicKey });
  });
});

test('whoever asks every second to be signed in, behind the same proxy, locks nobody out, and troubles no provider', async () => {
  const begin = `/sign-in/oidc?issuer=${encodeURIComponent(provider.issuer)}`;
  expect((await site.get(begin, HOST)).status).toBe(303);
  const before = provider.discovered();
  for (let at = 0; at < 61; at += 1) {
    await site.get(begin, HOST);
    await withKey('x.y.z');
  }
  expect(provider.discovered()).toBe(before);
  expect((await withKey(proofOf())).status).toBe(200);
  expect((await withToken({ sub: 'wim', groups: ['refunders'] })).answer.status).toBe(200);
});

describe('by token', () => {
  test('code, PKCE, state and nonce lead to a session; its holder sees what their grants say', async () => {
    const { answer } = await withToken({ sub: 'wim', groups: ['refunders'] });
    const cookie = cookieOf(answer);
    const page = await (await site.get('/', { ...HOST, cookie })).text();
    expect([page.includes('Refund'), page.includes('Secret')]).toEqual([true, false]);
    expect((await site.get('/rollouts/Secret', { ...HOST, cookie })).status).toBe(403);
    expect((await site.get('/rollouts/Secret/stream', { ...HOST, cookie })).status).toBe(403);
    expect(signer?.oidc).toEqual({ iss: provider.issuer, sub: 'wim', groups: ['refunders'] });
  });

  test('what leads back without the cookie of who began signs nobody in, nor does it twice', async () => {
    const { back, cookie, answer } = await withToken({ sub: 'wim', groups: ['refunders'] });
    expect(answer.status).toBe(200);
    for (const headers of [HOST, { ...HOST, cookie: '__Host-assist-sign-in=x.y' }, { ...HOST, cookie }])
      expect((await site.get(back, headers)).status).toBe(401);
  });

  test('tabs of one browser that sign in at the same time each go on where they were, and many leave no heap of cookies', async () => {
    const jar = new Map<string, string>();
    const ask = async (path: string): Promise<Response> => {
      const answer = await site.get(path, { ...HOST, cookie: [...jar].map((pair) => pair.join('=')).join('; ') });
      for (const cookie of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
        if (value === '') jar.delete(name);
        else jar.set(name, value);
      }
      return answer;
    };
    const begin = async (next: string): Promise<string> => {
      const query = new URLSearchParams({ issuer: provider.issuer, next });
      const begun = await ask(`/sign-in/oidc?${query.toString()}`);
      const back = new URL(
        provider.authorize(begun.headers.get('location') ?? '', { sub: 'wim', groups: ['refunders'] }),
      );
      return `${back.pathname}${back.search}`;
    };
    const backs: string[] = [];
    for (let at = 0; at < 12; at += 1) {
      nowMs += 1;
      backs.push(await begin(`/rollouts/Refund?tab=${at}`));
    }
    expect(jar.size).toBe(4);
    for (const at of [10, 8, 11, 9])
      expect(await (await ask(backs[at] ?? '')).text()).toContain(`url=/rollouts/Refund?tab=${at}"`);
    expect((await ask(backs[0] ?? '')).status).toBe(401);
    expect([...jar.keys()]).toEqual(['__Host-assist-session']);
  });

  test.each<[string, (back: string) => string]>([
    ['another state', (back) => back.replace(/state=[^&]+/, 'state=other')],
    ['another code', (back) => back.replace(/code=[^&]+/, 'code=other')],
    ['no code', (back) => back.replace(/code=[^&]+&?/, '')],
  ])('%s signs nobody in', async (_what, changed) => {
    const begun = await site.get(`/sign-in/oidc?issuer=${encodeURIComponent(provider.issuer)}`, HOST);
    const back = new URL(provider.authorize(begun.headers.get('location') ?? '', { sub: 'wim' }));
    const answer = await site.get(changed(`${back.pathname}${back.search}`), { ...HOST, cookie: cookieOf(begun) });
    expect(answer.status).toBe(401);
  });

  test('a token with the nonce of another sign-in signs nobody in', async () => {
    const { answer } = await withToken({ sub: 'wim', groups: ['refunders'], nonce: 'of-another' });
    expect(answer.status).toBe(401);
  });

  test('somebody whom nothing lets look is told so', async () => {
    const { answer } = await withToken({ sub: 'nobody' });
    expect((await site.get('/rollouts/Refund', { ...HOST, cookie: cookieOf(answer) })).status).toBe(403);
  });

  test.each([
    ['Russian', 'Отдел возвратов и претензий'],
    ['Japanese', '返金対応チーム・東京第一・夜間担当者'],
    ['of quotes', '"'.repeat(20)],
  ])('somebody in a hundred groups whose names are %s is signed in, and acts', async (_what, name) => {
    const ours = `${name} ours`;
    operators = listOf({ groups: { [ours]: { grants: [{ roles: ['operator'], actions: ['Refund*'] }] } } });
    const groups = [...Array.from({ length: 100 }, (_, at) => `${name} ${at}`), 'x'.repeat(256), ours];
    const { answer } = await withToken({ sub: 'wim', groups });
    const cookie = cookieOf(answer);
    expect((await site.get('/rollouts/Refund', { ...HOST, cookie })).status).toBe(200);
    expect((await pause(cookie)).status).toBe(303);
    expect(signer?.oidc?.groups).toContain(ours);
  });

  test('a page with a very long address is come back from, to the list', async () => {
    const { answer } = await withToken({ sub: 'wim', groups: ['refunders'] }, `/rollouts/${'x'.repeat(2_000)}`);
    expect([answer.status, (await answer.text()).includes('url=/"')]).toEqual([200, true]);
  });

  test('nobody is led to a page of others', async () => {
    for (const next of ['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)']) {
      const { answer } = await withToken({ sub: 'wim', groups: ['refunders'] }, next);
      expect(await answer.text()).toContain('url=/"');
    }
  });
});

describe('a session', () => {
  test('ends after a working day', async () => {
    const cookie = cookieOf(await withKey(proofOf()));
    nowMs += 8 * 3_600_000 - 1_000;
    expect((await site.get('/', { ...HOST, cookie })).status).toBe(200);
    nowMs += 2_000;
    expect((await site.get('/', { ...HOST, cookie })).status).toBe(401);
  });

  test('ends when its person is taken out of operators.yaml', async () => {
    const cookie = cookieOf(await withKey(proofOf()));
    const page = await (await site.get('/rollouts/Refund', { ...HOST, cookie })).text();
    operators = listOf({ operators: [] });
    expect((await site.get('/', { ...HOST, cookie })).status).toBe(401);
    const form = { token: tokenIn(page), reason: 'why' };
    expect((await site.post('/rollouts/Refund/acts/pause', form, { ...HOST, cookie })).status).toBe(401);
    expect(acts(fake)).toEqual([]);
  });

  test('ends with a sign-out, which takes the token of its forms', async () => {
    const cookie = cookieOf(await withKey(proofOf()));
    const page = await (await site.get('/rollouts/Refund', { ...HOST, cookie })).text();
    expect((await site.post('/sign-out', { token: 'x' }, { ...HOST, cookie })).status).toBe(403);
    expect((await site.post('/sign-out', { token: tokenIn(page) }, { ...HOST, cookie })).status).toBe(303);
    expect((await site.get('/', { ...HOST, cookie })).status).toBe(401);
  });

  test('of one person takes no form of another', async () => {
    const [one, other] = [cookieOf(await withKey(proofOf())), cookieOf(await withKey(proofOf()))];
    const page = await (await site.get('/rollouts/Refund', { ...HOST, cookie: one })).text();
    const form = { token: tokenIn(page), reason: 'why' };
    expect((await site.post('/rollouts/Refund/acts/pause', form, { ...HOST, cookie: other })).status).toBe(403);
    expect(acts(fake)).toEqual([]);
  });

  test('that is changed, or sealed by another, is none', async () => {
    const cookie = cookieOf(await withKey(proofOf()));
    for (const changed of [
      `${cookie.slice(0, -9)}${cookie.at(-9) === 'A' ? 'B' : 'A'}${cookie.slice(-8)}`,
      cookie.replace('=', '=A'),
      '__Host-assist-session=x',
      cookie.replace('__Host-', ''),
    ])
      expect((await site.get('/', { ...HOST, cookie: changed })).status).toBe(401);
  });

  test('a link from a message leads on to a step of our own, with which the cookie travels', async () => {
    const from = { ...HOST, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    expect(await (await site.get('/rollouts/Refund?run=run-Refund', from)).text()).toContain(
      'url=/rollouts/Refund?run=run-Refund',
    );
    expect((await site.get('/rollouts/Refund', { ...from, 'sec-fetch-site': 'same-origin' })).status).toBe(401);
  });
});
