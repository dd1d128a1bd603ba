/** The report over HTTP: out of a real store, for whoever may see the action. */
import { createApiApp } from '../../src/api/app.ts';
import type { ApiAppDeps } from '../../src/api/app.ts';
import type { Configurator } from '../../src/configurator.ts';
import { createRemoteConfigurator } from '../../src/configurator/remote.ts';
import { storyOf } from '../../src/configurator/story.ts';
import { parseOperators } from '../../src/domain/identity/operators-schema.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/preflight/settings.ts';
import { newActorKey } from '../../src/identity/key.ts';
import type { Database } from '../../src/store/database.ts';
import { openStore } from '../helpers/any-store.ts';
import { saveRollout } from '../../src/store/rollouts.ts';
import { rolloutRow } from '../helpers/rollout-row.ts';

const ISSUER = 'https://login.example.com';
const { key: attestor } = newActorKey('api');
const EVIL = '<script>alert(1)</script>';
let db: Database;

beforeAll(async () => {
  db = await openStore();
  const end = { phase: 'rolledBack', outcome: 'rolledBack', reason: `It was ${EVIL}.` } as const;
  await saveRollout(db, rolloutRow({ ...end, rolloutId: 'r1', action: 'RefundAssist' }));
  await saveRollout(db, rolloutRow({ rolloutId: 'r2', action: 'Orders' }));
});
afterAll(() => db.close());

function appFor(subject: string, more: Partial<ApiAppDeps> = {}) {
  const parsed = parseOperators({
    operators: [
      {
        name: 'ana',
        grants: [{ roles: ['viewer'], actions: ['Refund*'] }],
        oidc: [{ issuer: ISSUER, subject: 'ana' }],
      },
      { name: 'eve', grants: [{ roles: ['viewer'], actions: ['Other'] }], oidc: [{ issuer: ISSUER, subject: 'eve' }] },
    ],
    issuers: [{ issuer: ISSUER, audience: 'cli' }],
    attestors: [{ name: 'api', key: attestor.publicKey }],
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const holder = { issuer: ISSUER, subject, groups: [], expiresAtMs: Date.now() + 60_000 };
  return createApiApp({
    operators: { now: () => Promise.resolve(parsed.operators) },
    attestor,
    verifier: { verify: async () => ({ ok: true, holder }) } as never,
    engine: { actingFor: () => ({}) } as unknown as Configurator,
    reports: {
      tell: (action, rolloutId) => storyOf(db, action, rolloutId),
      cardPolicy: DEFAULT_SETTINGS.policy,
      now: Date.now,
    },
    clock: () => performance.now(),
    ...more,
  });
}
const headers = { authorization: 'Bearer a.b.c' };
const get = async (path: string, subject = 'ana', more: Partial<ApiAppDeps> = {}): Promise<Response> =>
  appFor(subject, more).request(`/v1/rollouts/${path}`, { headers });

test('is the story as JSON, of the newest rollout or the one named', async () => {
  for (const path of ['RefundAssist/report', 'RefundAssist/report?rollout=r1&format=json']) {
    const answer = await get(path);
    expect([answer.status, await answer.json()]).toMatchObject([
      200,
      { kind: 'report', rollout: { rolloutId: 'r1', outcome: 'rolledBack' }, messages: [] },
    ]);
  }
});

test('is the same file that `report` writes as HTML, in which nothing runs', async () => {
  const answer = await get('RefundAssist/report?format=html');
  const page = await answer.text();
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(answer.headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; style-src 'unsafe-inline'.*sandbox/,
  );
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(page).toContain('It was &lt;script&gt;');
  expect(page).not.toContain(EVIL);
});

test.each<[status: number, code: string, path: string, subject?: string]>([
  [403, 'api-not-allowed', 'RefundAssist/report', 'eve'],
  [403, 'api-not-allowed', 'Nowhere/report', 'eve'],
  [403, 'api-not-allowed', 'Orders/report'],
  [404, 'rollout-not-found', 'RefundAssist/report?rollout=r2'],
  [404, 'rollout-not-found', 'RefundNothing/report'],
  [422, 'api-body-invalid', 'RefundAssist/report?rollout=a%00b'],
  [422, 'api-body-invalid', 'RefundAssist/report?format=pdf'],
  [422, 'api-body-invalid', 'RefundAssist/report?more=1'],
])('%i %s for %s', async (status, code, path, subject = 'ana') => {
  const answer = await get(path, subject);
  expect([answer.status, await answer.json()]).toMatchObject([status, { code }]);
});

test('a process without a store says so, and what to do', async () => {
  const answer = await get('RefundAssist/report', 'ana', { reports: null });
  expect([answer.status, await answer.json()]).toMatchObject([
    501,
    { code: 'api-not-here', remedy: expect.stringContaining('DATABASE_URL') as string },
  ]);
});

test('the command line has it through the api process', async () => {
  const app = appFor('ana');
  const fetch = async (url: string, init: RequestInit): Promise<Response> => app.request(url, init);
  const remote = createRemoteConfigurator({
    url: 'http://api.test',
    fetch: fetch as never,
    token: async () => 'a.b.c',
  });
  expect(await remote.story('RefundAssist', 'r1')).toMatchObject({ rollout: { rolloutId: 'r1' } });
  await expect(remote.story('Orders')).rejects.toMatchObject({ code: 'api-not-allowed' });
});
