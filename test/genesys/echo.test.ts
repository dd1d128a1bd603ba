/** An organisation, or a proxy before it, that repeats in its refusals whatever it was sent, written in every way. */
import { inspect } from 'node:util';
import type { GenesysClient } from '../../src/genesys/client.ts';
import { startScriptedServer } from '../helpers/scripted-server.ts';
import type { ScriptedServer, SeenRequest } from '../helpers/scripted-server.ts';
import { clientOf, CLIENT, TOKEN } from './with-organisation.ts';
import { echoes, remainsOf } from './echoes.ts';

const WEBHOOK = `whsec_${Buffer.from('of 32 bytes, + and / once coded?').toString('base64')}`;
const SECRETS = [CLIENT.clientSecret, TOKEN, WEBHOOK];

let server: ScriptedServer;
let client: GenesysClient;
let refuses: (request: SeenRequest) => boolean;
let status = 400;

beforeAll(async () => {
  server = await startScriptedServer((request) => {
    if (refuses(request))
      return { status, headers: { 'inin-correlation-id': request.headers.authorization ?? '' }, body: echoes(request) };
    if (request.path === '/oauth/token') return { body: { access_token: TOKEN, expires_in: 3600 } };
    return { body: { entities: [], pageCount: 1 } };
  });
});
afterAll(() => server.close());
beforeEach(() => {
  client = clientOf(server.url);
});
afterEach(() => client.close());

const calls: readonly (readonly [string, () => Promise<unknown>, (request: SeenRequest) => boolean])[] = [
  ['the token request', () => client.exports.show('x'), ({ path }) => path === '/oauth/token'],
  ['a read', () => client.exports.show('x'), ({ path }) => path !== '/oauth/token'],
  [
    'the write of the export',
    () =>
      client.exports.ensureExport({
        name: 'x',
        url: 'https://x.example/events',
        signingSecret: WEBHOOK,
        eventTypes: ['a'],
      }),
    ({ method, path }) => method === 'POST' && path !== '/oauth/token',
  ],
];

describe.each([400, 401, 403, 404, 409, 429, 500, 503])('refused with %d', (code) => {
  beforeEach(() => {
    status = code;
  });

  test.each(calls)('%s tells no secret in its error', async (_name, call, when) => {
    refuses = when;
    const error = await call().then(
      () => null,
      (caught: unknown) => caught,
    );
    if (error === null) expect(code).toBe(404);
    expect(remainsOf(inspect(error, { depth: 9, showHidden: true }), SECRETS)).toEqual([]);
  });
});
