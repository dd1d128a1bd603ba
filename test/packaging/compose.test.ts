/**
 * No container engine runs here: the file is held against the specification's own schema, and against what our
 * processes read.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import { parseEnv } from 'node:util';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { readConfig } from '../../src/config.ts';
import type { Need } from '../../src/config/needs.ts';
import { ROOT } from '../helpers/sources.ts';

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly restart?: string;
  readonly healthcheck?: object;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly secrets?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly networks?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, { readonly environment: string }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
}

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const text = read('docker-compose.yml');
const compose = parse(text, { merge: true }) as Compose;
const services = Object.entries(compose.services);
const dockerfile = read('Dockerfile');

/** As an operator makes them, before the first start. */
const certificates = mkdtempSync(join(tmpdir(), 'certificates-'));
beforeAll(() => void execFileSync('/bin/sh', [join(ROOT, 'deploy/certificates.sh'), certificates], { stdio: 'pipe' }));
afterAll(() => rmSync(certificates, { recursive: true, force: true }));

test('docker-compose.yml follows the Compose Specification', () => {
  const validate = specification();
  expect(validate(compose) ? [] : validate.errors).toEqual([]);
});

test('the specification refuses what is wrong', () => {
  const validate = specification();
  expect(validate({ services: { worker: { imagee: 'x' } } })).toBe(false);
  expect(validate({ services: { worker: { image: 'x', restart: 7 } } })).toBe(false);
});

test('every image is pinned to a version', () => {
  const images = [
    ...services.flatMap(([, { image }]) => image ?? []),
    // There is nothing in scratch.
    ...[...dockerfile.matchAll(/^FROM (?!scratch )(\S+)/gm)].map((match) => match[1]),
  ];
  expect(images.filter((image) => !/:v?\d+\.\d+(\.\d+)?(-[\w.-]+)?(@sha256:[\da-f]{64})?$/.test(image ?? ''))).toEqual(
    [],
  );
});

test('whoever is waited for as healthy has a health check, and whoever is waited for exists', () => {
  const waits = services.flatMap(([name, service]) =>
    Object.entries(service.depends_on ?? {}).map(([on, { condition }]) => ({ name, on, condition })),
  );
  expect(waits.length).toBeGreaterThan(5);
  expect(
    waits.filter(
      ({ on, condition }) => condition === 'service_healthy' && compose.services[on]?.healthcheck === undefined,
    ),
  ).toEqual([]);
  expect(waits.filter(({ on }) => compose.services[on] === undefined)).toEqual([]);
});

test('every service says whether it is started again, and none is open to the network', () => {
  expect(services.filter(([, { restart }]) => restart === undefined).map(([name]) => name)).toEqual([]);
  expect(services.flatMap(([, { ports }]) => ports ?? []).filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
});

test('secrets and volumes that are used are defined, and files that are mounted exist', () => {
  expect(services.flatMap(([, { secrets }]) => secrets ?? []).filter((name) => !(name in compose.secrets))).toEqual([]);
  const sources = services
    .flatMap(([, { volumes }]) => volumes ?? [])
    .map((volume) => volume.split(':')[0] ?? '')
    .filter((source) => !source.startsWith('./deploy/certificates/')); // made by deploy/certificates.sh
  expect(sources).not.toContain('./deploy'); // the keys lie in it
  expect(
    sources.filter((source) =>
      source.startsWith('.') ? !existsSync(join(ROOT, source)) : !(source in compose.volumes),
    ),
  ).toEqual([]);
});

test('what is written stands in a volume whose folder the image has for its user; the sandbox keeps what it was', () => {
  const ours = services.filter(([, { image }]) => image?.startsWith('assist-rollouts:'));
  const places = ours.flatMap(([, { volumes }]) =>
    (volumes ?? []).filter((volume) => !volume.startsWith('.')).map((volume) => volume.split(':')[1] ?? ''),
  );
  const made = /^RUN install -d -o node -g node (.+)$/m.exec(dockerfile)?.[1]?.split(' ');
  expect(made?.toSorted()).toEqual(places.toSorted());
  const { command = [] } = compose.services['sandbox'] ?? {};
  const state = command[command.indexOf('--state') + 1] ?? '';
  expect(places.some((place) => state.startsWith(`${place}/`))).toBe(true);
});

test('messages, which the worker writes, lead to the address of the console', () => {
  const [worker, console] = ['worker', 'console'].map(
    (name) => compose.services[name]?.environment?.['CONSOLE_PUBLIC_URL'],
  );
  expect(worker).toBe(console);
  expect(worker).toBeDefined();
});

test.each(['OPERATORS_FILE', 'ORGANISATIONS_FILE', 'ORGANISATION_POLICY', 'CALENDAR_FILE', 'MESSAGES_FILE'])(
  '%s of deploy/env.example is where each process that reads it finds it',
  (name) => {
    const file =
      new RegExp(`^# ${name}=(.+)$`, 'm').exec(readFileSync(join(ROOT, 'deploy/env.example'), 'utf8'))?.[1] ?? '';
    const readers = services.filter(([, { environment }]) => environment?.[name] !== undefined);
    const without = readers.filter(
      ([, { volumes }]) => !(volumes ?? []).some((volume) => file.startsWith(`${volume.split(':')[1]}/`)),
    );
    const isInTheImage = file.startsWith('/app/examples/') && existsSync(join(ROOT, file.replace('/app/', '')));
    expect(readers).not.toEqual([]);
    expect(isInTheImage ? [] : without.map(([service]) => service)).toEqual([]);
  },
);

test('every variable without a default stands in deploy/env.example', () => {
  const needed = [...text.matchAll(/\$\{(\w+):\?/g)].map((match) => match[1] ?? '');
  const fromSecrets = Object.values(compose.secrets).map(({ environment }) => environment);
  expect(needed.filter((name) => !example()[name])).toEqual([]);
  expect(fromSecrets.filter((name) => example()[name] === undefined)).toEqual([]);
});

test.each<[string, Need[], string]>([
  [
    'worker',
    ['genesys', 'database', 'publicUrl', 'signingSecrets'],
    'postgres://assist_worker:changeMeWorker@db:5432/assist',
  ],
  ['events', ['database', 'signingSecrets'], 'postgres://assist_events:changeMeEvents@db:5432/assist'],
  ['panel', ['genesys', 'database', 'panel'], 'postgres://assist_panel:changeMePanel@db:5432/assist'],
])('the environment of %s is one that it accepts', (name, needs, databaseUrl) => {
  const environment = interpolated(compose.services[name]?.environment ?? {});
  const config = readConfig(
    Object.fromEntries(
      Object.entries(environment).map(([variable, value]) => mounted(variable, value, compose.services[name] ?? {})),
    ),
    needs,
  );
  expect(config.databaseUrl).toBe(databaseUrl);
  expect([...config.events.signingSecrets, ...config.panel.sessionSecrets]).toHaveLength(1);
});

test('no process of ours that runs all day is a superuser of the database or owns its tables', () => {
  const users = services.flatMap(([name, { environment }]) => {
    const secret =
      String(environment?.['DATABASE_URL_FILE'] ?? '')
        .split('/')
        .at(-1) ?? '';
    const user = /^postgres:\/\/(\w+):/.exec(example()[compose.secrets[secret]?.environment ?? ''] ?? '')?.[1];
    return user === undefined ? [] : [[name, user]];
  });
  expect(Object.fromEntries(users)).toEqual({
    worker: 'assist_worker',
    events: 'assist_events',
    panel: 'assist_panel',
    console: 'assist_console',
    api: 'assist_console',
    responder: 'assist_events',
    database: 'assist_owner',
  });
  expect(compose.services['database']?.restart).toBe('on-failure:5');
  const roles = read('deploy/roles.sql');
  for (const [, user = ''] of users)
    expect(roles).toMatch(new RegExp(`^create role ${user} login password :'\\w+'`, 'm'));
  expect(roles).not.toMatch(/^create role .*\b(superuser|createrole|createdb|bypassrls)\b/m);
  expect(compose.services['db']?.environment?.['POSTGRES_USER']).toBe('postgres');
});

describe('who is confined to what', () => {
  test('every container goes without capabilities, new privileges and, but for the Web UI, a file system to write to', () => {
    const bare = services.filter(
      ([, { cap_drop, security_opt }]) =>
        !cap_drop?.includes('ALL') || !security_opt?.includes('no-new-privileges:true'),
    );
    expect(bare.map(([name]) => name)).toEqual([]);
    expect(services.filter(([, { read_only }]) => read_only !== true).map(([name]) => name)).toEqual(['temporal-ui']);
    expect(services.filter(([, { cap_add }]) => cap_add !== undefined).map(([name]) => name)).toEqual([
      'db',
      'temporal-db',
    ]);
  });

  test('networks: the databases are reached by their own alone, and nothing leaves their networks; the events service and the sandbox reach no Temporal', () => {
    const inside = (network: string) =>
      services
        .filter(([, { networks }]) => networks?.includes(network))
        .map(([name]) => name)
        .sort();
    expect(services.filter(([, { networks }]) => (networks ?? []).length === 0).map(([name]) => name)).toEqual([]);
    expect(
      services.flatMap(([, { networks }]) => networks ?? []).filter((name) => !(name in compose.networks)),
    ).toEqual([]);
    expect(inside('database')).toEqual(['api', 'console', 'database', 'db', 'events', 'panel', 'responder', 'worker']);
    expect(inside('temporal-database')).toEqual(['temporal', 'temporal-db', 'temporal-schema']);
    expect(inside('temporal')).toEqual([
      'api',
      'cli',
      'console',
      'temporal',
      'temporal-namespace',
      'temporal-ui',
      'worker',
    ]);
    for (const name of ['database', 'temporal-database', 'temporal'])
      expect(compose.networks[name]?.internal).toBe(true);
    for (const [name, { networks, ports }] of services)
      if (ports !== undefined)
        expect([name, networks?.some((one) => !compose.networks[one]?.internal)]).toEqual([name, true]);
  });

  test('no secret stands in an environment but one for which the image has no other way', () => {
    const direct = services.flatMap(([name, { environment }]) =>
      Object.entries(environment ?? {})
        .filter(
          ([variable, value]) =>
            /PASSWORD|PWD|SECRET|TOKEN|_KEY$|DATABASE_URL$|DESTINATIONS$/.test(variable) &&
            !variable.endsWith('_FILE') &&
            /\$\{/.test(String(value)),
        )
        .map(([variable]) => `${name} ${variable}`),
    );
    expect(direct).toEqual(['temporal-ui TEMPORAL_AUTH_CLIENT_SECRET']);
  });

  test('the Web UI is to look at only, and whoever talks to Temporal has a certificate of its own', () => {
    expect(compose.services['temporal-ui']?.environment).toMatchObject({
      TEMPORAL_DISABLE_WRITE_ACTIONS: 'true',
      TEMPORAL_TLS_ENABLE_HOST_VERIFICATION: 'true',
    });
    expect(compose.services['temporal']?.environment).toMatchObject({ TEMPORAL_TLS_REQUIRE_CLIENT_AUTH: 'true' });
    const held = services.map(([, { volumes }]) => folderOf(volumes ?? [])).filter(Boolean);
    expect(held.toSorted()).toEqual(['api', 'cli', 'console', 'namespace', 'temporal', 'temporal-ui', 'worker']);
    expect(held.filter((folder) => !existsSync(join(certificates, folder, 'tls.key')))).toEqual([]);
  });
});

describe('the certificates', () => {
  const pem = (folder: string, file: string): Buffer => readFileSync(join(certificates, folder, file));
  const identity = (folder: string) => ({
    key: pem(folder, 'tls.key'),
    cert: pem(folder, 'tls.crt'),
    ca: pem(folder, 'ca.crt'),
  });

  /**
   * What a client is told by a server that has the certificate of `temporal` and wants one of its clients, as Temporal
   * does.
   */
  async function greeted(client: ConnectionOptions): Promise<string> {
    const server = createServer(
      { ...identity('temporal'), requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.3' },
      (socket) => socket.end('welcome'),
    );
    server.on('tlsClientError', () => {});
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    try {
      return await new Promise<string>((resolve) => {
        const socket = connect({ ...client, host: '127.0.0.1', port: (server.address() as AddressInfo).port });
        let heard = '';
        socket.on('data', (data) => {
          heard += data.toString();
        });
        socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
        socket.on('close', () => resolve(heard));
      });
    } finally {
      server.close();
    }
  }

  test.each(['worker', 'cli', 'namespace', 'temporal-ui'])('%s is let in, and knows the server', async (name) => {
    expect(await greeted({ ...identity(name), servername: 'temporal' })).toBe('welcome');
  });

  test('who has none, or one of another authority, is not; and a client is no server', async () => {
    const other = mkdtempSync(join(tmpdir(), 'certificates-'));
    execFileSync('/bin/sh', [join(ROOT, 'deploy/certificates.sh'), other], { stdio: 'pipe' });
    const ca = pem('worker', 'ca.crt');
    const foreign = {
      key: readFileSync(join(other, 'worker/tls.key')),
      cert: readFileSync(join(other, 'worker/tls.crt')),
      ca,
    };
    rmSync(other, { recursive: true });
    expect(await greeted({ ca, servername: 'temporal' })).not.toBe('welcome');
    expect(await greeted({ ...foreign, servername: 'temporal' })).not.toBe('welcome');
    expect(await greeted({ ...identity('worker'), servername: 'events' })).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(
      execFileSync('openssl', ['x509', '-noout', '-purpose', '-in', join(certificates, 'worker/tls.crt')]).toString(),
    ).toMatch(/SSL client : Yes[^]*SSL server : No/);
  });

  test('the folder is for its owner alone; a second run keeps what is there, and RENEW makes new ones of the same authority', () => {
    expect(statSync(certificates).mode & 0o777).toBe(0o700);
    expect(statSync(join(certificates, 'ca/ca.key')).mode & 0o777).toBe(0o600);
    const before = [pem('worker', 'tls.crt'), pem('ca', 'ca.crt')].map(String);
    const again = (env: Record<string, string>) =>
      execFileSync('/bin/sh', [join(ROOT, 'deploy/certificates.sh'), certificates], {
        stdio: 'pipe',
        env: { ...process.env, ...env },
      });
    again({});
    expect([pem('worker', 'tls.crt'), pem('ca', 'ca.crt')].map(String)).toEqual(before);
    again({ RENEW: '1' });
    expect(String(pem('worker', 'tls.crt'))).not.toBe(before[0]);
    expect(String(pem('ca', 'ca.crt'))).toBe(before[1]);
  });
});

test('deploy/pin-images.sh pins every image by the digest that the registry tells, again and again, and stops where it tells none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pin-'));
  try {
    for (const file of ['docker-compose.yml', 'Dockerfile']) copyFileSync(join(ROOT, file), join(folder, file));
    const pin = (digit: string) => {
      writeFileSync(join(folder, 'docker'), `#!/bin/sh\nprintf 'sha256:%s\\n' "$(printf '${digit}%.0s' $(seq 64))"\n`, {
        mode: 0o755,
      });
      execFileSync(
        '/bin/sh',
        [join(ROOT, 'deploy/pin-images.sh'), join(folder, 'docker-compose.yml'), join(folder, 'Dockerfile')],
        { stdio: 'pipe', env: { PATH: `${folder}:/usr/bin:/bin` } },
      );
      return ['docker-compose.yml', 'Dockerfile'].map((file) => readFileSync(join(folder, file), 'utf8'));
    };
    for (const digit of ['a', 'b']) {
      const [composed = '', built = ''] = pin(digit);
      const digest = `@sha256:${digit.repeat(64)}`;
      const pinned = parse(composed, { merge: true }) as Compose;
      for (const { image } of Object.values(pinned.services))
        expect(image?.startsWith('assist-rollouts:') || image?.endsWith(digest)).toBe(true);
      expect([...built.matchAll(/^FROM (\S+)/gm)].map((match) => match[1])).toEqual([
        'scratch',
        ...Array.from({ length: 3 }, () => `node:20.20.2-bookworm-slim${digest}`),
      ]);
      expect(composed.replaceAll(digest, '')).toBe(text.replaceAll(/@sha256:[\da-f]{64}/g, ''));
    }
    expect(() => pin('')).toThrow(/no digest/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('our image is built in stages, ships no development dependency and does not run as root', () => {
  expect(dockerfile).toMatch(/npm ci --omit=dev --ignore-scripts/);
  const lastStage = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
  expect(lastStage).toMatch(/^USER node$/m);
  expect(lastStage.indexOf('USER node')).toBeGreaterThan(lastStage.lastIndexOf('RUN '));
});

test('what the Dockerfile copies exists and is not ignored', () => {
  const admitted = read('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap((match) =>
    (match[1] ?? '').split(' '),
  );
  expect(copied).toContain('package.json');
  expect(copied.filter((file) => !existsSync(join(ROOT, file)) || !admitted.includes(file))).toEqual([]);
});

/**
 * What a secret of the service is to its process: `X_FILE: /run/secrets/x` is `X`, with the value that the example
 * gives.
 */
function mounted(
  variable: string,
  value: string | undefined,
  { secrets = [], volumes = [] }: Service,
): [string, string | undefined] {
  const secret = /^\/run\/secrets\/(\w+)$/.exec(value ?? '')?.[1];
  if (secret === undefined)
    return [variable, value?.replace(/^\/certificates\//, `${join(certificates, folderOf(volumes))}/`)];
  expect(secrets).toContain(secret);
  return [variable.replace(/_FILE$/, ''), example()[compose.secrets[secret]?.environment ?? '']];
}

/** Whose certificate is mounted. */
function folderOf(volumes: readonly string[]): string {
  return (
    /^\.\/deploy\/certificates\/([\w-]+):\/certificates:ro$/.exec(
      volumes.find((volume) => volume.includes('certificates')) ?? '',
    )?.[1] ?? ''
  );
}

function specification() {
  const { $schema: _dialect, ...schema } = JSON.parse(read('test/packaging/compose-spec.json')) as Record<
    string,
    unknown
  >;
  return new Ajv({ strict: false, allErrors: true, formats: { duration: true, ports: true, expose: true } }).compile(
    schema,
  );
}

function example(): Readonly<Record<string, string | undefined>> {
  const variables = parseEnv(read('deploy/env.example'));
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      name,
      value?.replaceAll(/\$\{(\w+)\}/g, (_match, other: string) => variables[other] ?? ''),
    ]),
  );
}

/** `${NAME:-default}`, `${NAME:?message}` and `${NAME:+instead}`, as Compose replaces them. */
function interpolated(environment: Readonly<Record<string, string | number>>): Record<string, string | undefined> {
  const replace = (value: string): string =>
    value.replaceAll(/\$\{(\w+):([-?+])([^}]*)\}/g, (_match, name: string, kind: string, rest: string) =>
      kind === '+' ? (example()[name] ? rest : '') : example()[name] || (kind === '-' ? rest : ''),
    );
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, replace(String(value))]));
}
