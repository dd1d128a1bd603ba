/** What opens payloads for the Temporal Web UI: for its origin alone, for who may see all, and what no key opens stays. */
import type { Payload } from '@temporalio/common';
import { defaultPayloadConverter } from '@temporalio/common';
import { randomBytes } from 'node:crypto';
import { createCodec } from '../../src/codec/cipher.ts';
import type { Viewer } from '../../src/console/viewer.ts';
import { fakeEngine, openConsole, ORIGIN } from './helpers.ts';
import type { TestConsole } from './helpers.ts';

const UI = 'https://temporal.example';
const [known, unknown] = ['k1', 'k2'].map((id) => ({ id, bytes: randomBytes(32) }));
const codecOf = (key = known) => createCodec(key === undefined ? [] : [key]);
const histories = { origin: UI, decode: (payloads: Payload[]) => codecOf().decode(payloads) };

let site: TestConsole;
beforeEach(() => {
  site = openConsole(fakeEngine(), { histories });
});
afterEach(() => site.close());

const inJson = ({ metadata, data }: Payload) => ({
  metadata: Object.fromEntries(
    Object.entries(metadata ?? {}).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]),
  ),
  data: Buffer.from(data ?? []).toString('base64'),
});
function clear(value: unknown): Payload {
  const payload: Payload | undefined = defaultPayloadConverter.toPayload(value);
  if (payload === undefined) throw new Error('no payload');
  return payload;
}
const sealed = async (value: unknown, key = known) => (await codecOf(key).encode([clear(value)]))[0] as Payload;

async function decode(body: unknown, headers: Readonly<Record<string, string>> = {}, at = site): Promise<Response> {
  return at.app.request(`${ORIGIN}/codec/decode`, {
    method: 'POST',
    headers: { host: new URL(ORIGIN).host, origin: UI, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

test('payloads come back in the clear; those in the clear, and under a key that is not here, as they came', async () => {
  const foreign = inJson(await sealed('other', unknown));
  const answer = await decode({
    payloads: [inJson(await sealed({ html: '<p>' })), inJson(clear('plain')), foreign],
  });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('access-control-allow-origin')).toBe(UI);
  expect(answer.headers.get('access-control-allow-credentials')).toBe('true');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(await answer.json()).toEqual({
    payloads: [inJson(clear({ html: '<p>' })), inJson(clear('plain')), foreign],
  });
});

test('a browser is told beforehand that the Web UI may, and no other page', async () => {
  const ask = (origin: string) =>
    site.app.request(`${ORIGIN}/codec/decode`, { method: 'OPTIONS', headers: { host: new URL(ORIGIN).host, origin } });
  const answer = await ask(UI);
  expect(answer.status).toBe(204);
  expect(answer.headers.get('access-control-allow-origin')).toBe(UI);
  expect(answer.headers.get('access-control-allow-headers')).toContain('x-namespace');
  for (const origin of ['https://evil.example', `${UI}.evil.example`, 'null', ORIGIN]) {
    const refused = await ask(origin);
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([403, null]);
  }
});

test.each([
  ['another origin', { origin: 'https://evil.example' }, 403],
  ['another host', { host: 'evil.example' }, 403],
  ['a form', { 'content-type': 'text/plain' }, 422],
])('%s is refused', async (_what, headers, status) => {
  const answer = await decode({ payloads: [inJson(await sealed('x'))] }, headers);
  expect(answer.status).toBe(status);
  expect(await answer.text()).not.toContain(inJson(clear('x')).data);
});

test.each(['', '[]', '{"payloads":{}}', '{"payloads":[{"data":"%"}]}', '{"payloads":[{"metadata":{"encoding":1}}]}'])(
  '%j is no list of payloads',
  async (body) => {
    const answer = await decode(body);
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([422, 'console-form-invalid']);
    // The Web UI can read why.
    expect(answer.headers.get('access-control-allow-origin')).toBe(UI);
  },
);

test('more than 8 MiB is refused before it is read', async () => {
  const answer = await decode(`{"payloads":[{"data":"${'A'.repeat(8 * 1024 * 1024)}"}]}`);
  expect(answer.status).toBe(413);
});

test.each<[string, Partial<Viewer> | null, number]>([
  ['who has not signed in', null, 401],
  ['who may look without', { name: null }, 401],
  [
    'who may not see every action',
    { refusalOf: (_act, action) => (action === '' ? 'bea sees RefundAssist' : null) },
    403,
  ],
])('%s opens nothing', async (_who, more, status) => {
  const viewer = { name: 'bea', countedAs: 'x', untilMs: null, formToken: '', engine: null, refusalOf: () => null };
  const of = () => Promise.resolve(more === null ? null : { ...viewer, ...more });
  const other = openConsole(fakeEngine(), { histories, viewers: { of } });
  expect((await decode({ payloads: [inJson(await sealed('x'))] }, {}, other)).status).toBe(status);
  other.close();
});

test('without keys there is no such place', async () => {
  const off = openConsole(fakeEngine());
  expect((await decode({ payloads: [] }, {}, off)).status).toBe(403);
  expect((await decode({ payloads: [] }, { origin: ORIGIN }, off)).status).toBe(404);
  off.close();
});

test('what strangers ask, behind the same proxy, is not counted against who has signed in', async () => {
  let viewer: Viewer | null = null;
  const at = openConsole(fakeEngine(), { histories, viewers: { of: async () => viewer } });
  let refused = 0;
  for (let asked = 0; asked < 6_001; asked += 1) refused += (await decode('', {}, at)).status === 401 ? 1 : 0;
  viewer = {
    name: 'ana',
    countedAs: 'ana',
    untilMs: null,
    formToken: 'x',
    engine: null,
    refusalOf: () => null,
  };
  expect([refused, (await decode({ payloads: [] }, {}, at)).status]).toEqual([6_001, 200]);
  at.close();
});
