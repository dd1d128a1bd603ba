/** `doctor --organisation`, against the sandbox and against servers that answer as real organisations may. */
import stringWidth from 'string-width';
import { DEFAULT_CLIENT } from '../../src/sandbox/options.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { NEEDS, roleWith } from '../../src/doctor/organisation/permissions.ts';
import { regionEndpoints, regionOf } from '../../src/genesys/regions.ts';
import { cli, jsonLines } from '../cli/fixtures.ts';
import { startScriptedServer } from '../helpers/scripted-server.ts';
import type { Reply, SeenRequest } from '../helpers/scripted-server.ts';
import { errorBody } from '../genesys/with-organisation.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const NOW = Date.parse('2026-03-01T10:00:00Z');
const READ_ONLY = ['routing:queue:view', 'integrations:integration:view'];

function envOf(url: string, client: { readonly id: string; readonly secret: string } = DEFAULT_CLIENT) {
  return {
    GENESYS_CLIENT_ID: client.id,
    GENESYS_CLIENT_SECRET: client.secret,
    GENESYS_LOGIN_URL: url,
    GENESYS_API_URL: url,
  };
}

/** An organisation where all is well, but for what the test says. */
async function organisation(differently: (request: SeenRequest) => Reply | undefined): Promise<string> {
  const server = await startScriptedServer((request) => {
    const headers = { date: new Date(NOW).toUTCString() };
    const told = differently(request) ?? { body: wellAt(request.path) };
    return typeof told === 'string' ? told : { ...told, headers: { ...headers, ...told.headers } };
  });
  closers.push(() => server.close());
  return server.url;
}

function wellAt(path: string): object {
  if (path === '/oauth/token') return { access_token: 'token', expires_in: 3600 };
  if (path.endsWith('/tokens/me')) return { organization: { name: 'Acme' }, OAuthClient: { name: 'Rollouts' } };
  if (path.includes('/limits/')) return { entities: [{ key: 'client.credentials.token.rate.per.minute', value: 300 }] };
  if (path.endsWith('/settings/transcription'))
    return { transcription: 'EnabledGlobally', lowLatencyTranscriptionEnabled: true };
  if (path.endsWith('/subjects/me'))
    return { grants: [{ role: { name: 'R', policies: [{ domain: '*', entityName: '*', actions: ['*'] }] } }] };
  if (path.endsWith('/availabletopics'))
    return {
      entities: [
        'v2.routing.queues.{id}.conversations',
        'v2.conversations.{id}.transcription',
        'v2.conversations.{id}.suggestions.thirdpartyaction',
      ].map((id) => ({ id, transports: ['All'] })),
    };
  if (path.endsWith('/assistants')) return { entities: [{ id: 'a-1', name: 'A', copilot: { enabled: true } }] };
  return { entities: [], id: 's-1', results: [], conversations: [] };
}

async function findingsAt(url: string, ...args: string[]): Promise<{ code: number; of: (check: string) => Finding }> {
  const { code, stdout, stderr } = await cli(['doctor', '--organisation', '--json', ...args], {
    env: envOf(url),
    now: () => NOW,
  });
  expect(stderr).toBe('');
  const [{ findings }] = jsonLines(stdout) as [{ findings: Finding[] }];
  return {
    code,
    of: (check) => findings.find((finding) => finding.check === check) ?? fail(check),
  };
}

const queues = (...on: readonly (boolean | null)[]): object => ({
  entities: on.map((enableTranscription, index) => ({ id: `q-${index}`, enableTranscription })),
  pageCount: 1,
});
const refused = (permission: string): Reply => ({
  status: 403,
  body: errorBody(403, 'missing.permissions', { message: `missing the following permission(s): [${permission}]` }),
});

test('where all is well everything is ok but for what no API tells, and the exit code is 0', async () => {
  const url = await organisation(() => undefined);
  const { code, of } = await findingsAt(url);
  expect(code).toBe(0);
  for (const check of ['token', 'clock', 'rate limit', 'transcription', 'low latency transcription', 'copilot'])
    expect(of(check)).toMatchObject({ level: 'ok' });
  for (const { name } of NEEDS) expect(of(`permissions of ${name}`)).toMatchObject({ level: 'ok' });
  expect(of('topic v2.conversations.{id}.transcription')).toMatchObject({ level: 'ok' });
  expect(of('default panel')).toMatchObject({ level: 'notChecked' });
  expect(of('token').seen).toContain('Acme');
});

test('nothing is written, whatever is found', async () => {
  const writes: string[] = [];
  const url = await organisation(({ method, path }) => {
    if (method !== 'GET' && !path.endsWith('/query') && path !== '/oauth/token') writes.push(`${method} ${path}`);
    return undefined;
  });
  await findingsAt(url);
  expect(writes).toEqual([]);
});

test.each<[string, string, object, Partial<Finding>]>([
  ['transcription', '/settings/transcription', { transcription: 'Disabled' }, { level: 'error' }],
  ['transcription', '/settings/transcription', { transcription: 'EnabledQueueFlow' }, { level: 'ok' }],
  ['transcription of queues', '/routing/queues', queues(true, false), { level: 'ok' }],
  ['transcription of queues', '/routing/queues', queues(false, false), { level: 'warning' }],
  ['transcription of queues', '/routing/queues', queues(null), { level: 'notChecked' }],
  [
    'low latency transcription',
    '/settings/transcription',
    { transcription: 'EnabledGlobally', lowLatencyTranscriptionEnabled: false },
    { level: 'warning' },
  ],
  ['low latency transcription', '/settings/transcription', { transcription: 'Disabled' }, { level: 'notChecked' }],
  [
    'rate limit',
    '/namespaces/platform.api',
    { entities: [{ key: 'client.credentials.token.rate.per.minute', value: 120 }] },
    { level: 'warning', wayOut: expect.stringContaining('120') },
  ],
  ['rate limit', '/namespaces/platform.api', { entities: [] }, { level: 'notChecked' }],
  ['topic v2.conversations.{id}.transcription', '/availabletopics', { entities: [] }, { level: 'warning' }],
  [
    'topic v2.conversations.{id}.transcription',
    '/availabletopics',
    { entities: [{ id: 'v2.conversations.{id}.transcription', transports: ['EventBridge'] }] },
    { level: 'warning', wayOut: expect.stringContaining('EventBridge') },
  ],
  ['copilot', '/assistants', { entities: [{ id: 'a-1' }] }, { level: 'warning' }],
])('%s, where %s says %j', async (check, path, body, finding) => {
  const url = await organisation((request) => (request.path.endsWith(path) ? { body } : undefined));
  const { code, of } = await findingsAt(url);
  expect(of(check)).toMatchObject({ ...finding, check });
  expect(code).toBe(finding.level === 'error' ? 6 : of('transcription').level === 'error' ? 6 : 0);
});

test('features of copilots that are not told hide no copilot', async () => {
  const url = await organisation(({ path }) =>
    path.endsWith('/featuresupport') ? { status: 501, body: errorBody(501, 'not.implemented') } : undefined,
  );
  expect((await findingsAt(url)).of('copilot')).toMatchObject({
    level: 'ok',
    seen: expect.stringContaining('not told'),
  });
});

test.each(['/settings/transcription', '/namespaces/platform.api', '/availabletopics'])(
  'a look at %s that fails is said to have failed, and the others are taken',
  async (path) => {
    const url = await organisation((request) =>
      request.path.endsWith(path) ? { status: 503, body: errorBody(503, 'service.unavailable') } : undefined,
    );
    const { stdout } = await cli(['doctor', '--organisation', '--json'], { env: envOf(url), now: () => NOW });
    const [{ findings }] = jsonLines(stdout) as [{ findings: Finding[] }];
    const failed = findings.filter(({ seen }) => seen.includes('503 service.unavailable'));
    expect(failed.map(({ level }) => level)).toEqual(['notChecked']);
    expect(findings.filter(({ level }) => level === 'ok').length).toBeGreaterThan(4);
  },
);

test('a clock that is wrong is said, with how much', async () => {
  const late = await organisation(({ path }) =>
    path.endsWith('/tokens/me')
      ? { body: wellAt(path), headers: { date: new Date(NOW - 3_600_000).toUTCString() } }
      : undefined,
  );
  const { code, of } = await findingsAt(late);
  expect(of('clock')).toMatchObject({ level: 'error', seen: expect.stringContaining('3600 s ahead') });
  expect(code).toBe(6);
});

test('without a token nothing else is asked, and nothing passes', async () => {
  const url = await organisation(({ path }) =>
    path === '/oauth/token' ? { status: 400, body: { error: 'invalid_client', description: 'client not found' } } : {},
  );
  const { code, stdout } = await cli(['doctor', '--organisation', '--json'], { env: envOf(url), now: () => NOW });
  const [{ findings }] = jsonLines(stdout) as [{ findings: Finding[] }];
  expect(findings.map(({ check, level }) => [check, level])).toEqual([
    ['region', 'warning'],
    ['token', 'error'],
    ['clock', 'notChecked'],
    ['everything else', 'notChecked'],
  ]);
  expect(code).toBe(6);
  expect(stdout).toContain('GENESYS_CLIENT_ID');
});

test('an organisation that is asked for and cannot be reached for want of settings is a finding for each', async () => {
  const { code, stdout, stderr } = await cli(['doctor', '--organisation', '--json', '--target', 'assistPanel']);
  const [{ findings }] = jsonLines(stdout) as [{ findings: Finding[] }];
  expect(findings.map(({ area, check, level }) => [area, check, level])).toEqual([
    ['organisation', 'GENESYS_CLIENT_ID', 'error'],
    ['organisation', 'GENESYS_CLIENT_SECRET', 'error'],
    ['organisation', 'GENESYS_REGION', 'error'],
  ]);
  expect(findings[0]?.wayOut).toContain('beside `dev`');
  expect({ code, stderr }).toEqual({ code: 6, stderr: '' });
});

describe('permissions', () => {
  test('that a read call is refused for are missing by name; of a named target that is an error', async () => {
    const url = await organisation(({ path }) =>
      path.endsWith('/integrations') ? refused('integrations:integration:view') : undefined,
    );
    const any = await findingsAt(url);
    expect(any.of('permissions of assistPanel')).toMatchObject({ level: 'warning' });
    expect(any.code).toBe(0);
    const { of, code } = await findingsAt(url, '--target', 'assistPanel');
    expect(of('permissions of assistPanel')).toMatchObject({
      level: 'error',
      seen: expect.stringContaining('may not integrations:integration:view'),
      wayOut: expect.stringContaining('integrations:integration:view'),
    });
    expect(code).toBe(6);
  });

  test('that only a write would tell are taken from the roles; where these are not told, they are not passed', async () => {
    const url = await organisation(({ path }) =>
      path.endsWith('/subjects/me') ? { status: 403, body: errorBody(403, 'not.authorized') } : undefined,
    );
    const { of } = await findingsAt(url);
    const { level, permissions } = of('permissions of assistPanel');
    expect(level).toBe('notChecked');
    expect(permissions?.filter(({ access }) => access === 'unknown').map(({ name }) => name)).toEqual([
      'integrations:integration:add',
      'integrations:integration:edit',
      'conversation:transcription:view',
      'conversation:message:view',
    ]);
  });

  test('that no role grants are missing', async () => {
    const policies = [{ domain: 'integrations', entityName: '*', actions: ['view', 'add'] }];
    const url = await organisation(({ path }) =>
      path.endsWith('/subjects/me') ? { body: { grants: [{ role: { name: 'R', policies } }] } } : undefined,
    );
    const { of } = await findingsAt(url);
    expect(of('permissions of assistPanel').seen).toMatch(/may not integrations:integration:edit, conversation:tra/);
  });

  test.each([
    ['a:b:view', 'R'],
    ['a:c:view', null],
    ['x:any:thing', 'Star'],
    ['x:any', null],
  ])('%s is granted by %s', (permission, role) => {
    const grants = [
      { role: 'R', permissions: ['a:b:*'] },
      { role: 'Star', permissions: ['x:*:*'] },
    ];
    expect(roleWith(permission, grants)).toBe(role);
  });
});

describe('in the sandbox', () => {
  test('a client of few permissions is told each that it lacks, as the sandbox refuses them', async () => {
    const few = { ...DEFAULT_CLIENT, id: 'few', permissions: READ_ONLY };
    const sandbox = await startSandbox({ clients: [DEFAULT_CLIENT, few] });
    closers.push(() => sandbox.close());
    const { stdout } = await cli(['doctor', '--organisation', '--json'], { env: envOf(sandbox.url, few) });
    const [{ findings }] = jsonLines(stdout) as [{ findings: Finding[] }];
    const granted = findings
      .flatMap(({ permissions }) => permissions ?? [])
      .filter(({ access }) => access === 'granted');
    expect([...new Set(granted.map(({ name }) => name))].sort()).toEqual([...READ_ONLY].sort());
  });

  test('every line fits into 80 columns', async () => {
    const sandbox = await startSandbox();
    closers.push(() => sandbox.close());
    const { code, stdout } = await cli(['doctor', '--organisation'], { env: envOf(sandbox.url) });
    expect(code).toBe(0);
    const wide = stdout.split('\n').filter((line) => stringWidth(line) > 80);
    expect(wide).toEqual([]);
    expect(stdout).toMatch(/^ok {11}token: taken/m);
    expect(stdout).toMatch(/\d+ ok, .*\d+ not checked\n$/);
  });
});

test('a region is told by its hosts', () => {
  expect(regionOf(regionEndpoints('eu-central-1'))).toBe('mypurecloud.de (eu-central-1)');
  expect(regionOf({ loginUrl: 'https://login.mypurecloud.de', apiUrl: 'https://api.mypurecloud.ie' })).toBeNull();
});

test('every permission has the form of the platform', () => {
  for (const name of NEEDS.flatMap(({ permissions }) => permissions))
    expect(name).toMatch(/^[a-zA-Z]+:[a-zA-Z]+:[a-zA-Z]+$/);
});

function fail(check: string): never {
  throw new Error(`nothing was found of ${check}`);
}
