import { findOperatorKey } from '../../src/compose/operator-key.ts';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../../src/config/error.ts';
import { readConfig } from '../../src/config.ts';
import { secretsIn } from '../../src/config/secrets.ts';
import { SECRET_SETTINGS } from '../../src/config/variables.ts';
import { EMPTY_ENV, cli } from './fixtures.ts';

const SECRET = `whsec_${createHash('sha256').update('a secret').digest('base64')}`;
/** Where they are needed, and not by readConfig. */
const READ_ELSEWHERE: readonly string[] = [
  'SIEM_TOKEN',
  'AUDIT_SIGNING_KEY',
  'ASSIST_OPERATOR_KEY',
  'ASSIST_ATTESTOR_KEY',
  'ASSIST_TOKEN',
  'ASSIST_FORGE_TOKEN',
];
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assist-config-'));
});
afterAll(() => rm(folder, { recursive: true }));

function problemsOf(read: () => unknown): Record<string, string> {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigError)
      return Object.fromEntries(error.problems.map(({ name, message }) => [name, message]));
    throw error;
  }
  return {};
}

test('with nothing set: a local Temporal, its Web UI, and the documented defaults', () => {
  const config = readConfig({ ...EMPTY_ENV, HOME: '/home/ana' });
  expect(config.temporal).toMatchObject({
    address: 'localhost:7233',
    namespace: 'default',
    uiUrl: 'http://localhost:8233',
  });
  expect(config).toMatchObject({
    databaseUrl: null,
    genesys: null,
    events: { host: '127.0.0.1', port: 8460, publicUrl: null, signingSecrets: [] },
  });
  expect(config.home).toMatch(/assist-rollouts$/);
});

test('the value is frozen all the way down', () => {
  const config = readConfig({ ...EMPTY_ENV, EVENTS_SIGNING_SECRETS: SECRET });
  expect(Object.isFrozen(config)).toBe(true);
  expect(Object.isFrozen(config.events.signingSecrets)).toBe(true);
  expect(Object.isFrozen(config.temporal.connectionOptions)).toBe(true);
});

test('Temporal: address, namespace and API key, which switches TLS on', () => {
  const { temporal } = readConfig({
    ...EMPTY_ENV,
    TEMPORAL_ADDRESS: 'eu.example:7233',
    TEMPORAL_NAMESPACE: 'cards',
    TEMPORAL_API_KEY: 'k',
  });
  expect(temporal).toMatchObject({
    address: 'eu.example:7233',
    namespace: 'cards',
    uiUrl: null,
    connectionOptions: { apiKey: 'k', tls: true },
  });
});

test('Temporal: a profile of a configuration file', async () => {
  const file = join(folder, 'temporal.toml');
  await writeFile(file, '[profile.prod]\naddress = "prod.example:7233"\nnamespace = "prod-ns"\n');
  const { temporal } = readConfig({ TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'prod' });
  expect(temporal).toMatchObject({ address: 'prod.example:7233', namespace: 'prod-ns' });
});

test('Genesys: region becomes hosts, secrets may come from files', async () => {
  const file = join(folder, 'secret');
  await writeFile(file, 's3cret\n');
  const { genesys } = readConfig(
    { ...EMPTY_ENV, GENESYS_CLIENT_ID: 'id', GENESYS_CLIENT_SECRET_FILE: file, GENESYS_REGION: 'mypurecloud.ie' },
    ['genesys'],
  );
  expect(genesys).toEqual({
    clientId: 'id',
    clientSecret: 's3cret',
    loginUrl: 'https://login.mypurecloud.ie',
    apiUrl: 'https://api.mypurecloud.ie',
    callsPerMinute: 300,
    proxy: null,
  });
});

test('everything wrong and everything missing is listed at once', () => {
  const env = {
    ...EMPTY_ENV,
    GENESYS_REGION: 'atlantis',
    GENESYS_CALLS_PER_MINUTE: '-1',
    DATABASE_URL: 'mysql://x',
    GENESYS_CLIENT_SECRET_FILE: '/nonexistent/file',
  };
  const problems = problemsOf(() => readConfig(env, ['genesys', 'database', 'publicUrl', 'signingSecrets']));
  expect(Object.keys(problems).sort()).toEqual([
    'DATABASE_URL',
    'EVENTS_PUBLIC_URL',
    'EVENTS_SIGNING_SECRETS',
    'GENESYS_CALLS_PER_MINUTE',
    'GENESYS_CLIENT_ID',
    'GENESYS_CLIENT_SECRET_FILE',
    'GENESYS_REGION',
  ]);
  expect(problems['DATABASE_URL']).toBe('is not a postgres:// URL');
});

test('an empty variable counts as unset', () => {
  expect(readConfig({ ...EMPTY_ENV, DATABASE_URL: '', GENESYS_CALLS_PER_MINUTE: '' }).databaseUrl).toBeNull();
});

test('several signing secrets, the current one first; a malformed one is refused and not repeated', () => {
  const other = `whsec_${createHash('sha256').update('another').digest('base64')}`;
  expect(readConfig({ ...EMPTY_ENV, EVENTS_SIGNING_SECRETS: `${SECRET}, ${other}` }).events.signingSecrets).toEqual([
    SECRET,
    other,
  ]);
  const problems = problemsOf(() => readConfig({ ...EMPTY_ENV, EVENTS_SIGNING_SECRETS: 'hunter2' }));
  expect(problems['EVENTS_SIGNING_SECRETS']).toContain('whsec_');
  expect(JSON.stringify(problems)).not.toContain('hunter2');
});

test('a secret for levels alone is not one that is good for everything', () => {
  const problems = problemsOf(() =>
    readConfig({ ...EMPTY_ENV, EVENTS_SIGNING_SECRETS: SECRET, EVENTS_METRIC_SECRETS: SECRET }),
  );
  expect(problems).toEqual({ EVENTS_METRIC_SECRETS: expect.stringContaining('EVENTS_SIGNING_SECRETS too') as string });
});

const GENUINE = {
  GENESYS_CLIENT_ID: 'id',
  GENESYS_CLIENT_SECRET: 'Zk3w-9rT',
  GENESYS_REGION: 'mypurecloud.ie',
  EVENTS_PUBLIC_URL: 'https://events.example',
  EVENTS_SIGNING_SECRETS: SECRET,
};
const key = (bytes: Buffer): string => `whsec_${bytes.toString('base64')}`;

describe('a secret that everybody knows or would guess', () => {
  test.each([
    ['all bytes alike', key(Buffer.alloc(32, 7))],
    ['nothing', key(Buffer.alloc(32))],
    ['AAAA', `whsec_${'A'.repeat(43)}=`],
    ['counting up', key(Buffer.from(Array.from({ length: 32 }, (_, at) => at + 1)))],
    ['counting down', key(Buffer.from(Array.from({ length: 32 }, (_, at) => 200 - at * 3)))],
    ['a few bytes over and over', key(Buffer.from('abcd'.repeat(8)))],
    ['words of an example', key(Buffer.from('please change-me before you use it'))],
  ])('is refused as a webhook secret: %s', (_what, secret) => {
    const problems = problemsOf(() =>
      readConfig({ ...EMPTY_ENV, ...GENUINE, EVENTS_SIGNING_SECRETS: `${SECRET},${secret}` }),
    );
    expect(problems).toEqual({ EVENTS_SIGNING_SECRETS: expect.stringMatching(/openssl rand/) as string });
    expect(JSON.stringify(problems)).not.toContain(secret);
  });

  test.each(['EVENTS_HUB_SECRET', 'EVENTS_ADMIN_TOKEN', 'AGENT_ID_HASH_KEY'])('is refused as %s', (name) => {
    for (const secret of [
      'changeMeChangeMe',
      'aaaaaaaaaaaaaaaaaaaaaaaa',
      '0123456789abcdefghijklmno'.slice(0, 10).repeat(2).replaceAll(/\d/g, '1'),
    ]) {
      expect(Object.keys(problemsOf(() => readConfig({ ...EMPTY_ENV, ...GENUINE, [name]: secret })))).toEqual([name]);
    }
    expect(
      problemsOf(() =>
        readConfig({ ...EMPTY_ENV, ...GENUINE, [name]: createHash('sha256').update(name).digest('base64') }),
      ),
    ).toEqual({});
  });

  test('all that deploy/env.example holds is refused, unless the organisation is a sandbox', async () => {
    const lines = (await readFile(join(__dirname, '../../deploy/env.example'), 'utf8'))
      .split('\n')
      .map((line) => /^(?:# )?([A-Z_]+)=(.*)$/.exec(line));
    const example = Object.fromEntries(
      lines.flatMap((line) => (line === null ? [] : [[line[1] ?? '', (line[2] ?? '').replaceAll(/^['"]|['"]$/g, '')]])),
    );
    const {
      ASSIST_DB_PASSWORD,
      AUDIT_SIGNING_KEY: _key,
      AUDIT_CHECKPOINT_FILE: _file,
      TEMPORAL_DB_PASSWORD: _password,
      COACHING_URL: _url,
      ...rest
    } = example;
    const env: Record<string, string> = {
      ...EMPTY_ENV,
      ...rest,
      DATABASE_URL: `postgres://assist:${ASSIST_DB_PASSWORD}@db/x`,
    };
    expect(problemsOf(() => readConfig(env))).toEqual({});
    const earnest = {
      ...env,
      GENESYS_SANDBOX: '',
      GENESYS_LOGIN_URL: '',
      GENESYS_API_URL: '',
      GENESYS_REGION: 'mypurecloud.ie',
      EVENTS_PUBLIC_URL: 'https://x.example',
    };
    const secrets = SECRET_SETTINGS.filter((name) => env[name]);
    expect(secrets.length).toBeGreaterThan(1);
    expect(Object.keys(problemsOf(() => readConfig(earnest))).sort()).toEqual([...secrets].sort());
  });
});

test('random secrets are taken, whatever they are', () => {
  for (let n = 0; n < 2_000; n += 1) {
    const bytes = createHash('sha512').update(String(n)).digest();
    const env = {
      ...EMPTY_ENV,
      ...GENUINE,
      EVENTS_SIGNING_SECRETS: key(bytes.subarray(0, 24)),
      EVENTS_ADMIN_TOKEN: bytes.toString('hex').slice(0, 32),
      AGENT_ID_HASH_KEY: bytes.toString('base64').slice(0, 22),
    };
    expect(problemsOf(() => readConfig(env))).toEqual({});
  }
});

describe('what goes over the network goes encrypted', () => {
  const urls = {
    ...GENUINE,
    GENESYS_REGION: '',
    GENESYS_LOGIN_URL: 'https://login.example',
    GENESYS_API_URL: 'https://api.example',
  };

  test.each(['GENESYS_LOGIN_URL', 'GENESYS_API_URL', 'EVENTS_PUBLIC_URL'])(
    '%s is https, but on this machine or for a sandbox',
    (name) => {
      for (const url of ['http://genesys.example', 'http://127.0.0.1.evil.example/x', 'HTTP://10.0.0.1']) {
        expect(Object.keys(problemsOf(() => readConfig({ ...EMPTY_ENV, ...urls, [name]: url })))).toEqual([name]);
        expect(problemsOf(() => readConfig({ ...EMPTY_ENV, ...urls, GENESYS_SANDBOX: 'true', [name]: url }))).toEqual(
          {},
        );
      }
      for (const url of ['http://127.0.0.1:8450', 'http://localhost:1', 'http://[::1]:2/x'])
        expect(problemsOf(() => readConfig({ ...EMPTY_ENV, ...urls, [name]: url }))).toEqual({});
    },
  );

  test.each([
    'https://me:hunter2@genesys.example/x',
    'https://genesys.example/?token=hunter2',
    'https://genesys.example/#hunter2',
    'ftp://me:hunter2@x/',
    'hunter2',
  ])('what a URL hides (%s) is refused and not repeated', (url) => {
    const problems = problemsOf(() => readConfig({ ...EMPTY_ENV, ...urls, EVENTS_PUBLIC_URL: url }));
    expect(Object.keys(problems)).toEqual(['EVENTS_PUBLIC_URL']);
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });

  test('a sandbox is not said of a real organisation', () => {
    expect(Object.keys(problemsOf(() => readConfig({ ...EMPTY_ENV, ...GENUINE, GENESYS_SANDBOX: 'true' })))).toEqual([
      'GENESYS_SANDBOX',
    ]);
    expect(Object.keys(problemsOf(() => readConfig({ ...EMPTY_ENV, ...GENUINE, GENESYS_SANDBOX: 'yes' })))).toEqual([
      'GENESYS_SANDBOX',
    ]);
  });
});

describe('every secret may be given in a file', () => {
  const values: Readonly<Record<string, string>> = {
    DATABASE_URL: 'postgres://app:Zk3w-9rTq@db/x',
    EVENTS_SIGNING_SECRETS: SECRET,
    EVENTS_METRIC_SECRETS: SECRET,
    COACHING_SIGNING_SECRET: SECRET,
    HOOK_SECRETS: `gate=${SECRET}`,
    COACHING_DESTINATIONS: `[{"name":"lms","url":"https://x.example","signingSecrets":["${SECRET}"]}]`,
    TEMPORAL_CODEC_KEYS: `2026-11: ${createHash('sha256').update('a key').digest('base64')}`,
    AUDIT_SIGNING_KEY: 'PRIVATE+KEY+log.example+01234567+Zk3wZk3wZk3w9rT',
  };
  const valueOf = (name: string): string => values[name] ?? createHash('sha256').update(name).digest('base64');

  test.each(SECRET_SETTINGS)(
    '%s: the same either way, both is a mistake, and so is a file that is empty or not there',
    async (name) => {
      const file = join(folder, name);
      await writeFile(file, `${valueOf(name)}\n`, { mode: 0o600 });
      const direct = { ...EMPTY_ENV, [name]: valueOf(name) };
      const inFile = { ...EMPTY_ENV, [`${name}_FILE`]: file };
      expect(readConfig(inFile)).toEqual(readConfig(direct));
      expect(secretsIn(inFile)).toEqual(secretsIn(direct));
      expect(secretsIn(inFile)).not.toEqual([]);
      await writeFile(join(folder, 'empty'), '\n', { mode: 0o600 });
      if (READ_ELSEWHERE.includes(name)) return;
      expect(problemsOf(() => readConfig({ ...direct, ...inFile }))).toEqual({
        [name]: `is set, and so is ${name}_FILE: set one of them only`,
      });
      expect(problemsOf(() => readConfig({ ...EMPTY_ENV, [`${name}_FILE`]: join(folder, 'empty') }))).toEqual({
        [`${name}_FILE`]: 'names a file that is empty',
      });
      expect(
        Object.keys(problemsOf(() => readConfig({ ...EMPTY_ENV, [`${name}_FILE`]: join(folder, 'none') }))),
      ).toEqual([`${name}_FILE`]);
    },
  );

  test('the key of an operator, which only acts read: both ways at once are a mistake', () => {
    const both = { ASSIST_OPERATOR_KEY: 'key', ASSIST_OPERATOR_KEY_FILE: join(folder, 'none') };
    expect(problemsOf(() => findOperatorKey(both))).toEqual({
      ASSIST_OPERATOR_KEY: 'is set, and so is ASSIST_OPERATOR_KEY_FILE: set one of them only',
    });
  });

  test('the audit key too, where it is used', async () => {
    const env = { AUDIT_SIGNING_KEY: valueOf('AUDIT_SIGNING_KEY'), AUDIT_SIGNING_KEY_FILE: join(folder, 'none') };
    expect(await cli(['audit', 'key'], { env })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('AUDIT_SIGNING_KEY: is set, and so is') as string,
    });
  });
});

test.each([
  ['9', 'a whole number from 10 to 60000'],
  ['5', 'a whole number from 10 to 60000'],
  ['60001', 'a whole number from 10 to 60000'],
])('GENESYS_CALLS_PER_MINUTE=%s is told where it is read', async (calls, expected) => {
  const { code, stderr } = await cli(['worker'], {
    env: { ...GENUINE, DATABASE_URL: 'postgres://db/x', GENESYS_CALLS_PER_MINUTE: calls },
  });
  expect(code).toBe(2);
  expect(stderr).toContain(`GENESYS_CALLS_PER_MINUTE: is not ${expected}`);
  expect(readConfig({ ...EMPTY_ENV, ...GENUINE, GENESYS_CALLS_PER_MINUTE: '10' }).genesys?.callsPerMinute).toBe(10);
});

describe('the proxy', () => {
  const ORGANISATION = {
    ...EMPTY_ENV,
    GENESYS_CLIENT_ID: 'id',
    GENESYS_CLIENT_SECRET: 'Aa9-long-enough-and-not-guessable-7f3k',
    GENESYS_REGION: 'eu-west-1',
  };
  const proxyOf = (env: Record<string, string>) => readConfig({ ...ORGANISATION, ...env }).genesys?.proxy;

  test('is none where none is named, and each kind of connection has its own', () => {
    expect(proxyOf({ NO_PROXY: '*', HTTPS_PROXY: '' })).toBeNull();
    expect(
      proxyOf({ HTTPS_PROXY: 'https://u:p@proxy.example:8443', NO_PROXY: 'a.example, .b.example:8080 c' }),
    ).toEqual({
      https: 'https://u:p@proxy.example:8443/',
      http: null,
      except: ['a.example', '.b.example:8080', 'c'],
    });
  });

  test('has a password that is cut out of whatever is written, as it is typed and as it is meant', () => {
    const secrets = secretsIn({ https_proxy: 'http://u:pass%2Fword-of-proxy@proxy.example:3128' });
    expect(secrets).toEqual(expect.arrayContaining(['pass%2Fword-of-proxy', 'pass/word-of-proxy']));
    expect(secretsIn({ HTTPS_PROXY: 'u:password-of-proxy@proxy.example:3128' })).toContain('password-of-proxy');
  });

  test('is taken without its scheme, and from the lower spelling first', () => {
    expect(proxyOf({ HTTPS_PROXY: 'http://other:1', https_proxy: 'proxy.example:3128' })?.https).toBe(
      'http://proxy.example:3128/',
    );
  });

  test.each(['socks5://proxy:1080', 'http://', 'ftp://secret@x', 'a b', 'http://u:50%secret@x:1'])(
    'that is no http(s) address: %s',
    (value) => {
      const problems = problemsOf(() => proxyOf({ HTTPS_PROXY: value }));
      expect(problems['HTTPS_PROXY']).toMatch(/no http\(s\) address/);
      expect(JSON.stringify(problems)).not.toContain('secret@');
    },
  );
});
