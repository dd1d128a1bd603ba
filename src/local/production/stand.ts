/**
 * The topology of production on this one machine: a Temporal server on PostgreSQL behind TLS and an authorizer, one
 * role of the database for each process, histories in cipher, two workers, the events service apart. Each process is a
 * verb of the command line, with the settings that an operator would give it.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../compose/package-root.ts';
import { readConfig } from '../../config.ts';
import type { GenesysConfig } from '../../config/genesys.ts';
import type { TemporalConfig } from '../../config/temporal.ts';
import { DEFAULT_CLIENT } from '../../sandbox/options.ts';
import { newWebhookSecret } from '../../webhooks/secret.ts';
import { startSandboxChild } from '../sandbox-child.ts';
import type { StackParts } from '../stack.ts';
import { startGuarded } from '../temporal/child.ts';
import { claimPort } from '../temporal/ports.ts';
import { startVerbChild } from '../verb-child.ts';
import { lacking } from './errors.ts';
import { startIssuer } from './issuer.ts';
import type { Issuer } from './issuer.ts';
import { startPostgres } from './postgres.ts';
import type { Role, StandPostgres } from './postgres.ts';
import { obtainServerPrograms } from './programs.ts';
import { keepSecret } from './secrets.ts';
import { SERVER_NAME } from './server-config.ts';
import { makeNamespace, startCluster } from './temporal-cluster.ts';

export interface Stand {
  /** As the command line reaches it. */
  readonly temporal: TemporalConfig;
  readonly genesys: GenesysConfig;
  readonly sandboxUrl: string;
  readonly eventsUrl: string;
  readonly urls: Readonly<Record<Role, string>>;
  /** Rejects when a part ends that nobody has closed. */
  readonly running: Promise<never>;
}

export interface StandParts extends StackParts {
  readonly sandboxArgs: readonly string[];
}

type Variables = Readonly<Record<string, string>>;
const NAMESPACE = 'assist-rollouts';
const WORKERS = 2;
const START_MS = 90_000;
const run = promisify(execFile);

export async function startStand(parts: StandParts): Promise<Stand> {
  const { env, signal, closers, say } = parts;
  const programs = await obtainServerPrograms({ env, log: say, signal });
  // Others may go through it: PostgreSQL runs as another user where we are root.
  const folder = await mkdtemp(join(tmpdir(), 'assist-rollouts-stand-'));
  closers.add('temporary folder', () => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o711);
  const postgres = await startPostgres({ folder, env, closers, signal });
  say(`PostgreSQL at 127.0.0.1:${postgres.port}, a role for each process`);
  const issuer = await startIssuer(closers);
  const certificates = join(folder, 'certificates');
  await run('/bin/sh', [join(packageRoot(), 'deploy/certificates.sh'), certificates]);
  const cluster = await startCluster({
    folder,
    programs,
    env,
    closers,
    postgresPort: postgres.port,
    postgresPassword: postgres.temporalPassword,
    certificates: join(certificates, SERVER_NAME),
    keysUrl: issuer.keysUrl,
  });
  const known = await prepareProcesses({ folder, certificates, issuer, address: cluster.address, env });
  await makeNamespace(
    readConfig(await known.temporal('namespace', ['temporal-system:admin'])).temporal,
    cluster,
    signal,
  );
  say(`Temporal at ${cluster.address}: on PostgreSQL, with TLS, certificates of clients and an authorizer`);
  const failures: Promise<never>[] = [cluster.ended.then((how) => ended('The Temporal server', how))];
  return startOurs(parts, { known, postgres, folder, failures });
}

interface Known {
  readonly base: Variables;
  /** What a process needs to reach Temporal under a name of deploy/certificates.sh, with these permissions. */
  temporal(name: string, permissions: readonly string[]): Promise<Variables>;
}

interface Place {
  readonly folder: string;
  readonly certificates: string;
  readonly issuer: Issuer;
  readonly address: string;
  readonly env: StackParts['env'];
}

async function prepareProcesses({ folder, certificates, issuer, address, env }: Place): Promise<Known> {
  const secrets = join(folder, 'secrets');
  await mkdir(secrets, { mode: 0o700 });
  const keys = await keepSecret(secrets, 'codec-keys', `stand: ${randomBytes(32).toString('base64')}\n`);
  const base = { PATH: env['PATH'] ?? '', HOME: folder, ASSIST_ROLLOUTS_CONFIG: 'none', NODE_ENV: 'production' };
  return {
    base,
    async temporal(name, permissions) {
      const token = await issuer.token(name, permissions);
      return {
        ...base,
        TEMPORAL_ADDRESS: address,
        TEMPORAL_NAMESPACE: NAMESPACE,
        TEMPORAL_TLS: 'true',
        TEMPORAL_TLS_SERVER_NAME: SERVER_NAME,
        TEMPORAL_TLS_SERVER_CA_CERT_PATH: join(certificates, name, 'ca.crt'),
        TEMPORAL_TLS_CLIENT_CERT_PATH: join(certificates, name, 'tls.crt'),
        TEMPORAL_TLS_CLIENT_KEY_PATH: join(certificates, name, 'tls.key'),
        TEMPORAL_API_KEY_FILE: await keepSecret(secrets, `${name}-token`, token),
        TEMPORAL_CODEC_KEYS_FILE: keys,
      };
    },
  };
}

interface Begun {
  readonly known: Known;
  readonly postgres: StandPostgres;
  readonly folder: string;
  readonly failures: Promise<never>[];
}

async function startOurs(parts: StandParts, { known, postgres, folder, failures }: Begun): Promise<Stand> {
  const { closers, say, script, signal } = parts;
  const secrets = join(folder, 'secrets');
  const { urls } = postgres;
  const database = async (role: Role): Promise<Variables> => ({
    DATABASE_URL_FILE: await keepSecret(secrets, `${role}-database-url`, urls[role]),
  });
  await setUpDatabase(parts, { ...known.base, ...(await database('owner')) });
  say('tables made by their owner, rights granted to the roles');
  const verb = async (name: string, process: string, env: Variables): Promise<Readonly<Record<string, unknown>>> => {
    let fail: (error: Error) => void = () => undefined;
    failures.push(
      new Promise<never>((_, reject) => {
        fail = reject;
      }),
    );
    const failed = (how: string, lines: readonly string[]): Error =>
      lacking(`${name} did not start (${how}).\n${lines.join('\n')}`, 'See what it says, and try it again.');
    const onExit = (how: string): void => fail(failed(how, []));
    const options = {
      script,
      verb: [process],
      args: [],
      env,
      name,
      signal,
      closers,
      onExit,
      failed,
      startMs: START_MS,
    };
    return (await startVerbChild(options)).said;
  };
  const signing = {
    EVENTS_SIGNING_SECRETS_FILE: await keepSecret(secrets, 'events-signing-secrets', newWebhookSecret()),
  };
  const port = { EVENTS_PORT: String(await claimPort('127.0.0.1', undefined, 'the events service')) };
  const admin = { EVENTS_ADMIN_PORT: String(await claimPort('127.0.0.1', undefined, 'its admin')) };
  const events = { ...known.base, ...(await database('events')), ...signing, ...port, ...admin };
  const eventsUrl = String((await verb('events service', 'events', events))['url']);
  say(`events service at ${eventsUrl}, a process with a role of its own`);
  const sandbox = await startSandboxChild({ ...parts, args: parts.sandboxArgs, onExit: () => undefined });
  const genesys = {
    GENESYS_CLIENT_ID: DEFAULT_CLIENT.id,
    GENESYS_CLIENT_SECRET_FILE: await keepSecret(secrets, 'genesys-client-secret', DEFAULT_CLIENT.secret),
    GENESYS_LOGIN_URL: sandbox.url,
    GENESYS_API_URL: sandbox.url,
  };
  const worker = {
    ...(await known.temporal('worker', [`${NAMESPACE}:write`])),
    ...(await database('worker')),
    ...signing,
    ...genesys,
    EVENTS_PUBLIC_URL: eventsUrl,
  };
  await Promise.all(Array.from({ length: WORKERS }, (_, i) => verb(`worker ${i + 1}`, 'worker', worker)));
  say(`${WORKERS} workers poll, each with the certificate, the token and the role of a worker`);
  const running = Promise.race(failures);
  running.catch(() => undefined);
  const cli = readConfig({ ...(await known.temporal('cli', [`${NAMESPACE}:write`])), ...genesys });
  if (cli.genesys === null) throw new Error('The organisation of the stand was not read.');
  return { temporal: cli.temporal, genesys: cli.genesys, sandboxUrl: sandbox.url, eventsUrl, urls, running };
}

async function setUpDatabase({ script }: StandParts, env: Variables): Promise<void> {
  const lines: string[] = [];
  const args = [...process.execArgv, script, 'database', 'setup', '--json'];
  const child = startGuarded(process.execPath, args, { env: { ...env }, onLine: (line) => lines.push(line) });
  const how = await child.ended;
  if (how !== 'exit code 0') throw lacking(`database setup failed (${how}): ${lines.join(' / ')}`, 'Try it again.');
}

async function ended(what: string, how: string): Promise<never> {
  throw lacking(`${what} has ended (${how}).`, 'Try it again.');
}
