/** No container engine runs here: the file is held against the specification's own schema, and against what our processes read. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { readConfig } from '../../src/config.ts';
import type { Need } from '../../src/config.ts';
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
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, { readonly environment: string }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const text = read('docker-compose.yml');
const compose = parse(text, { merge: true }) as Compose;
const services = Object.entries(compose.services);
const dockerfile = read('Dockerfile');

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
  const images = [...services.flatMap(([, { image }]) => image ?? []), ...[...dockerfile.matchAll(/^FROM (\S+)/gm)].map((match) => match[1])];
  expect(images.filter((image) => !/:v?\d+\.\d+(\.\d+)?(-[\w.-]+)?$/.test(image ?? ''))).toEqual([]);
});

test('whoever is waited for as healthy has a health check, and whoever is waited for exists', () => {
  const waits = services.flatMap(([name, service]) => Object.entries(service.depends_on ?? {}).map(([on, { condition }]) => ({ name, on, condition })));
  expect(waits.length).toBeGreaterThan(5);
  expect(waits.filter(({ on, condition }) => condition === 'service_healthy' && compose.services[on]?.healthcheck === undefined)).toEqual([]);
  expect(waits.filter(({ on }) => compose.services[on] === undefined)).toEqual([]);
});

test('every service says whether it is started again, and none is open to the network', () => {
  expect(services.filter(([, { restart }]) => restart === undefined).map(([name]) => name)).toEqual([]);
  expect(services.flatMap(([, { ports }]) => ports ?? []).filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
});

test('secrets and volumes that are used are defined, and files that are mounted exist', () => {
  expect(services.flatMap(([, { secrets }]) => secrets ?? []).filter((name) => !(name in compose.secrets))).toEqual([]);
  const sources = services.flatMap(([, { volumes }]) => volumes ?? []).map((volume) => volume.split(':')[0] ?? '');
  expect(sources.filter((source) => (source.startsWith('.') ? !existsSync(join(ROOT, source)) : !(source in compose.volumes)))).toEqual([]);
});

test('every variable without a default stands in deploy/env.example', () => {
  const needed = [...text.matchAll(/\$\{(\w+):\?/g)].map((match) => match[1] ?? '');
  const fromSecrets = Object.values(compose.secrets).map(({ environment }) => environment);
  expect([...needed, ...fromSecrets].filter((name) => !example()[name])).toEqual([]);
});

test.each<[string, Need[], string]>([
  ['worker', ['genesys', 'database', 'publicUrl', 'signingSecrets'], 'postgres://assist_worker:changeMeWorker@db:5432/assist'],
  ['events', ['database', 'signingSecrets'], 'postgres://assist_events:changeMeEvents@db:5432/assist'],
])('the environment of %s is one that it accepts', (name, needs, databaseUrl) => {
  const environment = interpolated(compose.services[name]?.environment ?? {});
  const config = readConfig(Object.fromEntries(Object.entries(environment).map(([variable, value]) => mounted(variable, value, compose.services[name]?.secrets ?? []))), needs);
  expect(config.databaseUrl).toBe(databaseUrl);
  expect(config.events.signingSecrets).toHaveLength(1);
});

test('no process of ours that runs all day is a superuser of the database or owns its tables', () => {
  const users = services.flatMap(([name, { environment }]) => {
    const user = /^postgres:\/\/(\w+):/.exec(String(environment?.['DATABASE_URL'] ?? ''))?.[1];
    return user === undefined ? [] : [[name, user]];
  });
  expect(Object.fromEntries(users)).toEqual({ worker: 'assist_worker', events: 'assist_events', database: 'assist_owner' });
  expect(compose.services['database']?.restart).toBe('on-failure:5');
  const roles = read('deploy/roles.sql');
  for (const [, user = ''] of users) expect(roles).toMatch(new RegExp(`^create role ${user} login password :'\\w+'`, 'm'));
  expect(roles).not.toMatch(/^create role .*\b(superuser|createrole|createdb|bypassrls)\b/m);
  expect(compose.services['db']?.environment?.['POSTGRES_USER']).toBe('postgres');
});

test('our image is built in stages, ships no development dependency and does not run as root', () => {
  expect(dockerfile).toMatch(/npm ci --omit=dev --ignore-scripts/);
  const lastStage = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
  expect(lastStage).toMatch(/^USER node$/m);
  expect(lastStage.indexOf('USER node')).toBeGreaterThan(lastStage.lastIndexOf('RUN '));
});

test('what the Dockerfile copies exists and is not ignored', () => {
  const admitted = read('.dockerignore').split('\n').filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap((match) => (match[1] ?? '').split(' '));
  expect(copied).toContain('package.json');
  expect(copied.filter((file) => !existsSync(join(ROOT, file)) || !admitted.includes(file))).toEqual([]);
});

/** What a secret of the service is to its process: `X_FILE: /run/secrets/x` is `X`, with the value that the example gives. */
function mounted(variable: string, value: string | undefined, granted: readonly string[]): [string, string | undefined] {
  const secret = /^\/run\/secrets\/(\w+)$/.exec(value ?? '')?.[1];
  if (secret === undefined) return [variable, value];
  expect(granted).toContain(secret);
  return [variable.replace(/_FILE$/, ''), example()[compose.secrets[secret]?.environment ?? '']];
}

function specification() {
  const { $schema: _dialect, ...schema } = JSON.parse(read('test/packaging/compose-spec.json')) as Record<string, unknown>;
  return new Ajv({ strict: false, allErrors: true, formats: { duration: true, ports: true, expose: true } }).compile(schema);
}

function example(): Readonly<Record<string, string | undefined>> {
  return parseEnv(read('deploy/env.example'));
}

/** `${NAME:-default}` and `${NAME:?message}`, as Compose replaces them. */
function interpolated(environment: Readonly<Record<string, string | number>>): Record<string, string | undefined> {
  const replace = (value: string): string =>
    value.replaceAll(/\$\{(\w+):([-?])([^}]*)\}/g, (_match, name: string, kind: string, rest: string) => example()[name] || (kind === '-' ? rest : ''));
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, replace(String(value))]));
}
