/**
 * Queues and skills by id: over real HTTP, once against a server that answers as told, once against the sandbox
 * organisation.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createGenesysClient } from '../../src/genesys/client.ts';
import type { GenesysClient } from '../../src/genesys/client.ts';
import { DEFAULT_CLIENT } from '../../src/sandbox/options.ts';
import { HOME_DIVISION } from '../../src/sandbox/routing.ts';
import { SEEDED } from '../../src/sandbox/seeded-organisation.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { startScriptedServer } from '../helpers/scripted-server.ts';
import type { Reply, SeenRequest } from '../helpers/scripted-server.ts';
import { clientOf, errorBody } from './with-organisation.ts';

const BILLING = SEEDED.queues.billing.id;
const REFUNDS = SEEDED.skills.refunds.id;
const NOWHERE = '00000000-0000-4000-8000-000000000000';
const uuid = (n: number): string => `10000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

describe('as the platform answers', () => {
  async function clientAnswering(
    script: (request: SeenRequest) => Reply,
  ): Promise<{ client: GenesysClient; seen: SeenRequest[] }> {
    const seen: SeenRequest[] = [];
    const server = await startScriptedServer((request) => {
      if (request.path === '/oauth/token') return { body: { access_token: 'token', expires_in: 3600 } };
      seen.push(request);
      return script(request);
    });
    const client = clientOf(server.url);
    closers.push(
      () => client.close(),
      () => server.close(),
    );
    return { client, seen };
  }

  test('many ids are asked for in few listings, as one parameter for each, and only what a listing lacks by itself', async () => {
    const { client, seen } = await clientAnswering((request) => {
      const ids = request.query.getAll('id');
      if (ids.length === 0) return { status: 404, body: errorBody(404, 'not.found') };
      return {
        body: {
          entities: ids.filter((id) => id !== uuid(60)).map((id) => ({ id, name: id })),
          pageNumber: 1,
          pageCount: 1,
        },
      };
    });
    const ids = Array.from({ length: 70 }, (_, n) => uuid(n));
    expect(await client.routing.lookUp('queue', [...ids, ...ids])).toEqual({
      unknown: [uuid(60)],
      hidden: [],
      missing: [],
    });
    expect(seen.map(({ path, query }) => [path, query.getAll('id').length])).toEqual([
      ['/api/v2/routing/queues', 50],
      ['/api/v2/routing/queues', 20],
      [`/api/v2/routing/queues/${uuid(60)}`, 0],
    ]);
  });

  test('what has not the form of an id is unknown without being asked for, since it would spoil the answer for all others', async () => {
    const { client, seen } = await clientAnswering(() => ({ body: { entities: [] } }));
    expect(await client.routing.lookUp('skill', ['billing', `${uuid(1)}/members`, ''])).toEqual({
      unknown: ['billing', `${uuid(1)}/members`, ''],
      hidden: [],
      missing: [],
    });
    expect(seen).toEqual([]);
  });

  test('a deleted skill is none', async () => {
    const { client } = await clientAnswering((request) =>
      request.query.has('id')
        ? {
            body: {
              entities: [
                { id: uuid(1), name: 'a', state: 'deleted' },
                { id: uuid(2), name: 'b', state: 'inactive' },
              ],
            },
          }
        : { body: { id: uuid(1), name: 'a', state: 'deleted' } },
    );
    expect(await client.routing.lookUp('skill', [uuid(1), uuid(2)])).toEqual({
      unknown: [uuid(1)],
      hidden: [],
      missing: [],
    });
  });

  test('an answer of another shape is not taken for an answer, and an outage not for an absence', async () => {
    const strange = await clientAnswering(() => ({ body: { queues: [] } }));
    await expect(strange.client.routing.lookUp('queue', [uuid(1)])).rejects.toMatchObject({ kind: 'badAnswer' });
    const away = await clientAnswering(() => ({ status: 503, body: errorBody(503, 'service.unavailable') }));
    await expect(away.client.routing.lookUp('queue', [uuid(1)])).rejects.toMatchObject({ kind: 'unavailable' });
  });
});

describe('as the sandbox answers', () => {
  const OTHER_DIVISION = uuid(900);
  const HIDDEN = uuid(901);
  const given = async (more: object = {}): Promise<GenesysClient> => {
    const login = { ...DEFAULT_CLIENT, ...more };
    const sandbox = await startSandbox({
      clients: [login],
      moreQueues: [{ id: HIDDEN, name: 'Elsewhere', divisionId: OTHER_DIVISION }],
      moreSkills: [{ id: HIDDEN, name: 'Elsewhere', divisionId: OTHER_DIVISION }],
    });
    const client = createGenesysClient({
      loginUrl: sandbox.url,
      apiUrl: sandbox.url,
      clientId: login.id,
      clientSecret: login.secret,
      callsPerMinute: 3000,
      now: Date.now,
      sleep: (ms) => sleep(ms),
    });
    closers.push(
      () => client.close(),
      () => sandbox.close(),
    );
    return client;
  };

  test('what there is, and what there is not', async () => {
    const client = await given();
    expect(await client.routing.lookUp('queue', [BILLING, NOWHERE, HIDDEN])).toEqual({
      unknown: [NOWHERE],
      hidden: [],
      missing: [],
    });
    expect(await client.routing.lookUp('skill', [REFUNDS, NOWHERE, BILLING])).toEqual({
      unknown: [NOWHERE, BILLING],
      hidden: [],
      missing: [],
    });
    expect(await client.routing.lookUp('queue', [])).toEqual({ unknown: [], hidden: [], missing: [] });
  });

  test('a queue of a division that the client may not see is hidden, not unknown', async () => {
    const client = await given({ divisionIds: [HOME_DIVISION] });
    expect(await client.routing.lookUp('queue', [BILLING, NOWHERE, HIDDEN])).toEqual({
      unknown: [NOWHERE],
      hidden: [HIDDEN],
      missing: ['routing:queue:view'],
    });
    expect(await client.routing.lookUp('skill', [REFUNDS, HIDDEN])).toEqual({
      unknown: [],
      hidden: [HIDDEN],
      missing: ['routing:skill:view'],
    });
  });

  test('without the permission every queue is hidden, and the permission is named; skills without a division are seen all the same', async () => {
    const client = await given({ permissions: [] });
    expect(await client.routing.lookUp('queue', [BILLING, NOWHERE])).toEqual({
      unknown: [],
      hidden: [BILLING, NOWHERE],
      missing: ['routing:queue:view'],
    });
    expect(await client.routing.lookUp('skill', [REFUNDS, HIDDEN, NOWHERE])).toEqual({
      unknown: [NOWHERE],
      hidden: [HIDDEN],
      missing: ['routing:skill:view'],
    });
  });

  test('scopes do not bind client credentials: without any, what is not hidden is seen', async () => {
    const client = await given({ scopes: [] });
    expect(await client.routing.lookUp('skill', [REFUNDS])).toEqual({ unknown: [], hidden: [], missing: [] });
  });
});
