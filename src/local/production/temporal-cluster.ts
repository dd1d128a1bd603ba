/** A Temporal server on PostgreSQL: schema, server, and the namespace where rollouts live. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import type { Closers } from '../../compose/closers.ts';
import type { Env } from '../../config/secrets.ts';
import type { TemporalConfig } from '../../config/temporal.ts';
import { withClient } from '../../configurator/connection.ts';
import { ensureSearchAttributes } from '../../configurator/search-attributes.ts';
import { endGuarded, startGuarded } from '../temporal/child.ts';
import { claimPort } from '../temporal/ports.ts';
import { lacking } from './errors.ts';
import type { ServerPrograms } from './programs.ts';
import { SERVER_SERVICES, serverConfig } from './server-config.ts';
import type { ServerParts, ServerService } from './server-config.ts';

const run = promisify(execFile);
const HOST = '127.0.0.1';
const START_MS = 120_000;
const STOP_MS = 8_000;
const RETENTION_S = 3 * 86_400;

export interface ClusterOptions extends Pick<
  ServerParts,
  'postgresPort' | 'postgresPassword' | 'certificates' | 'keysUrl'
> {
  readonly folder: string;
  readonly programs: ServerPrograms;
  readonly env: Env;
  readonly closers: Closers;
}

export interface Cluster {
  readonly address: string;
  /** Resolves with how it ended. */
  readonly ended: Promise<string>;
}

export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  await Promise.all([
    makeSchema(options, 'temporal', 'temporal'),
    makeSchema(options, 'temporal_visibility', 'visibility'),
  ]);
  const ports = await freePorts();
  const config = join(options.folder, 'temporal');
  await mkdir(config, { mode: 0o700 });
  const text = stringify(await serverConfig({ ...options, host: HOST, ports }));
  await writeFile(join(config, 'production.yaml'), text, { mode: 0o600 });
  const lines: string[] = [];
  const services = SERVER_SERVICES.flatMap((name) => ['--service', name]);
  const where = ['--root', options.folder, '--config', 'temporal', '--env', 'production'];
  const server = startGuarded(options.programs.server, [...where, 'start', ...services], {
    onLine: (line) => {
      if (lines.push(line) > 5) lines.shift();
    },
  });
  options.closers.add('Temporal server', () => endGuarded(server, STOP_MS));
  const ended = server.ended.then((how) => `${how}: ${(lines.at(-1) ?? 'it said nothing').slice(0, 300)}`);
  return { address: `${HOST}:${ports.frontend.grpc}`, ended };
}

/** As its own superuser alone may; waits until every part of the server knows it. */
export async function makeNamespace(admin: TemporalConfig, { ended }: Cluster, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + START_MS;
  let over: string | null = null;
  void ended.then((how) => {
    over = how;
  });
  for (;;) {
    try {
      await withClient({ ...admin, codecKeys: [] }, async (client) => {
        await registered(client.workflowService, admin.namespace);
        await ensureSearchAttributes(client, admin.namespace);
        await client.workflow.list({ query: 'AssistAction = "none"' })[Symbol.asyncIterator]().next();
      });
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (over !== null || Date.now() > deadline)
        throw lacking(`The Temporal server did not answer: ${over ?? String(error)}`, 'Try it again.');
      await sleep(500);
    }
  }
}

interface Registry {
  registerNamespace(request: object): Promise<unknown>;
}

async function registered(service: Registry, namespace: string): Promise<void> {
  const workflowExecutionRetentionPeriod = { seconds: RETENTION_S };
  await service.registerNamespace({ namespace, workflowExecutionRetentionPeriod }).catch((error: unknown) => {
    if (!/already exists/i.test(String(error))) throw error;
  });
}

async function makeSchema(
  { programs, postgresPort, postgresPassword, env }: ClusterOptions,
  database: string,
  schema: string,
): Promise<void> {
  const where = [
    '--plugin',
    'postgres12',
    '--ep',
    HOST,
    '-p',
    String(postgresPort),
    '-u',
    'temporal',
    '--db',
    database,
  ];
  const asOwner = { env: { ...env, SQL_PASSWORD: postgresPassword } };
  await run(programs.sqlTool, [...where, 'setup-schema', '-v', '0.0'], asOwner);
  await run(programs.sqlTool, [...where, 'update-schema', '--schema-name', `postgresql/v12/${schema}`], asOwner);
}

async function freePorts(): Promise<ServerParts['ports']> {
  const ports: [ServerService, { grpc: number; membership: number }][] = [];
  let next = LOW.from + Math.floor(Math.random() * LOW.spread);
  for (const name of SERVER_SERVICES) {
    const membership = await firstFree(next);
    next = membership + 1;
    ports.push([name, { grpc: await claimPort(HOST, undefined, name), membership }]);
  }
  return Object.fromEntries(ports) as Record<ServerService, { grpc: number; membership: number }>;
}

/** The server keeps its ports of membership in a column of 16 bits with a sign; those that a system gives lie above. */
const LOW = { from: 20_000, spread: 10_000, tries: 100 };

async function firstFree(port: number): Promise<number> {
  for (let tried = 0; ; tried += 1) {
    try {
      return await claimPort(HOST, port + tried, 'the membership of the Temporal server');
    } catch (error) {
      if (tried >= LOW.tries) throw error;
    }
  }
}
