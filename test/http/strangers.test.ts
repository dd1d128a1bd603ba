/** What strangers send to the api process and the console is not read: they are answered while they still send. */
import { createApiApp } from '../../src/api/app.ts';
import type { Configurator } from '../../src/configurator.ts';
import { parseOperators } from '../../src/domain/identity/operators-schema.ts';
import { newActorKey } from '../../src/identity/key.ts';
import { fakeEngine, openConsole, ORIGIN } from '../console/helpers.ts';

/** Of unknown length; tells how much of it was asked for. */
function endless(): { readonly body: ReadableStream<Uint8Array>; readonly taken: () => number } {
  let taken = 0;
  const pull = (into: ReadableStreamDefaultController<Uint8Array>): void => {
    taken += 1024;
    into.enqueue(new Uint8Array(1024));
  };
  return { body: new ReadableStream({ pull }, { highWaterMark: 0 }), taken: () => taken };
}

type App = { readonly request: (url: string, init: RequestInit) => Response | Promise<Response> };

async function sent(app: App, path: string, headers: Record<string, string>): Promise<readonly [number, number]> {
  const { body, taken } = endless();
  const init = {
    method: 'POST',
    headers: { 'transfer-encoding': 'chunked', ...headers },
    body,
    duplex: 'half' as const,
  };
  const { status } = await app.request(`${ORIGIN}${path}`, init);
  return [status, taken()];
}

test.each(['/v1/rollouts', '/v1/all/abort', '/v1/me', '/nothing', '/health'])(
  'the api process reads nothing of a stranger at %s',
  async (path) => {
    const parsed = parseOperators({
      operators: [{ name: 'root', roles: ['admin'], key: newActorKey('root').key.publicKey }],
    });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    const { operators } = parsed;
    const app = createApiApp({
      operators: { now: () => Promise.resolve(operators) },
      verifier: { verify: () => Promise.resolve({ ok: false, kind: 'refused', why: 'it is no JWT.' }) },
      attestor: newActorKey('api').key,
      engine: {} as Configurator,
      reports: null,
      clock: () => 0,
    });
    for (const more of [{}, { authorization: 'Bearer x.y.z' }]) {
      const [status, taken] = await sent(app, path, { 'content-type': 'application/json', ...more });
      expect([status >= 400 && status !== 413, taken]).toEqual([true, 0]);
    }
  },
);

describe('the console', () => {
  const ui = 'https://temporal.example';
  const site = () =>
    openConsole(fakeEngine(), {
      viewers: { of: () => Promise.resolve(null) },
      histories: { origin: ui, decode: () => Promise.reject(new Error('not here')) },
    });
  test.each([
    ['/rollouts/Refund/acts/abort', ORIGIN],
    ['/plan/check', ORIGIN],
    ['/sign-out', ORIGIN],
    ['/nothing', ORIGIN],
    ['/codec/decode', ui],
  ])('reads nothing of a stranger at %s', async (path, origin) => {
    const it = site();
    const headers = { host: new URL(ORIGIN).host, origin, 'content-type': 'application/x-www-form-urlencoded' };
    expect(await sent(it.app, path, headers)).toEqual([401, 0]);
    it.close();
  });

  test('reads no more of a sign-in than one has', async () => {
    const it = site();
    const headers = { host: new URL(ORIGIN).host, origin: ORIGIN, 'content-type': 'application/x-www-form-urlencoded' };
    const [status, taken] = await sent(it.app, '/sign-in/key', headers);
    expect([status, taken <= 32 * 1024]).toEqual([413, true]);
    it.close();
  });
});
